#include "chains/simulation/logs.hpp"
#include "chains/simulation/simulation.hpp"

#include <map>
#include <utility>

namespace chela::chains::simulation {
namespace {

struct Flow {
    U256 in;
    U256 out;
};
using Flows = std::map<std::pair<Address, std::optional<Address>>, Flow>;

Status grow(U256& total, const U256& amount) {
    const auto sum = add(total, amount);
    if (!sum) {
        return fail(
            ErrorCode::out_of_range,
            "the simulated transfers of one token add up to more than 256 bits");
    }
    total = *sum;
    return {};
}

Status move(Flows& flows, const std::optional<Address>& token, const Transfer& transfer) {
    // Tokens write a mint or a burn as a transfer from or to nobody; native value sent there is
    // gone from its sender.
    const auto is_nobody = [&](const Address& account) { return token && account == Address{}; };
    if (!is_nobody(transfer.from)) {
        if (auto grown = grow(flows[{transfer.from, token}].out, transfer.amount); !grown)
            return grown;
    }
    if (!is_nobody(transfer.to)) {
        if (auto grown = grow(flows[{transfer.to, token}].in, transfer.amount); !grown)
            return grown;
    }
    return {};
}

std::vector<BalanceChange> net(const Flows& flows) {
    std::vector<BalanceChange> changes;
    for (const auto& [key, flow] : flows) {
        if (flow.in == flow.out) continue;
        const bool is_increase = flow.in > flow.out;
        const auto amount = is_increase ? subtract(flow.in, flow.out) : subtract(flow.out, flow.in);
        if (!amount) bug("the larger minus the smaller cannot fail");
        changes.push_back({key.first, key.second, is_increase, *amount});
    }
    return changes;
}

}  // namespace

Result<std::vector<BalanceChange>> balance_changes(
    const SimulationResult& result, const node::CallRequest* top_level) {
    if (result.outcome != Outcome::success) return std::vector<BalanceChange>{};
    Flows flows;
    if (result.degraded && top_level != nullptr) {
        flows[{top_level->from, std::nullopt}].out = top_level->value.value;
        // A created contract's address is not known here, so only the payer's side can be told.
        if (top_level->to) flows[{*top_level->to, std::nullopt}].in = top_level->value.value;
    }
    for (const NativeMove& native : result.native_moves) {
        const Transfer transfer{native.from, native.to, native.amount.value};
        if (auto moved = move(flows, std::nullopt, transfer); !moved) {
            return std::unexpected{moved.error()};
        }
    }
    for (const Log& log : result.logs) {
        const auto transfer = as_transfer(log);
        if (!transfer) continue;
        if (auto moved = move(flows, log.address, *transfer); !moved) {
            return std::unexpected{moved.error()};
        }
    }
    return net(flows);
}

}  // namespace chela::chains::simulation
