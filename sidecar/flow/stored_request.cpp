#include "sidecar/flow/stored_request.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/base/json.hpp"
#include "chains/message/typed_data_json.hpp"
#include "chains/userop/json.hpp"

#include <utility>

#include <nlohmann/json.hpp>

namespace chela::sidecar::flow {
namespace {

constexpr int kVersion = 1;
constexpr JsonLimits kDeep{.max_depth = 128};

using Milliseconds = Quantity<struct MillisecondsTag, std::uint64_t>;  ///< since the epoch

std::unexpected<Error> unreadable() {
    return fail(ErrorCode::internal, "the stored request of an intent does not read");
}

Json wei(const std::optional<Wei>& value) {
    return value ? Json(to_decimal(value->value)) : Json(nullptr);
}

template <class Quantity>
Json number(const std::optional<Quantity>& value) {
    return value ? Json(value->value) : Json(nullptr);
}

/// Reads members that to_stored() wrote; anything else is remembered.
class Members {
public:
    explicit Members(const Json& object) : object_{object} {}

    std::string text(const char* name) {
        const auto found = object_.find(name);
        if (found == object_.end() || !found->is_string()) return broken<std::string>();
        return found->get<std::string>();
    }
    bool flag(const char* name) {
        const auto found = object_.find(name);
        if (found == object_.end() || !found->is_boolean()) return broken<bool>();
        return found->get<bool>();
    }
    std::optional<Wei> wei(const char* name) {
        if (is_null(name)) return std::nullopt;
        return Wei{taken(parse_decimal(text(name)))};
    }
    template <class Quantity>
    std::optional<Quantity> number(const char* name) {
        if (is_null(name)) return std::nullopt;
        const auto found = object_.find(name);
        if (found == object_.end() || !found->is_number_unsigned()) {
            return broken<std::optional<Quantity>>();
        }
        return Quantity{found->get<std::uint64_t>()};
    }
    Address address(const char* name) { return taken(parse_address(text(name))); }
    Bytes bytes(const char* name) { return taken(parse_hex(text(name))); }
    const Json& object(const char* name) {
        static const Json nothing;
        const auto found = object_.find(name);
        if (found == object_.end()) {
            is_broken_ = true;
            return nothing;
        }
        return *found;
    }

    template <class T>
    T taken(Result<T> value) {
        if (!value) return broken<T>();
        return *std::move(value);
    }
    [[nodiscard]] bool has(const char* name) const { return object_.contains(name); }
    [[nodiscard]] bool is_broken() const { return is_broken_; }

private:
    bool is_null(const char* name) {
        const auto found = object_.find(name);
        return found != object_.end() && found->is_null();
    }
    template <class T>
    T broken() {
        is_broken_ = true;
        return T{};
    }

    const Json& object_;
    bool is_broken_ = false;
};

struct ToJson {
    Json& out;

