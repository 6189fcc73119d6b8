#include "sidecar/flow/simulation_body.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/base/rfc3339.hpp"
#include "chains/simulation/asset_changes.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace chela::sidecar::flow {
namespace {

namespace simulation = chains::simulation;

// What a person or a program can look through; beyond it the answer would only be large.
constexpr std::size_t kMostShown = 100;
// A contract may revert with megabytes, which everybody would keep and carry.
constexpr std::size_t kMostReturned = 1'024;

std::string token_text(const std::optional<Address>& token) {
    return token ? to_checksum(*token) : "native";
}

void add_id(Json& out, const std::optional<U256>& token_id) {
    if (token_id) out["token_id"] = to_decimal(*token_id);
}

/// Native balances are known where the state was asked for; fees are no part of them here, so that
/// after is before and the change.
void add_balances(
    Json& out,
    const simulation::BalanceChange& change,
    const simulation::SimulationResult& result) {
    if (change.token || !result.state_diff) return;
    const auto& diff = *result.state_diff;
    const auto found = std::ranges::find(diff, change.account, &simulation::AccountChange::account);
    if (found == diff.end()) return;
    const auto& balance = found->balance;
    if (!balance) return;
    const auto& before = balance->before.value;
    const auto after =
        change.is_increase ? add(before, change.amount) : subtract(before, change.amount);
    if (!after) return;
    out["before"] = to_decimal(before);
    out["after"] = to_decimal(*after);
}

Json balance_changes_json(const Simulated& simulated, const chains::Chain& chain) {
    Json out = Json::array();
    if (!simulated.changes) return out;
    for (const auto& change : *simulated.changes) {
        if (out.size() == kMostShown) break;
        Json item = {
            {"address", to_checksum(change.account)},
            {"token", token_text(change.token)},
            {"change", (change.is_increase ? "" : "-") + to_decimal(change.amount)}};
        if (!change.token) item["token_symbol"] = chain.native_currency;
        add_id(item, change.token_id);
        add_balances(item, change, simulated.result);
        out.push_back(std::move(item));
    }
    return out;
}

Json asset_changes_json(
    const simulation::SimulationResult& result, const chains::node::CallRequest& call) {
    Json out = Json::array();
    const auto changes = simulation::asset_changes(result, &call);
    if (!changes) return out;
    for (const auto& change : *changes) {
        if (out.size() == kMostShown) break;
        Json item = {
            {"type", simulation::to_string(change.kind)},
            {"token", token_text(change.token)},
            {"from", to_checksum(change.from)},
            {"to", change.to ? Json(to_checksum(*change.to)) : Json(nullptr)},
            {"amount", to_decimal(change.amount)}};
        add_id(item, change.token_id);
        out.push_back(std::move(item));
    }
    return out;
}

Json approvals_json(const simulation::SimulationResult& result) {
    Json out = Json::array();
    for (const auto& approval : simulation::approvals(result)) {
        if (out.size() == kMostShown) break;
        Json item = {
            {"type", simulation::to_string(approval.kind)},
            {"token", to_checksum(approval.token)},
            {"owner", to_checksum(approval.owner)},
            {"spender", to_checksum(approval.spender)},
            {"granted", approval.is_granted}};
        if (approval.amount) item["amount"] = to_decimal(*approval.amount);
        add_id(item, approval.token_id);
        out.push_back(std::move(item));
    }
    return out;
}

std::string error_code_of(const simulation::SimulationResult& result) {
    switch (result.outcome) {
        case simulation::Outcome::success:
            return {};
        case simulation::Outcome::reverted:
            return "E_WOULD_REVERT";
        case simulation::Outcome::error:
            return result.error.find("funds") != std::string::npos ? "E_INSUFFICIENT_FUNDS"
                                                                   : "E_SIMULATION_ERROR";
    }
    bug("unknown simulation outcome");
}

void add_failure(Json& body, const Simulated& simulated) {
    const auto& result = simulated.result;
    if (result.outcome == simulation::Outcome::success) return;
    if (result.outcome == simulation::Outcome::reverted) {
        body["revert_reason"] = simulated.revert_reason;
        const auto shown = std::min(result.return_data.size(), kMostReturned);
        body["return_data"] = to_hex(std::span{result.return_data}.first(shown));
        body["return_data_bytes"] = result.return_data.size();
    }
    body["error"] = result.error;
    body["error_code"] = error_code_of(result);
    body["error_human_readable"] =
        simulated.revert_reason.empty() ? result.error : simulated.revert_reason;
}

template <class Hash>
Json hex_or_null(const std::optional<Hash>& hash) {
    return hash ? Json(to_hex(*hash)) : Json(nullptr);
}

}  // namespace

Json simulation_body(
    const Simulated& simulated,
    const chains::node::CallRequest& call,
    const chains::Chain& chain,
    TimePoint now) {
    const auto& result = simulated.result;
    Json body = {
        {"simulation_id", simulated.id},
        {"status", simulation::to_string(result.outcome)},
        {"gas_used", result.gas_used.value},
        {"balance_changes", balance_changes_json(simulated, chain)},
        {"asset_changes", asset_changes_json(result, call)},
        {"approvals", approvals_json(result)},
        {"provider", simulation::to_string(result.provider)},
        {"degraded", result.degraded},
        {"pinned_by", simulation::to_string(result.pinning)},
        {"block_number", result.block_number ? Json(result.block_number->value) : Json(nullptr)},
        {"block_hash", hex_or_null(result.block_hash)},
        {"transaction_digest", hex_or_null(simulated.transaction_digest)},
        {"simulated_at", to_rfc3339(now)}};
    if (!result.provider_url.empty()) body["tenderly_dashboard_url"] = result.provider_url;
    add_failure(body, simulated);
    return body;
}

}  // namespace chela::sidecar::flow
