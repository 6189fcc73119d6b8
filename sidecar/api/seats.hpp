#pragma once

#include "chains/base/result.hpp"

#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>

namespace chela::sidecar::api {

/// Room for what callers keep busy: so much in all, and so much of one caller.
/// Threads: the io_context's one.
class Seats : public std::enable_shared_from_this<Seats> {
public:
    struct Options {
        std::size_t most = std::numeric_limits<std::size_t>::max();
        std::size_t most_of_one{};
        Error full{};         ///< none is left
        Error full_of_one{};  ///< the caller has as many as it may
        /// Hears how many are taken; may be empty.
        // NOLINTNEXTLINE(readability-redundant-member-init): without it, leaving it out warns
        std::function<void(std::size_t)> on_change{};
    };

    /// Given back when it is destroyed.
    class Seat {
    public:
        Seat(std::shared_ptr<Seats> seats, std::string caller);
        Seat(const Seat&) = delete;
        Seat& operator=(const Seat&) = delete;
        ~Seat();

    private:
        std::shared_ptr<Seats> seats_;
        std::string caller_;
    };

    explicit Seats(Options options);

    /// @return Options::full_of_one, Options::full
    [[nodiscard]] Result<std::unique_ptr<Seat>> take(const std::string& caller);

private:
    void count(std::size_t total);

    Options options_;
    std::map<std::string, std::size_t> taken_;
    std::size_t total_ = 0;
};

}  // namespace chela::sidecar::api
