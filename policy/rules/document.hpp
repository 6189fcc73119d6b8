#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/units.hpp"
#include "policy/decode/contracts.hpp"
#include "policy/effect/effect.hpp"
#include "policy/rules/clause.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chela::policy {

/// How a signature is asked for; a rule may hold for some of these only.
enum class Operation : std::uint8_t {
    transaction,
    typed_data,
    personal_message,
    authorization,
    user_operation
};
/// The word of the document: "typed_data".
[[nodiscard]] std::string_view to_string(Operation operation);
[[nodiscard]] std::optional<Operation> parse_operation(std::string_view word);
/// Is it one of those that a document lists? An empty list names all.
[[nodiscard]] bool covers(const std::vector<Operation>& listed, Operation operation);

struct AssetDefinition {
    std::string name;  ///< "usdc@8453", "native@8453"
    Asset asset;
    unsigned decimals{};
    // NOLINTBEGIN(readability-redundant-member-init): without it, {name, asset, decimals} warns
    std::string symbol{};  ///< as amounts are written: "USDC", "ETH"
    std::string where{};   ///< "FILE:LINE"
    // NOLINTEND(readability-redundant-member-init)
};

/// What is counted against a named limit.
struct Budget {
    enum class Counts : std::uint8_t {
        /// Base units of `asset` that claimed effects take, at their worst: transfer and grant the
        /// amount of their asset, swap max_in of asset_in, wrap the amount of the native currency
        /// (unwrap: of the token), deploy its value of the native currency.
        amount,
        effects,    ///< one for each effect that a permit which charges it claims
        max_fee,    ///< wei of the worst-case fee, charged by the envelope
        signatures  ///< one for each approved signature, charged by the envelope
    };
    enum class Window : std::uint8_t {
        sliding,    ///< the last `length`: what is as old as that still counts
        utc_day,    ///< since midnight UTC
        unlimited,  ///< since ever: authority that ends once it is used up
        signature   ///< what one signature takes, whatever went before
    };
    enum class Scope : std::uint8_t {
        agent,        ///< each agent has its own
        policy,       ///< all agents that are bound to this document
        organization  ///< every agent
    };
    std::string id;
    /// What is charged. A document's budget is its own meter; compiled guardrails set several
    /// limits (of all chains, of one) on one meter.
    std::string meter;
    Counts counts{Counts::amount};
    /// Empty: native currency of any chain, added up in base units (only where counts is not
    /// amount, and in compiled guardrails).
    std::optional<Asset> asset;
    std::optional<ChainId> chain;  ///< only signatures for this chain; empty: for all
    /// Base units, wei, or a number of effects or signatures; empty: counted for later, never over
    /// (compiled guardrails only).
    std::optional<U256> limit;
    Window window{Window::sliding};
    std::chrono::milliseconds length{};  ///< of a sliding window
    Scope scope{Scope::agent};
    std::string code;   ///< when it is over; empty: E_BUDGET
    std::string hint;   ///< may hold {charge}: what the signature takes, in major units; empty: one
                        ///< made of the budget
    std::string where;  ///< "FILE:LINE"

    /// Permits charge it with what they claim; the envelope charges the others.
    [[nodiscard]] bool counts_claims() const {
        return counts == Counts::amount || counts == Counts::effects;
    }
    /// The limit is how many, and no amount of anything.
    [[nodiscard]] bool counts_occasions() const {
        return counts == Counts::effects || counts == Counts::signatures;
    }
};
// The words of the document.
[[nodiscard]] std::string_view to_string(Budget::Counts counts);
[[nodiscard]] std::string_view to_string(Budget::Window window);  ///< "sliding" for a duration
[[nodiscard]] std::string_view to_string(Budget::Scope scope);
[[nodiscard]] std::optional<Budget::Counts> parse_counts(std::string_view word);
[[nodiscard]] std::optional<Budget::Scope> parse_scope(std::string_view word);

/// How many people must agree before a signature is made.
struct Quorum {
    std::string of = "operators";
    unsigned minimum = 1;
    std::chrono::milliseconds ttl{};  ///< after which an unanswered or unused approval is void
    bool operator==(const Quorum&) const = default;
};

