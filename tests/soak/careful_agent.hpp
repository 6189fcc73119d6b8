#pragma once

#include "tests/soak/door.hpp"
#include "tests/soak/payments.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <stop_token>
#include <string>

namespace chela::test::soak {

/// A client as one should be: whatever becomes of a request, it asks again with the same
/// Idempotency-Key until it knows, and takes a new key only when the old one ended before it held a
/// nonce.
class CarefulAgent {
public:
    CarefulAgent(TestAgent agent, const Door& door, std::uint64_t seed, unsigned number);

    /// Pays until it is stopped, then follows what is open to its end. What goes wrong is a trouble
    /// of its account. Threads: one.
    void work(const std::stop_token& stop);
    /// Asks every key once more: the answer is the intent that it was. Threads: one, after work().
    void ask_all_again();

    /// Threads: any.
    [[nodiscard]] unsigned accepted() const { return accepted_; }
    [[nodiscard]] unsigned ended() const { return ended_; }
    [[nodiscard]] unsigned lost() const { return lost_; }  ///< requests without an answer
    /// After work() alone.
    [[nodiscard]] const Account& account() const { return account_; }

private:
    enum class Outcome : std::uint8_t { accepted, refused, unknown };
    struct Open {
        std::size_t payment{};
        std::size_t attempt{};
    };

    void pay();
    [[nodiscard]] Outcome submit(const Payment& payment, Try& attempt);
    [[nodiscard]] std::optional<Outcome> read(const HttpAnswer& answer, Try& attempt);
    [[nodiscard]] Outcome read_transaction(const Json& transaction, Try& attempt);
    void check_again(const Payment& payment, Try& attempt);
    void maybe_cancel(Payment& payment, const Try& attempt);
    /// Looks at the oldest open ones. @return did one end?
    bool follow();
    void follow_to_the_end();

    [[nodiscard]] Result<HttpAnswer> post(const Payment& payment, const Try& attempt);
    /// As the agent; a token that is refused is renewed by the next call.
    [[nodiscard]] Result<HttpAnswer> ask(
        const std::string& method, const std::string& path, Headers headers, const Json& body);
    [[nodiscard]] Status renew_token();
    [[nodiscard]] unsigned draw(unsigned bound) { return static_cast<unsigned>(random_() % bound); }
    void pause(unsigned most_milliseconds);
    void trouble(const std::string& what);

    const Door& door_;
    unsigned number_;
    std::mt19937_64 random_;
    std::string token_;
    Account account_;
    std::deque<Open> open_;  ///< in the order of their nonces, more or less
    std::atomic<unsigned> accepted_{};
    std::atomic<unsigned> ended_{};
    std::atomic<unsigned> lost_{};
};

}  // namespace chela::test::soak
