#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "chains/base/units.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chela::policy {

/// Limits that hold on one chain, or on all of them. An empty allowlist means any recipient or any
/// token: these are the published semantics of the guardrail fields, wider than chela's own
/// default, and callers say so to the operator.
struct Limits {
    std::vector<Address> to_allowlist;     ///< who may be paid, and which contracts may be called
    std::vector<Address> token_allowlist;  ///< tokens that may be moved or granted
    std::optional<Wei> max_value;          ///< native value of one transaction
    std::optional<Wei> daily_limit;        ///< native value over a rolling 24 h
    std::optional<std::uint64_t> max_per_day;  ///< transactions per UTC calendar day
    std::optional<Wei> overhead_budget;        ///< worst-case fees over a rolling 24 h
    std::optional<Wei> max_fee_per_gas;
    std::optional<Gas> max_gas_limit;
    bool operator==(const Limits&) const = default;
};

struct NamedChain {
    std::string name;  ///< as the operator wrote it
    ChainId id;
    bool operator==(const NamedChain&) const = default;
};

/// An agent's guardrails: the strictest of `everywhere` and the chain's own limits wins.
struct Guardrails {
    std::vector<NamedChain> allowed_chains;  ///< empty: every configured chain
    Limits everywhere;
    std::map<std::uint64_t, std::pair<std::string, Limits>>
        per_chain;  ///< by chain id: the name as written, and the limits
    bool operator==(const Guardrails&) const = default;
};

/// Chain name or decimal id → id; not_found when the registry does not have it.
using ChainResolver = std::function<Result<ChainId>(std::string_view)>;

/// Reads the guardrail members of an agent request (tx_allowed_chains, tx_to_allowlist,
/// tx_token_allowlist, tx_max_value, tx_daily_limit, tx_max_per_day, tx_overhead_budget,
/// per_chain_guardrails and the deprecated *_eth aliases) over `base`: a member that is absent
/// keeps base's value, null clears it. Members that are not guardrails are ignored here.
/// @return invalid_input (with the member's name) for a wrong type, address, amount, chain or
/// unknown per-chain key;
///         conflict between a member and its alias is invalid_input too
[[nodiscard]] Result<Guardrails> apply_guardrails(
    Guardrails base, const Json& request, const ChainResolver& resolve);

/// The members as the API shows them (amounts as decimal strings in major units); absent limits are
/// left out.
[[nodiscard]] Json to_api_json(const Guardrails& guardrails);

/// Storage form; round-trips exactly and needs no registry.
[[nodiscard]] std::string to_storage(const Guardrails& guardrails);
[[nodiscard]] Result<Guardrails> from_storage(std::string_view text);

}  // namespace chela::policy
