#pragma once

#include "tests/support/anvil.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <random>
#include <stop_token>
#include <string>
#include <vector>

namespace chela::test::soak {

/// What happens to a chain and its pool: no block for some seconds, a transaction that is dropped,
/// a jump of the base fee, blocks that are gone.
class Trouble {
public:
    /// Blocks that may go at once: fewer than the confirmations that chela waits for.
    static constexpr unsigned kDeepestReorg = 3;

    Trouble(const Anvil& anvil, std::vector<std::string> senders, std::uint64_t seed)
        : anvil_{anvil},
          senders_{std::move(senders)},
          random_{seed} {}

    /// Until it is stopped; then blocks come again and cost little. Threads: one.
    void make(const std::stop_token& stop);

    /// "3 halts, 2 drops, …" Threads: any.
    [[nodiscard]] std::string told() const;

private:
    enum Kind : std::uint8_t { halt, drop, fee_jump, reorg, kinds };

    void halt_blocks(const std::stop_token& stop);
    void drop_one();
    void jump_fee();
    void reorganise();
    bool rpc(const std::string& method, const Json& parameters);
    void wait(const std::stop_token& stop, std::uint64_t milliseconds);
    [[nodiscard]] std::uint64_t draw(std::uint64_t bound) { return random_() % bound; }

    const Anvil& anvil_;
    std::vector<std::string> senders_;
    std::mt19937_64 random_;
    std::array<std::atomic<unsigned>, kinds> made_{};
};

}  // namespace chela::test::soak
