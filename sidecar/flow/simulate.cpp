#include "sidecar/flow/simulate.hpp"

#include "chains/abi/revert_reason.hpp"
#include "chains/simulation/digest.hpp"
#include "sidecar/edge/entropy.hpp"
#include "sidecar/flow/one_commit.hpp"
#include "sidecar/flow/simulation_body.hpp"

#include <type_traits>
#include <utility>

#include <nlohmann/json.hpp>

namespace chela::sidecar::flow {

namespace {

namespace simulation = chains::simulation;

Simulated describe(simulation::SimulationResult result, const ToSimulate& asked) {
    Simulated out;
    out.id = random_uuid();
    out.transaction_digest = asked.transaction_digest;
    if (auto changes = simulation::balance_changes(result, &asked.call)) {
        out.changes = *std::move(changes);
    }
    out.result = std::move(result);
    if (out.result.outcome == simulation::Outcome::reverted) {
        constexpr std::size_t kMostOfReason = 1'000;
        out.revert_reason = chains::abi::revert_reason(out.result.return_data);
        if (out.revert_reason.size() > kMostOfReason) out.revert_reason.resize(kMostOfReason);
    }
    return out;
}

store::SimulationRecord record_of(
    const Simulated& simulated,
    const SimulationOrder& order,
    const chains::node::CallRequest& call,
    TimePoint now) {
    store::SimulationRecord record;
    record.id = simulated.id;
    record.agent_id = order.agent_id;
    record.intent_id = order.intent_id;
    const Json body = simulation_body(simulated, call, order.chain, now);
    record.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
    record.created_at = now;
    record.provider = simulation::to_string(simulated.result.provider);
    record.is_degraded = simulated.result.degraded;
    record.transaction_digest = simulated.transaction_digest;
    record.block_number = simulated.result.block_number;
    record.block_hash = simulated.result.block_hash;
    return record;
}

/// Every field that the transaction has but the nonce.
struct CallOf {
    chains::node::CallRequest& call;

    void operator()(const chains::LegacyTransaction& tx) const { call.gas_price = tx.gas_price; }
    void operator()(const chains::Eip2930Transaction& tx) const {
        call.gas_price = tx.gas_price;
        call.access_list = tx.access_list;
    }
    template <class Tx>
    void operator()(const Tx& tx) const {
        call.max_fee_per_gas = tx.max_fee_per_gas;
        call.max_priority_fee_per_gas = tx.max_priority_fee_per_gas;
        call.access_list = tx.access_list;
    }
};

}  // namespace

ToSimulate to_simulate(const IntentRequest& request, const Address& from) {
    ToSimulate out;
    out.call.from = from;
    out.call.to = request.to;
    out.call.value = request.value;
    out.call.data = request.data;
    out.call.gas = request.gas_limit;
    return out;
}

ToSimulate to_simulate(const chains::Transaction& transaction, const Address& from) {
    ToSimulate out;
    out.call.from = from;
    out.call.to = chains::to(transaction);
    out.call.value = chains::value(transaction);
    out.call.data = chains::data(transaction);
    out.call.gas = chains::gas_limit(transaction);
    std::visit(CallOf{out.call}, transaction);
    out.transaction_digest = simulation::transaction_digest(transaction, from);
    return out;
}

boost::asio::awaitable<Result<std::vector<Simulated>>> simulate(
    Services& services, SimulationOrder order, Deadline deadline) {
    const auto found = client_for(*services.chains, order.chain.chain_id);
    if (!found) co_return std::unexpected{found.error()};
    const auto& client = *found;
    const auto simulator = simulator_for(*services.chains, order.chain.chain_id);
    if (!simulator) co_return std::unexpected{simulator.error()};
    if (auto right_chain = co_await client->verify_chain_id(deadline); !right_chain) {
        co_return std::unexpected{right_chain.error()};
    }
    std::vector<chains::node::CallRequest> calls;
    calls.reserve(order.transactions.size());
    for (const auto& transaction : order.transactions)
        calls.push_back(transaction.call);
    auto results = co_await (*simulator)->simulate(std::move(calls), order.detail, deadline);
    if (!results) co_return std::unexpected{results.error()};
    if (results->size() != order.transactions.size()) bug("a simulation answers another number");

    const TimePoint now = services.clock.now();
    std::vector<Simulated> simulated;
    for (std::size_t i = 0; i < results->size(); ++i) {
        const auto& asked = order.transactions[i];
        auto& one = simulated.emplace_back(describe(std::move((*results)[i]), asked));
        one.record = record_of(one, order, asked.call, now);
    }
    co_return simulated;
}

boost::asio::awaitable<Status> keep(
    Services& services, std::vector<store::SimulationRecord> simulations, Deadline deadline) {
    const auto kept = co_await services.on_store<bool>(
        deadline, [&store = services.store, simulations = std::move(simulations)] {
            return in_one_commit(store, [&]() -> Result<bool> {
                for (const auto& one : simulations) {
                    if (auto ok = store.insert_simulation(one); !ok)
                        return std::unexpected{ok.error()};
                }
                return true;
            });
        });
    if (!kept) co_return std::unexpected{kept.error()};
    co_return Status{};
}

}  // namespace chela::sidecar::flow
