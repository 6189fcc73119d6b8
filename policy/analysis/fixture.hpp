#pragma once

#include "chains/preimage/preimage.hpp"
#include "policy/decide/decide.hpp"

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace chela::policy::analysis {

/// Whose meters of scope agent a case charges.
inline constexpr std::string_view kFixtureAgent = "fixture";
/// What `slot: this` of an earlier charge stands for: the case's signature replaces that one.
inline constexpr std::string_view kThisSlot = "this";

struct Expectation {
    Verdict verdict{Verdict::deny};
    std::vector<std::string> codes;  ///< sorted, each once; empty of an allow
    /// Words of EffectKind in the order of the bytes; empty: not looked at.
    std::optional<std::vector<std::string>> effects;
};

/// One request, what surrounds it, and what must come of it.
struct FixtureCase {
    std::string name;
    std::string where;  ///< "FILE:LINE"
    Address signer;
    /// Or why there is nothing to decide: bytes that are no transaction, malformed typed data.
    Result<chains::Preimage::Content> request;
    TimePoint now;
    LedgerSnapshot ledger;  ///< its slot is kThisSlot
    std::optional<SimulationFacts> simulation;
    std::set<std::string> approvals;
    std::optional<ChainId> node_chain;    ///< empty: no node was asked
    std::optional<Wei> operator_max_fee;  ///< empty: the operator sets none
    Expectation expect;
};

/// A text and the name it has in messages.
struct FixtureText {
    std::string source;
    std::string text;
};
/// What a case names by `file:`. @return an error of the caller's own
using ReadFile = std::function<Result<std::string>(std::string_view name)>;

/// Policies that hold together, and cases for them.
struct Fixture {
    std::vector<BoundPolicy> policies;  ///< the agent's, then the organisation's
    Contracts contracts;                ///< of all of them
    std::vector<FixtureCase> cases;
};

/// @param policies  documents that hold together, the agent's own first
/// @param cases     files of cases; a name may stand once in all of them
/// @return as load_policy() and read_cases(); conflict E_POLICY_CONFLICT: two documents say another
/// kind of one contract
[[nodiscard]] Result<Fixture> read_fixture(
    std::span<const FixtureText> policies,
    std::span<const FixtureText> cases,
    const ReadFile& read_file);

/// One file of cases, YAML with a closed schema:
///
///     signer: "0x…"                       # and now, chain: what a case does not say itself
///     names: {alice: "0x…"}
///     cases:
///       - name: …
///         transaction: {to, value, call, args, data, fees, type, chain, nonce}
///           or raw_transaction, typed_data, user_operation, message, authorization
///         now, signer, spent, simulation, approvals, node_chain, operator_max_fee, high_water
///         expect: {verdict, codes, effects}
///
/// @return invalid_input (reason E_POLICY_FIXTURE), "FILE:LINE: what is wrong and what to write"
[[nodiscard]] Result<std::vector<FixtureCase>> read_cases(
    const FixtureText& file, std::span<const BoundPolicy> policies, const ReadFile& read_file);

}  // namespace chela::policy::analysis
