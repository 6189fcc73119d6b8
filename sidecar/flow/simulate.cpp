#include "sidecar/flow/simulate.hpp"

#include "chains/abi/revert_reason.hpp"
#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/base/rfc3339.hpp"
#include "sidecar/edge/entropy.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::flow {

namespace {

namespace simulation = chains::simulation;

chains::node::CallRequest call_of(const IntentRequest& request, const Address& from) {
    chains::node::CallRequest call;
    call.from = from;
    call.to = request.to;
    call.value = request.value;
    call.data = request.data;
    call.gas = request.gas_limit;
    return call;
}

Json balance_changes_json(
    const std::vector<simulation::BalanceChange>& changes, const chains::Chain& chain) {
    Json out = Json::array();
    for (const auto& change : changes) {
        Json item = {
            {"address", to_checksum(change.account)},
            {"token", change.token ? to_checksum(*change.token) : "native"},
            {"change", (change.is_increase ? "" : "-") + to_decimal(change.amount)}};
        if (!change.token) item["token_symbol"] = chain.native_currency;
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

Simulated describe(
    simulation::SimulationResult result,
    const chains::node::CallRequest& call,
    const chains::Chain& chain,
    TimePoint now) {
    Simulated out;
    out.id = random_uuid();
    if (auto changes = simulation::balance_changes(result, &call)) {
        out.changes = *std::move(changes);
    }
    Json body = {
        {"simulation_id", out.id},
        {"status", simulation::to_string(result.outcome)},
        {"gas_used", result.gas_used.value},
        {"balance_changes",
         balance_changes_json(
             out.changes.value_or(std::vector<simulation::BalanceChange>{}), chain)},
        {"provider", simulation::to_string(result.provider)},
        {"degraded", result.degraded},
        {"simulated_at", to_rfc3339(now)}};
    if (result.outcome == simulation::Outcome::reverted) {
        out.revert_reason = chains::abi::revert_reason(result.return_data);
        body["revert_reason"] = out.revert_reason;
        body["return_data"] = to_hex(result.return_data);
    }
    if (result.outcome != simulation::Outcome::success) {
        body["error"] = result.error;
        body["error_code"] = error_code_of(result);
        body["error_human_readable"] = out.revert_reason.empty() ? result.error : out.revert_reason;
    }
    out.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
    out.result = std::move(result);
    return out;
}

}  // namespace

boost::asio::awaitable<Result<std::vector<Simulated>>> simulate(
    Services& services,
    std::string agent_id,
    std::string intent_id,
    Address from,
    std::vector<IntentRequest> requests,
    Deadline deadline) {
    const auto chain = requests.front().chain;
    const auto found = client_for(*services.chains, chain.chain_id);
    if (!found) co_return std::unexpected{found.error()};
    const auto client = *found;
    if (auto right_chain = co_await client->verify_chain_id(deadline); !right_chain) {
        co_return std::unexpected{right_chain.error()};
    }
    std::vector<chains::node::CallRequest> calls;
    for (const auto& request : requests)
        calls.push_back(call_of(request, from));
    auto results = co_await client->simulate(calls, deadline);
    if (!results) co_return std::unexpected{results.error()};

    const TimePoint now = services.clock.now();
    std::vector<Simulated> simulated;
    for (std::size_t i = 0; i < results->size(); ++i) {
        simulated.push_back(describe(std::move((*results)[i]), calls[i], chain, now));
    }
    auto stored = co_await services.on_store<bool>(
        deadline, [&store = services.store, simulated, agent_id, intent_id, now]() -> Result<bool> {
            for (const auto& one : simulated) {
                if (auto ok = store.insert_simulation({one.id, agent_id, intent_id, one.body, now});
                    !ok) {
                    return std::unexpected{ok.error()};
                }
            }
            return true;
        });
    if (!stored) co_return std::unexpected{stored.error()};
    co_return simulated;
}

}  // namespace chela::sidecar::flow
