#include "policy/gate/audit_detail.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/crypto/keccak.hpp"
#include "policy/decide/envelope_facts.hpp"
#include "policy/effect/describe.hpp"

#include <nlohmann/json.hpp>

namespace chela::policy {
namespace {

void add_transaction(Json& detail, const chains::Transaction& transaction) {
    const auto to = chains::to(transaction);
    const auto fee = chains::max_fee(transaction);
    detail["nonce"] = chains::nonce(transaction).value;
    detail["to"] = to ? Json(to_checksum(*to)) : Json(nullptr);
    detail["value"] = to_decimal(chains::value(transaction).value);
    detail["max_fee"] = fee ? Json(to_decimal(fee->value)) : Json(nullptr);
}

}  // namespace

std::string audit_detail(
    const GateRequest& request,
    const chains::Preimage& preimage,
    const EffectTree& tree,
    const Decision& decision,
    std::string_view record) {
    const auto facts = envelope_facts(preimage.content());
    Json words = Json::array();
    for (const auto* node : effects_of(tree))
        words.push_back(describe(effect_of(*node)));
    Json codes = Json::array();
    for (const auto& violation : decision.violations)
        codes.push_back(violation.code);
    const std::vector<std::uint8_t> record_bytes{record.begin(), record.end()};
    Json detail{
        {"operation", to_string(facts.operation)},
        {"chain_id", facts.chain ? Json(facts.chain->value) : Json(nullptr)},
        {"from", to_checksum(request.signer)},
        {"effects", std::move(words)},
        {"preimage_hash", to_hex(preimage.signing_hash())},
        {"simulation_id", request.simulation ? Json(request.simulation->id) : Json(nullptr)},
        {"codes", std::move(codes)},
        {"decision_id", request.decision_id},
        {"decision_hash", to_hex(chains::keccak256(record_bytes))}};
    if (const auto* transaction = std::get_if<chains::Transaction>(&preimage.content())) {
        add_transaction(detail, *transaction);
    }
    // Text that is not UTF-8 is shown with replacement characters rather than losing the entry.
    return detail.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string audit_detail(const GateRequest& request, const Error& error) {
    const Json detail{
        {"from", to_checksum(request.signer)},
        {"codes", Json::array({reason_of(error)})},
        {"error", error.detail}};
    return detail.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace chela::policy
