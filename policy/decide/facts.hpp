#pragma once

#include "chains/base/units.hpp"
#include "chains/simulation/simulation.hpp"
#include "policy/effect/tree.hpp"
#include "policy/ledger/charge.hpp"
#include "policy/rules/document.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace chela::policy {

/// What of a signature is not an effect.
struct EnvelopeFacts {
    Operation operation{Operation::transaction};
    std::optional<ChainId> chain;     ///< empty: the preimage names none (messages)
    std::optional<unsigned> tx_type;  ///< of a transaction
    std::optional<Wei> max_fee;       ///< worst case, of a transaction or user operation; empty for
                                      ///< one of them: it does not fit 256 bits
    std::optional<Wei> max_fee_per_gas;
    std::optional<Gas> gas;
    std::optional<Wei> operator_max_fee;  ///< the chain's cap in the configuration
    std::optional<ChainId> node_chain;    ///< what the node serves; empty: not asked
};

/// What a simulation showed.
struct SimulationFacts {
    std::string id;
    chains::simulation::Outcome outcome{chains::simulation::Outcome::error};
    bool is_degraded{};  ///< the node cannot show what moves
    std::uint64_t age_blocks{};
    std::vector<chains::simulation::BalanceChange> changes;  ///< of every account
    /// chains::simulation::transaction_digest() of what was simulated; empty: of no transaction.
    // NOLINTNEXTLINE(readability-redundant-member-init): without it, leaving it out warns
    std::optional<Hash256> transaction_digest{};
};

/// People who agreed, as far as it is valid now for this intent and these policy digests.
struct ApprovalFacts {
    std::set<std::string> approvers;
};

/// What a signature is made for.
enum class Purpose : std::uint8_t {
    request,      ///< somebody asks for it
    replacement,  ///< the same as what is signed already for its nonce, with other fees
    cancellation  ///< nothing, in place of what is signed already for its nonce
};
[[nodiscard]] std::string_view to_string(Purpose purpose);
[[nodiscard]] std::optional<Purpose> parse_purpose(std::string_view word);

/// Everything that a decision rests on. Pure values; ownership: points into what the caller holds.
struct Facts {
    Address self;  ///< whose key would sign
    Hash256 preimage_hash;
    /// Of the transaction that would be signed: a simulation of another says nothing of it. Empty:
    /// it is no transaction.
    // NOLINTNEXTLINE(readability-redundant-member-init): without it, leaving it out warns
    std::optional<Hash256> transaction_digest{};
    EnvelopeFacts envelope;
    const EffectTree* tree{};
    LedgerSnapshot ledger;
    std::optional<SimulationFacts> simulation;  ///< empty: none was made
    /// A look ahead, before a simulation is made: what only a simulation can tell is left out.
    /// Nothing is ever approved by such a decision.
    bool is_before_simulation{};
    Purpose purpose{Purpose::request};
    ApprovalFacts approvals;
    TimePoint now;
};

}  // namespace chela::policy
