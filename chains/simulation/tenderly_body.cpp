#include "chains/base/hex.hpp"
#include "chains/simulation/tenderly.hpp"

#include <nlohmann/json.hpp>

namespace chela::chains::simulation {
namespace {

Json access_list_of(const AccessList& list) {
    Json out = Json::array();
    for (const auto& entry : list) {
        Json keys = Json::array();
        for (const auto& key : entry.storage_keys)
            keys.push_back(to_hex(key));
        out.push_back({{"address", to_hex(entry.address)}, {"storage_keys", std::move(keys)}});
    }
    return out;
}

}  // namespace

Json tenderly_body(ChainId chain, const node::CallRequest& call, BlockNumber block) {
    Json out = {
        {"network_id", std::to_string(chain.value)},
        {"block_number", block.value},
        {"from", to_hex(call.from)},
        {"input", to_hex(BytesView{call.data})},
        {"value", to_decimal(call.value.value)},
        {"simulation_type", "full"},
        {"save", true},
        {"save_if_fails", true}};
    if (call.to) out["to"] = to_hex(*call.to);
    if (call.gas) out["gas"] = call.gas->value;
    // It knows one price: the most that the transaction may pay.
    const auto price = call.gas_price ? call.gas_price : call.max_fee_per_gas;
    if (price) out["gas_price"] = to_decimal(price->value);
    if (!call.access_list.empty()) out["access_list"] = access_list_of(call.access_list);
    return out;
}

Json tenderly_bundle_body(
    ChainId chain, std::span<const node::CallRequest> calls, BlockNumber block) {
    Json list = Json::array();
    for (const auto& call : calls)
        list.push_back(tenderly_body(chain, call, block));
    return {{"simulations", std::move(list)}};
}

}  // namespace chela::chains::simulation