    void operator()(const chains::Transaction&) const {
        bug("a transaction is not asked for as a bare signature");
    }
    void operator()(const chains::PersonalMessage& message) const {
        out["kind"] = "personal_message";
        out["message"] = to_hex(message.message);
    }
    void operator()(const chains::ValidatorMessage& message) const {
        out["kind"] = "validator_message";
        out["validator"] = to_hex(message.validator);
        out["data"] = to_hex(message.data);
    }
    void operator()(const chains::TypedData& data) const {
        out["kind"] = "typed_data";
        out["typed_data"] = chains::to_json(data);
    }
    void operator()(const chains::Authorization& authorization) const {
        out["kind"] = "authorization";
        out["chain_id"] = authorization.chain_id.value;
        out["address"] = to_hex(authorization.address);
        out["nonce"] = authorization.nonce.value;
    }
    void operator()(const chains::UserOperationToSign& to_sign) const {
        out["kind"] = "user_operation";
        out["operation"] = chains::to_json(to_sign.operation);
        out["version"] = chains::to_string(chains::version_of(to_sign.operation));
        out["entry_point"] = to_hex(to_sign.operation.entry_point);
        out["chain_id"] = to_sign.operation.chain_id.value;
        out["as_message"] = to_sign.form == chains::UserOperationToSign::Form::personal_message;
    }
};

IntentRequest read_transaction(Members& read, chains::Chain chain) {
    IntentRequest request;
    request.chain = std::move(chain);
    request.to = read.address("to");
    request.value = read.wei("value").value_or(Wei{});
    request.data = read.bytes("data");
    request.gas_limit = read.number<Gas>("gas_limit");
    request.gas_price = read.wei("gas_price");
    request.max_fee_per_gas = read.wei("max_fee_per_gas");
    request.max_priority_fee_per_gas = read.wei("max_priority_fee_per_gas");
    request.nonce = read.number<Nonce>("nonce");
    request.signing_key_path = read.text("signing_key_path");
    request.simulate_first = read.flag("simulate_first");
    if (read.has("valid_until")) {
        const auto until = read.number<Milliseconds>("valid_until");
        if (until) request.valid_until = TimePoint{std::chrono::milliseconds{until->value}};
    }
    request.delivery = read.flag("sign_only") ? Delivery::sign_only : Delivery::submit;
    return request;
}

Result<chains::Preimage::Content> read_user_operation(Members& read) {
    const auto version = chains::parse_user_operation_version(read.text("version"));
    if (!version) return unreadable();
    auto operation = chains::read_user_operation(
        read.object("operation"), *version, read.address("entry_point"),
        read.number<ChainId>("chain_id").value_or(ChainId{}));
    if (!operation) return std::unexpected{operation.error()};
    using Form = chains::UserOperationToSign::Form;
    const auto form = read.flag("as_message") ? Form::personal_message : Form::hash;
    return chains::UserOperationToSign{*std::move(operation), form};
}

Result<chains::Preimage::Content> read_content(Members& read, const std::string& kind) {
    if (kind == "personal_message") return chains::PersonalMessage{read.bytes("message")};
    if (kind == "validator_message") {
        return chains::ValidatorMessage{read.address("validator"), read.bytes("data")};
    }
    if (kind == "typed_data") {
        auto data = chains::read_typed_data(read.object("typed_data"));
        if (!data) return std::unexpected{data.error()};
        return *std::move(data);
    }
    if (kind == "authorization") {
        return chains::Authorization{
            read.number<ChainId>("chain_id").value_or(ChainId{}), read.address("address"),
            read.number<Nonce>("nonce").value_or(Nonce{})};
    }
    if (kind == "user_operation") return read_user_operation(read);
    return unreadable();
}

}  // namespace

std::string to_stored(const IntentRequest& request) {
    Json out{
        {"v", kVersion},
        {"kind", "transaction"},
        {"chain", request.chain.name},
        {"to", to_hex(request.to)},
        {"value", to_decimal(request.value.value)},
        {"data", to_hex(request.data)},
        {"gas_limit", number(request.gas_limit)},
        {"gas_price", wei(request.gas_price)},
        {"max_fee_per_gas", wei(request.max_fee_per_gas)},
        {"max_priority_fee_per_gas", wei(request.max_priority_fee_per_gas)},
        {"nonce", number(request.nonce)},
        {"signing_key_path", request.signing_key_path},
        {"simulate_first", request.simulate_first},
        {"sign_only", request.delivery == Delivery::sign_only}};
    if (request.valid_until)
        out["valid_until"] =
            static_cast<std::uint64_t>(request.valid_until->time_since_epoch().count());
    return out.dump();
}

std::string to_stored(const SignatureRequest& request) {
    Json out = {
        {"v", kVersion},
        {"chain", request.chain.name},
        {"signing_key_path", request.signing_key_path}};
    std::visit(ToJson{out}, request.content);
    return out.dump();
}

Result<AnyRequest> read_stored(std::string_view text, const chains::Registry& registry) {
    const auto json = parse_json(text, kDeep);
    if (!json || !json->is_object() || json->value("v", 0) != kVersion) return unreadable();
    Members read{*json};
    const auto chain_name = read.text("chain");
    const auto kind = read.text("kind");
    if (read.is_broken()) return unreadable();
    auto chain = registry.find(chain_name);
    if (!chain) {
        return fail(
            ErrorCode::unavailable, "the chain " + chain_name + " is configured no more",
            "E_UNKNOWN_CHAIN");
    }
    if (kind == "transaction") {
        auto request = read_transaction(read, *std::move(chain));
        if (read.is_broken()) return unreadable();
        return request;
    }
    auto content = read_content(read, kind);
    if (!content) return std::unexpected{content.error()};
    SignatureRequest request{*std::move(chain), read.text("signing_key_path"), *std::move(content)};
    if (read.is_broken()) return unreadable();
    return request;
}

}  // namespace chela::sidecar::flow