/// An effect that a forbid of the same policy matches is not reported as unclaimed as well.
struct Rule {
    enum class Kind : std::uint8_t { permit, forbid, review };
    Kind kind{Kind::forbid};
    std::string id;
    std::vector<EffectKind> effects;    ///< what it speaks of; never empty
    std::vector<Operation> operations;  ///< empty: any
    Condition condition;                ///< empty: every such effect
    std::vector<std::string> charge;    ///< of a permit: meters that count amounts
    std::optional<Quorum> quorum;       ///< of a review
    std::string code;                   ///< of a forbid: its reason code; empty: E_FORBIDDEN
    /// For whoever asked; empty: one made of the rule. Fields in braces, "{to} is unknown", stand
    /// for what the effect says: policy/rules/hint.hpp.
    std::string hint;
    std::string where;  ///< "FILE:LINE"
};
[[nodiscard]] std::string_view to_string(Rule::Kind kind);

/// What holds for a signature as a whole.
struct Envelope {
    std::vector<ChainId> chains;        ///< empty: none
    bool any_chain{};                   ///< compiled guardrails only
    std::vector<unsigned> tx_types;     ///< EIP-2718 types, 0 for EIP-155 legacy; empty: none
    std::vector<Operation> operations;  ///< empty: all; what is not listed is denied
    std::optional<Wei> max_total_fee;   ///< of a transaction or user operation; required to
                                        ///< send any
    std::optional<Wei> max_fee_per_gas;
    std::optional<Gas> max_gas;
    std::vector<std::string> charge;  ///< meters that count fees or signatures
    /// Further max_fee_per_gas and max_gas of one chain, by its id: these hold as well as the
    /// values above (compiled guardrails only).
    std::map<std::uint64_t, std::pair<std::optional<Wei>, std::optional<Gas>>> per_chain;
    std::string chain_hint;  ///< with E_CHAIN_NOT_ALLOWED, "{chain}" for the id; empty: a usual one
    std::string where;
};

/// What a simulation must have shown. It only narrows.
struct SimulationRules {
    bool require{};
    /// What must be simulated; empty: whatever moves something. What no node can simulate, such as
    /// typed data, is denied unless these leave it out.
    std::vector<Operation> operations;
    std::optional<std::uint64_t> max_age_blocks;
    bool must_not_revert = true;
    std::vector<std::pair<Asset, U256>> max_outflow;  ///< base units that the signer may lose
    std::optional<U256> max_native_outflow;           ///< wei, on whichever chain
    std::string where;
};

/// A contract that the document names: what it is, or which functions it has.
struct ContractDeclaration {
    std::string name;
    ChainId chain;
    Address address;
    std::optional<ContractKind> kind;
    std::vector<chains::abi::Signature> functions;  ///< pinned; by canonical text
    std::string where;
};

/// One policy document, read and checked. Immutable once loaded.
struct Policy {
    std::string id;
    std::uint64_t version{};
    std::optional<TimePoint> not_before;
    std::optional<TimePoint> expires;
    bool shows_limits_to_agents{};  ///< agents see thresholds in refusals
    std::vector<AssetDefinition> assets;
    std::vector<AddressSet> sets;
    std::vector<ContractDeclaration> declared_contracts;
    std::vector<Budget> budgets;
    Envelope envelope;
    std::vector<Rule> rules;  ///< permits, forbids, reviews, each by id; their order means nothing
    SimulationRules simulation;
    Contracts contracts;  ///< declared kinds, pinned functions, and the assets as tokens
    /// Made from an agent's guardrails: their published semantics are wider than a document's.
    bool is_compiled{};
    std::string canonical;  ///< canonical JSON text; what the digest is of
    Hash256 digest;         ///< Keccak-256 of the canonical text

    /// @return nullptr: none of that name
    [[nodiscard]] const AssetDefinition* find_asset(const Asset& asset) const;
    /// What is counted on a meter; nullptr: no budget limits it.
    [[nodiscard]] const Budget* find_meter(std::string_view meter) const;
};

}  // namespace chela::policy
