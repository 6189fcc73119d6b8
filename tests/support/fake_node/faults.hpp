#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace chela::test::fake_node {

/// What goes wrong with one call.
enum class Fault : std::uint8_t {
    refused_connection,  ///< nothing is sent
    rejected,            ///< an error object, and nothing is done
    too_many_requests,   ///< HTTP 429, and nothing is done
    bad_gateway,         ///< HTTP 502, and nothing is done
    // The node does the rest as it should, and then
    dropped_reply,      ///< the connection closes
    delayed_reply,      ///< nothing comes until the deadline
    rejected_after,     ///< an error object all the same
    bad_gateway_after,  ///< HTTP 502
    garbage,            ///< what comes is no JSON-RPC
    wrong_hash,         ///< the hash of another transaction, where there is one to answer
    stale,              ///< from a state some blocks back
    other_chain_id,     ///< to eth_chainId
    no_receipt,         ///< null, for a receipt or a transaction
    // Lies that no honest node tells.
    false_head,     ///< far above the chain's
    false_count,    ///< more transactions than the account has sent
    false_receipt,  ///< of another end, or of what was never mined
};
inline constexpr std::size_t kFaults = 16;

[[nodiscard]] std::string_view to_string(Fault fault);
/// Whether the node does what it was asked before, or although, the fault happens.
[[nodiscard]] bool takes_effect(Fault fault);

/// How often each fault happens, in a thousand calls; together at most 1000.
class FaultRates {
public:
    FaultRates& set(Fault fault, unsigned per_thousand);
    [[nodiscard]] unsigned of(Fault fault) const;
    /// Every fault of an honest node as often.
    [[nodiscard]] static FaultRates all(unsigned per_thousand);
    /// As these, and every lie as often.
    [[nodiscard]] FaultRates with_lies(unsigned per_thousand) const;

private:
    std::array<unsigned, kFaults> per_thousand_{};
};

/// The faults of an endpoint: first those that a test put down, then those of a generator. The same
/// generator and the same calls give the same faults.
class FaultScript {
public:
    /// At the next call (of that method, unless it is empty) that nothing before it in line claims.
    void put(Fault fault, std::string method = {});
    /// Each further call draws once.
    void draw_from(std::mt19937_64 generator, FaultRates rates);
    /// No more faults but those put down later.
    void clear();
    [[nodiscard]] std::optional<Fault> next(const std::string& method);
    [[nodiscard]] bool is_played_out() const { return planned_.empty(); }

private:
    struct Planned {
        Fault fault{};
        std::string method;
    };
    std::deque<Planned> planned_;
    std::optional<std::mt19937_64> generator_;
    FaultRates rates_;
};

}  // namespace chela::test::fake_node
