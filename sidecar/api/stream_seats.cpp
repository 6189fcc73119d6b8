#include "sidecar/api/stream_seats.hpp"

#include <utility>

#include <fmt/format.h>

namespace chela::sidecar::api {

StreamSeats::Seat::Seat(std::shared_ptr<StreamSeats> seats, std::string caller)
    : seats_{std::move(seats)},
      caller_{std::move(caller)} {
    ++seats_->taken_[caller_];
    seats_->on_change_(++seats_->total_);
}

StreamSeats::Seat::~Seat() {
    const auto own = seats_->taken_.find(caller_);
    if (--own->second == 0) seats_->taken_.erase(own);
    seats_->on_change_(--seats_->total_);
}

StreamSeats::StreamSeats(std::function<void(std::size_t)> on_change)
    : on_change_{std::move(on_change)} {}

Result<std::unique_ptr<StreamSeats::Seat>> StreamSeats::take(const std::string& caller) {
    const auto own = taken_.find(caller);
    if (own != taken_.end() && own->second >= kMostOfOne) {
        return fail(
            ErrorCode::rate_limited,
            fmt::format("a caller follows {} transactions at most; end a stream first", kMostOfOne),
            "E_STREAMS_FULL");
    }
    if (total_ >= kMost)
        return fail(ErrorCode::rate_limited, "all streams are taken", "E_STREAMS_FULL");
    return std::make_unique<Seat>(shared_from_this(), caller);
}

}  // namespace chela::sidecar::api
