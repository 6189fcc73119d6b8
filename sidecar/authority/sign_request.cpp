#include "sidecar/authority/sign_request.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/base/utf8.hpp"
#include "chains/message/typed_data_json.hpp"
#include "chains/registry/well_known.hpp"

#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace chela::sidecar::authority {

namespace {

std::string name_of(ChainId id) {
    const auto known = chains::well_known_chain(id);
    return known ? std::string{known->name} : std::to_string(id.value);
}

std::unexpected<Error> inexpressible(const char* what) {
    return fail(
        ErrorCode::unsupported, std::string{"an authority elsewhere cannot be asked for "} + what,
        "E_AUTHORITY_UNSUPPORTED");
}

Status add_fees(Json& body, const chains::Transaction& transaction) {
    if (const auto* const legacy = std::get_if<chains::LegacyTransaction>(&transaction)) {
        body["gas_price"] = to_decimal(legacy->gas_price.value);
        return {};
    }
    const auto* const modern = std::get_if<chains::Eip1559Transaction>(&transaction);
    if (modern == nullptr || !modern->access_list.empty())
        return inexpressible("a transaction with blobs, delegations or an access list");
    body["max_fee_per_gas"] = to_decimal(modern->max_fee_per_gas.value);
    body["max_priority_fee_per_gas"] = to_decimal(modern->max_priority_fee_per_gas.value);
    return {};
}

Result<SignRequest> request_for(const chains::Transaction& transaction) {
    const auto to = chains::to(transaction);
    if (!to) return inexpressible("a transaction without a recipient");
    Json body = {
        {"chain", name_of(chains::chain_id(transaction))},
        {"to", to_checksum(*to)},
        {"value", format_units(chains::value(transaction).value, kNativeDecimals)},
        {"nonce", chains::nonce(transaction).value},
        {"gas_limit", chains::gas_limit(transaction).value}};
    const auto& data = chains::data(transaction);
    if (!data.empty()) body["data"] = to_hex(data);
    if (auto ok = add_fees(body, transaction); !ok) return std::unexpected{ok.error()};
    return SignRequest{"transactions/sign", std::move(body)};
}

/// Text goes as text, which every such API takes; only what would be read in two ways says more.
Result<Json> request_for(const chains::PersonalMessage& message) {
    constexpr std::size_t kMostText = std::size_t{64} * 1024;  // of the API
    Json body = {{"intent_type", "personal_sign"}};
    const std::string text{message.message.begin(), message.message.end()};
    const bool is_text = is_utf8(text);
    body["message"] = is_text ? text : to_hex(message.message);
    if (!is_text || text.starts_with("0x")) body["message_encoding"] = is_text ? "text" : "hex";
    if (body["message"].get_ref<const std::string&>().size() > kMostText)
        return inexpressible("so long a message (64 KiB of text, 32 KiB of other bytes)");
    return body;
}

Result<Json> request_for(const chains::TypedData& data) {
    return Json{{"intent_type", "typed_data"}, {"typed_data", chains::to_json(data)}};
}

}  // namespace

Result<SignRequest> sign_request(
    const chains::Preimage::Content& content, std::optional<ChainId> named_chain) {
    if (const auto* const transaction = std::get_if<chains::Transaction>(&content))
        return request_for(*transaction);
    const auto* const message = std::get_if<chains::PersonalMessage>(&content);
    const auto* const data = std::get_if<chains::TypedData>(&content);
    if (message == nullptr && data == nullptr)
        return inexpressible("anything but transactions, messages and typed data");
    if (!named_chain) return inexpressible("a message of no chain");
    auto body = message != nullptr ? request_for(*message) : request_for(*data);
    if (!body) return std::unexpected{body.error()};
    (*body)["chain"] = name_of(*named_chain);
    return SignRequest{"sign", *std::move(body)};
}

}  // namespace chela::sidecar::authority
