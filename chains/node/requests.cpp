#include "chains/node/requests.hpp"

#include "chains/base/hex.hpp"

#include <nlohmann/json.hpp>

namespace chela::chains::node {
namespace {

Json access_list_json(const AccessList& list) {
    Json out = Json::array();
    for (const auto& entry : list) {
        Json keys = Json::array();
        for (const auto& key : entry.storage_keys)
            keys.push_back(to_hex(key));
        out.push_back({{"address", to_hex(entry.address)}, {"storageKeys", std::move(keys)}});
    }
    return out;
}

}  // namespace

Json to_json(const CallRequest& call) {
    // `data`, not `input`: older clients know only that name, and newer ones accept it.
    Json out = {
        {"from", to_hex(call.from)},
        {"value", to_quantity(call.value.value)},
        {"data", to_hex(BytesView{call.data})}};
    if (call.to) out["to"] = to_hex(*call.to);
    if (call.gas) out["gas"] = to_quantity(U256{call.gas->value});
    if (call.max_fee_per_gas) out["maxFeePerGas"] = to_quantity(call.max_fee_per_gas->value);
    if (call.max_priority_fee_per_gas) {
        out["maxPriorityFeePerGas"] = to_quantity(call.max_priority_fee_per_gas->value);
    }
    if (call.gas_price) out["gasPrice"] = to_quantity(call.gas_price->value);
    if (!call.access_list.empty()) out["accessList"] = access_list_json(call.access_list);
    return out;
}

}  // namespace chela::chains::node
