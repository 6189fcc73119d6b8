#include "policy/gate/audit_detail.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "policy/effect/describe.hpp"

#include <nlohmann/json.hpp>

namespace chela::policy {

std::string audit_detail(
    const GateRequest& request,
    const chains::Preimage& preimage,
    std::span<const Effect> effects,
    const Decision& decision) {
    const auto& transaction = preimage.transaction();
    const auto& to = chains::to(transaction);
    const auto fee = chains::max_fee(transaction);
    Json words = Json::array();
    for (const auto& effect : effects)
        words.push_back(describe(effect));
    Json codes = Json::array();
    for (const auto& violation : decision.violations)
        codes.push_back(violation.code);
    const Json detail{
        {"chain_id", chains::chain_id(transaction).value},
        {"nonce", chains::nonce(transaction).value},
        {"from", to_checksum(request.signer)},
        {"to", to ? Json(to_checksum(*to)) : Json(nullptr)},
        {"value", to_decimal(chains::value(transaction).value)},
        {"max_fee", fee ? Json(to_decimal(fee->value)) : Json(nullptr)},
        {"effects", std::move(words)},
        {"preimage_hash", to_hex(preimage.signing_hash())},
        {"simulation_id", request.simulation_id},
        {"codes", std::move(codes)}};
    // Text that is not UTF-8 is shown with replacement characters rather than losing the entry.
    return detail.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace chela::policy
