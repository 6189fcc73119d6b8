#include "chains/simulation/asset_changes.hpp"
#include "chains/simulation/simulation.hpp"

#include <map>
#include <tuple>

namespace chela::chains::simulation {
namespace {

struct Flow {
    U256 in;
    U256 out;
};
/// Account, token, id.
using Holding = std::tuple<Address, std::optional<Address>, std::optional<U256>>;
using Flows = std::map<Holding, Flow>;

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

Status move(Flows& flows, const AssetChange& change) {
    // Tokens write a mint or a burn as a transfer from or to nobody; native value sent there is
    // gone from its sender.
    const auto is_nobody = [&](const Address& account) {
        return change.token && account == Address{};
    };
    if (!is_nobody(change.from)) {
        if (auto grown =
                grow(flows[{change.from, change.token, change.token_id}].out, change.amount);
            !grown)
            return grown;
    }
    // A created contract's address is not known here, so only the payer's side can be told.
    if (!change.to || is_nobody(*change.to)) return {};
    return grow(flows[{*change.to, change.token, change.token_id}].in, change.amount);
}

std::vector<BalanceChange> net(const Flows& flows) {
    std::vector<BalanceChange> changes;
    for (const auto& [holding, flow] : flows) {
        if (flow.in == flow.out) continue;
        const bool is_increase = flow.in > flow.out;
        const auto amount = is_increase ? subtract(flow.in, flow.out) : subtract(flow.out, flow.in);
        if (!amount) bug("the larger minus the smaller cannot fail");
        const auto& [account, token, token_id] = holding;
        changes.push_back({account, token, is_increase, *amount, token_id});
    }
    return changes;
}

}  // namespace

Result<std::vector<BalanceChange>> balance_changes(
    const SimulationResult& result, const node::CallRequest* top_level) {
    const auto moves = asset_changes(result, top_level);
    if (!moves) return std::unexpected{moves.error()};
    Flows flows;
    for (const AssetChange& change : *moves) {
        if (auto moved = move(flows, change); !moved) return std::unexpected{moved.error()};
    }
    return net(flows);
}

}  // namespace chela::chains::simulation
