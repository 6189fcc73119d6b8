#include "sidecar/api/transaction_request.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/base/rfc3339.hpp"
#include "sidecar/api/fields.hpp"

#include <array>

#include <nlohmann/json.hpp>

namespace chela::sidecar::api {

namespace {

// Members for other families of chains and for features of later versions.
constexpr std::array kUnsupportedMembers{
    "gasless",         "destination_tag", "memo", "fee_rate_sat_per_vbyte", "fee_limit_sun",
    "token_mint",      "token_decimals",  "ttl",  "xrpl_tx_json",           "approval_id",
    "raw_transaction", "tron_transaction"};

std::string required(Fields& fields, const std::string& name) {
    auto text = fields.text(name);
    if (!text)
        fields.fail_with(
            {ErrorCode::invalid_input, name + " is required, as a string", "E_FIELD_REQUIRED"});
    return text.value_or("");
}

std::optional<Wei> read_wei(Fields& fields, const std::string& name) {
    const auto text = fields.text(name);
    if (!text) return std::nullopt;
    const auto amount = checked(fields, name + " (wei)", parse_decimal(*text));
    return amount ? std::optional{Wei{*amount}} : std::nullopt;
}

void read_what(Fields& fields, flow::IntentRequest& request, const chains::Registry& registry) {
    const std::string chain = required(fields, "chain");
    const std::string to = required(fields, "to");
    const std::string value = required(fields, "value");
    const auto data = fields.text("data");
    if (!fields.finish() && (chain.empty() || to.empty() || value.empty())) return;
    if (auto found = checked(fields, "chain", registry.find(chain)))
        request.chain = std::move(*found);
    if (const auto address = checked(fields, "to", parse_address(to))) request.to = *address;
    if (const auto amount = checked(fields, "value", parse_units(value, kNativeDecimals)))
        request.value = Wei{*amount};
    if (data && !data->empty()) {
        if (auto bytes = checked(fields, "data", parse_hex(*data)))
            request.data = std::move(*bytes);
    }
    if (request.data.size() > flow::kMaxCalldata) {
        fields.fail_with({ErrorCode::too_large, "data: at most 128 KiB", "E_DATA_TOO_LARGE"});
    }
}

void read_valid_until(Fields& fields, flow::IntentRequest& request) {
    const auto text = fields.text("valid_until");
    if (!text) return;
    const auto until = checked(fields, "valid_until", parse_rfc3339(*text));
    if (!until) return;
    if (until->time_since_epoch().count() <= 0) {
        fields.fail_with(
            {ErrorCode::invalid_input, "valid_until: a time to come, such as 2031-05-01T12:00:00Z",
             "E_VALID_UNTIL"});
    }
    request.valid_until = *until;
}

void read_how(Fields& fields, flow::IntentRequest& request) {
    request.gas_price = read_wei(fields, "gas_price");
    request.max_fee_per_gas = read_wei(fields, "max_fee_per_gas");
    request.max_priority_fee_per_gas = read_wei(fields, "max_priority_fee_per_gas");
    if (request.gas_price && (request.max_fee_per_gas || request.max_priority_fee_per_gas)) {
        fields.fail_with(
            {ErrorCode::invalid_input,
             "gas_price is for legacy transactions and excludes max_fee_per_gas and "
             "max_priority_fee_per_gas",
             "E_FEES"});
    }
    if (const auto nonce = fields.number("nonce")) request.nonce = Nonce{*nonce};
    request.simulate_first = fields.boolean("simulate_first").value_or(false);
    read_valid_until(fields, request);
    if (const auto mode = fields.text("mode"); mode && *mode != "eoa") {
        fields.fail_with(
            {ErrorCode::unsupported, "mode: only eoa is supported", "E_UNSUPPORTED_FIELD"});
    }
}

}  // namespace

Result<flow::IntentRequest> read_transaction_request(
    const Json& body, TransactionRequestKind kind, const chains::Registry& registry) {
    flow::IntentRequest request;
    if (!body.is_object())
        return fail(ErrorCode::invalid_input, "a transaction must be a JSON object", "E_BODY");
    Fields fields{body};
    if (kind == TransactionRequestKind::sign) request.delivery = flow::Delivery::sign_only;
    if (const auto path = fields.text("signing_key_path")) request.signing_key_path = *path;
    if (const auto gas = fields.number("gas_limit")) request.gas_limit = Gas{*gas};
    if (kind != TransactionRequestKind::simulate) {
        read_how(fields, request);
        for (const auto* member : kUnsupportedMembers)
            fields.only_unset(member);
    }
    read_what(fields, request, registry);
    if (auto ok = fields.finish(); !ok) return std::unexpected{ok.error()};
    return request;
}

Result<std::optional<chains::fees::Eip1559Fees>> read_speed_up_request(
    const http::Request& request) {
    if (request.body.empty()) return std::nullopt;
    const auto body = body_object(request);
    if (!body) return std::unexpected{body.error()};
    Fields fields{*body};
    const auto cap = read_wei(fields, "max_fee_per_gas");
    const auto tip = read_wei(fields, "max_priority_fee_per_gas");
    if (cap.has_value() != tip.has_value() || (cap && *tip > *cap)) {
        fields.fail_with(
            {ErrorCode::invalid_input,
             "name both max_fee_per_gas and max_priority_fee_per_gas, the second at most the "
             "first, or neither: then chela pays what the chain asks for",
             "E_FEES"});
    }
    if (auto ok = fields.finish(); !ok) return std::unexpected{ok.error()};
    if (!cap || !tip) return std::nullopt;
    return chains::fees::Eip1559Fees{*cap, *tip};
}

}  // namespace chela::sidecar::api
