#include "sidecar/flow/request.hpp"

#include "chains/base/hex.hpp"
#include "chains/base/json.hpp"

#include <array>

#include <nlohmann/json.hpp>
#include <openssl/sha.h>

namespace chela::sidecar::flow {

namespace {

std::string sha256_hex(std::string_view text) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    const Bytes bytes{text.begin(), text.end()};
    SHA256(bytes.data(), bytes.size(), digest.data());
    return to_hex(BytesView{digest}).substr(2);
}

template <class Quantity>
Json optional_wei(const std::optional<Quantity>& value) {
    return value ? Json(to_decimal(value->value)) : Json(nullptr);
}

template <class Quantity>
Json optional_number(const std::optional<Quantity>& value) {
    return value ? Json(value->value) : Json(nullptr);
}

}  // namespace

std::string fingerprint(const IntentRequest& request) {
    Json canonical = {
        {"v", 1},
        {"chain_id", request.chain.chain_id.value},
        {"to", to_hex(request.to)},
        {"value", to_decimal(request.value.value)},
        {"data", to_hex(request.data)},
        {"gas_limit", optional_number(request.gas_limit)},
        {"gas_price", optional_wei(request.gas_price)},
        {"max_fee_per_gas", optional_wei(request.max_fee_per_gas)},
        {"max_priority_fee_per_gas", optional_wei(request.max_priority_fee_per_gas)},
        {"nonce", optional_number(request.nonce)},
        {"signing_key_path", request.signing_key_path},
        {"sign_only", request.delivery == Delivery::sign_only}};
    if (request.valid_until)
        canonical["valid_until"] = request.valid_until->time_since_epoch().count();
    return sha256_hex(canonical.dump());
}

std::string fingerprint(const SignatureRequest& request) {
    const auto preimage = chains::Preimage::of(request.content);
    // A door has made the preimage once before: what cannot be signed never comes here.
    if (!preimage) bug("a request to sign has no preimage");
    const Json canonical = {
        {"v", 1},
        {"operation", to_string(operation_of(request))},
        {"chain_id", request.chain.chain_id.value},
        {"preimage", to_hex(preimage->bytes())},
        {"signing_key_path", request.signing_key_path}};
    return sha256_hex(canonical.dump());
}

policy::Operation operation_of(const SignatureRequest& request) {
    struct Operation {
        policy::Operation operator()(const chains::Transaction&) const {
            bug("a transaction is not asked for as a bare signature");
        }
        policy::Operation operator()(const chains::PersonalMessage&) const {
            return policy::Operation::personal_message;
        }
        policy::Operation operator()(const chains::ValidatorMessage&) const {
            return policy::Operation::personal_message;
        }
        policy::Operation operator()(const chains::TypedData&) const {
            return policy::Operation::typed_data;
        }
        policy::Operation operator()(const chains::Authorization&) const {
            return policy::Operation::authorization;
        }
        policy::Operation operator()(const chains::UserOperationToSign&) const {
            return policy::Operation::user_operation;
        }
    };
    return std::visit(Operation{}, request.content);
}

std::string hash_idempotency_key(std::string_view key) {
    return sha256_hex(key);
}

}  // namespace chela::sidecar::flow
