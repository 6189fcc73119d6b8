#include "sidecar/authority/sign_request.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/registry/well_known.hpp"

#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

namespace chela::sidecar::authority {

namespace {

std::string chain_of(ChainId id) {
    const auto known = chains::well_known_chains();
    const auto found = std::ranges::find(known, id, &chains::WellKnownChain::chain_id);
    return found != known.end() ? std::string{found->name} : std::to_string(id.value);
}

std::unexpected<Error> inexpressible(const char* what) {
    return fail(
        ErrorCode::unsupported,
        std::string{"an authority elsewhere cannot be asked for a transaction with "} + what,
        "E_AUTHORITY_TRANSACTION");
}

Status add_fees(Json& body, const chains::Transaction& transaction) {
    if (const auto* const legacy = std::get_if<chains::LegacyTransaction>(&transaction)) {
        body["gas_price"] = to_decimal(legacy->gas_price.value);
        return {};
    }
    const auto* const modern = std::get_if<chains::Eip1559Transaction>(&transaction);
    if (modern == nullptr) return inexpressible("blobs, delegations or an access list");
    if (!modern->access_list.empty()) return inexpressible("an access list");
    body["max_fee_per_gas"] = to_decimal(modern->max_fee_per_gas.value);
    body["max_priority_fee_per_gas"] = to_decimal(modern->max_priority_fee_per_gas.value);
    return {};
}

}  // namespace

Result<Json> sign_request(const chains::Transaction& transaction) {
    const auto to = chains::to(transaction);
    if (!to) return inexpressible("no recipient");
    Json body = {
        {"chain", chain_of(chains::chain_id(transaction))},
        {"to", to_checksum(*to)},
        {"value", format_units(chains::value(transaction).value, kNativeDecimals)},
        {"nonce", chains::nonce(transaction).value},
        {"gas_limit", chains::gas_limit(transaction).value}};
    const auto& data = chains::data(transaction);
    if (!data.empty()) body["data"] = to_hex(data);
    if (auto ok = add_fees(body, transaction); !ok) return std::unexpected{ok.error()};
    return body;
}

}  // namespace chela::sidecar::authority
