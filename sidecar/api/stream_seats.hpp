#pragma once

#include "chains/base/result.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace chela::sidecar::api {

/// Room for callers that follow events: so many in all, and so many of one caller.
/// Threads: the io_context's one.
class StreamSeats : public std::enable_shared_from_this<StreamSeats> {
public:
    static constexpr std::size_t kMost = 64;
    static constexpr std::size_t kMostOfOne = 8;

    /// Given back when it is destroyed.
    class Seat {
    public:
        Seat(std::shared_ptr<StreamSeats> seats, std::string caller);
        Seat(const Seat&) = delete;
        Seat& operator=(const Seat&) = delete;
        ~Seat();

    private:
        std::shared_ptr<StreamSeats> seats_;
        std::string caller_;
    };

    /// @param on_change  hears how many are taken
    explicit StreamSeats(std::function<void(std::size_t)> on_change);

    /// @return rate_limited E_STREAMS_FULL
    [[nodiscard]] Result<std::unique_ptr<Seat>> take(const std::string& caller);

private:
    std::map<std::string, std::size_t> taken_;
    std::size_t total_ = 0;
    std::function<void(std::size_t)> on_change_;
};

}  // namespace chela::sidecar::api
