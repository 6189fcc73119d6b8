#include "sidecar/api/seats.hpp"

#include <utility>

namespace chela::sidecar::api {

Seats::Seat::Seat(std::shared_ptr<Seats> seats, std::string caller)
    : seats_{std::move(seats)},
      caller_{std::move(caller)} {
    ++seats_->taken_[caller_];
    seats_->count(seats_->total_ + 1);
}

Seats::Seat::~Seat() {
    const auto own = seats_->taken_.find(caller_);
    if (--own->second == 0) seats_->taken_.erase(own);
    seats_->count(seats_->total_ - 1);
}

Seats::Seats(Options options) : options_{std::move(options)} {}

Result<std::unique_ptr<Seats::Seat>> Seats::take(const std::string& caller) {
    const auto own = taken_.find(caller);
    if (own != taken_.end() && own->second >= options_.most_of_one)
        return std::unexpected{options_.full_of_one};
    if (total_ >= options_.most) return std::unexpected{options_.full};
    return std::make_unique<Seat>(shared_from_this(), caller);
}

void Seats::count(std::size_t total) {
    total_ = total;
    if (options_.on_change) options_.on_change(total_);
}

}  // namespace chela::sidecar::api
