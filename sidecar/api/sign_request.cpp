#include "sidecar/api/sign_request.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/userop/json.hpp"
#include "sidecar/api/fields.hpp"
#include "sidecar/api/transaction_request.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::api {
namespace {

using Content = chains::Preimage::Content;

std::unexpected<Error> member(std::string_view name, std::string_view what) {
    return fail(ErrorCode::invalid_input, fmt::format("{}: {}", name, what), "E_FIELD_REQUIRED");
}

std::unexpected<Error> naming(std::string_view name, Error error) {
    error.detail = fmt::format("{}: {}", name, error.detail);
    return std::unexpected{std::move(error)};
}

const Json* find(const Json& body, const char* name) {
    const auto found = body.find(name);
    return found == body.end() || found->is_null() ? nullptr : &*found;
}

bool looks_like_hex(std::string_view text) {
    return text.starts_with("0x") && parse_hex(text).has_value();
}

/// "0x…" is taken for bytes by some wallets and for text by others: the caller says which.
Result<Content> read_message(Fields& fields) {
    const auto text = fields.text("message");
    const auto encoding = fields.text("message_encoding");
    if (!text) return member("message", "required, as a string");
    if (text->size() > flow::kMaxMessage) {
        return fail(ErrorCode::too_large, "message: at most 64 KiB", "E_DATA_TOO_LARGE");
    }
    if (encoding && *encoding != "text" && *encoding != "hex") {
        return member("message_encoding", "expected text or hex");
    }
    if (encoding == "hex") {
        auto bytes = parse_hex(*text);
        if (!bytes) return naming("message", bytes.error());
        return chains::PersonalMessage{*std::move(bytes)};
    }
    if (!encoding && looks_like_hex(*text)) {
        return fail(
            ErrorCode::invalid_input,
            "message: some wallets sign 0x… as bytes and some as text; add "
            "\"message_encoding\": \"hex\" or \"text\"",
            "E_MESSAGE_AMBIGUOUS");
    }
    return chains::PersonalMessage{Bytes{text->begin(), text->end()}};
}

Result<Content> read_typed_data(const Json& body, Fields& fields) {
    fields.accept("typed_data");
    const auto* data = find(body, "typed_data");
    if (data == nullptr) return member("typed_data", "required, as an object");
    auto read = chains::read_typed_data(*data);
    if (!read) return naming("typed_data", read.error());
    return *std::move(read);
}

Result<Content> read_user_operation(const Json& body, Fields& fields, ChainId chain) {
    fields.accept("user_operation");
    const auto* operation = find(body, "user_operation");
    const auto entry_point = fields.text("entry_point");
    const auto version_text = fields.text("entry_point_version");
    const auto form_text = fields.text("signature_form");
    if (operation == nullptr) return member("user_operation", "required, as an object");
    if (!entry_point) return member("entry_point", "required: the EntryPoint's address");
    const auto address = parse_address(*entry_point);
    if (!address) return naming("entry_point", address.error());
    auto version = chains::version_of_entry_point(*address);
    if (version_text) version = chains::parse_user_operation_version(*version_text);
    if (!version) {
        return member(
            "entry_point_version", "expected 0.6, 0.7 or 0.8, since the address does not tell");
    }
    using Form = chains::UserOperationToSign::Form;
    const bool as_message = form_text == "personal_message";
    if (!as_message && form_text != "hash") {
        return member(
            "signature_form",
            "required: \"hash\" or \"personal_message\", whichever the account verifies");
    }
    auto read = chains::read_user_operation(*operation, *version, *address, chain);
    if (!read) return naming("user_operation", read.error());
    return chains::UserOperationToSign{
        *std::move(read), as_message ? Form::personal_message : Form::hash};
}

Result<Content> read_authorization(const Json& body, Fields& fields, ChainId chain) {
    fields.accept("authorization");
    const auto* tuple = find(body, "authorization");
    if (tuple == nullptr || !tuple->is_object()) {
        return member("authorization", "required, as an object with address and nonce");
    }
    Fields parts{*tuple};
    const auto address_text = parts.text("address");
    const auto nonce = parts.number("nonce");
    const auto chain_id = parts.number("chain_id");
    if (auto ok = parts.finish(); !ok) return naming("authorization", ok.error());
    if (!address_text || !nonce) return member("authorization", "address and nonce are required");
    const auto address = parse_address(*address_text);
    if (!address) return naming("authorization.address", address.error());
    return chains::Authorization{chain_id ? ChainId{*chain_id} : chain, *address, Nonce{*nonce}};
}

Result<Content> read_content(
    const std::string& type, const Json& body, Fields& fields, ChainId chain) {
    if (type == "personal_sign") return read_message(fields);
    if (type == "typed_data") return read_typed_data(body, fields);
    if (type == "user_operation") return read_user_operation(body, fields, chain);
    if (type == "authorization") return read_authorization(body, fields, chain);
    return fail(
        ErrorCode::invalid_input,
        "intent_type: expected personal_sign, typed_data, transaction, user_operation or "
        "authorization",
        "E_INTENT_TYPE");
}

/// The transaction's own members, without those that say that it is one to sign.
Result<SignRequest> read_transaction(Json body, const chains::Registry& registry) {
    body.erase("intent_type");
    if (const auto found = body.find("sign_only"); found != body.end()) {
        if (!found->is_null() && *found != Json(true)) {
            return fail(
                ErrorCode::unsupported,
                "sign_only: this operation signs and does not send; use POST "
                "…/transactions to have it sent",
                "E_UNSUPPORTED_FIELD");
        }
        body.erase(found);
    }
    auto request = read_transaction_request(body, TransactionRequestKind::sign, registry);
    if (!request) return std::unexpected{request.error()};
    return SignRequest{"transaction", *std::move(request)};
}

}  // namespace

Result<SignRequest> read_sign_request(const Json& body, const chains::Registry& registry) {
    if (!body.is_object()) {
        return fail(ErrorCode::invalid_input, "the request must be a JSON object", "E_BODY");
    }
    Fields fields{body};
    const auto type = fields.text("intent_type");
    if (!type) return member("intent_type", "required, as a string");
    if (*type == "eip712_digest") {
        return fail(
            ErrorCode::denied,
            "a digest says nothing about what it stands for, so chela never signs one; send the "
            "typed data itself with intent_type typed_data",
            "E_BLIND_DIGEST");
    }
    if (*type == "transaction") return read_transaction(body, registry);
    const auto chain_name = fields.text("chain");
    if (!chain_name) return member("chain", "required, as a string");
    auto chain = registry.find(*chain_name);
    if (!chain) return naming("chain", chain.error());
    const auto path = fields.text("signing_key_path");
    fields.only_unset("approval_id");
    auto content = read_content(*type, body, fields, chain->chain_id);
    if (!content) return std::unexpected{content.error()};
    if (auto ok = fields.finish(); !ok) return std::unexpected{ok.error()};
    // Whatever has no preimage is refused here, before anything is stored.
    if (const auto preimage = chains::Preimage::of(*content); !preimage) {
        return std::unexpected{preimage.error()};
    }
    return SignRequest{
        *type, flow::SignatureRequest{*std::move(chain), path.value_or(""), *std::move(content)}};
}

}  // namespace chela::sidecar::api
