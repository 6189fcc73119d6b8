#include "chains/message/typed_data.hpp"
#include "chains/userop/json.hpp"
#include "policy/decide/record/parts.hpp"
#include "policy/decide/record/reader.hpp"

#include <utility>

#include <nlohmann/json.hpp>

namespace chela::policy {
namespace {

using chains::Preimage;
using Form = chains::UserOperationToSign::Form;

std::unexpected<Error> no_record(std::string_view problem) {
    return fail(
        ErrorCode::invalid_input, "the record: preimage " + std::string{problem}, "E_RECORD");
}

Result<Preimage> read_operation(RecordReader& reader) {
    const auto& json = reader.object("user_operation");
    const auto version = chains::parse_user_operation_version(reader.text("version"));
    const auto entry_point = reader.address("entry_point");
    const ChainId chain{reader.number("chain")};
    const auto form = reader.text("form");
    if (reader.error()) return std::unexpected{*reader.error()};
    if (!version) return no_record("is of no known version");
    if (form != "hash" && form != "personal_message") return no_record("is of no known form");
    auto operation = chains::read_user_operation(json, *version, entry_point, chain);
    if (!operation) return no_record(operation.error().detail);
    return Preimage::of(
        {.operation = *std::move(operation),
         .form = form == "hash" ? Form::hash : Form::personal_message});
}

Result<Preimage> read_content(RecordReader& reader) {
    if (reader.has("transaction")) {
        auto transaction = chains::decode_unsigned(reader.bytes("transaction"));
        if (!transaction) return no_record(transaction.error().detail);
        return Preimage{*std::move(transaction)};
    }
    if (reader.has("personal_message")) {
        return Preimage{chains::PersonalMessage{reader.bytes("personal_message")}};
    }
    if (reader.has("validator_message")) {
        return Preimage{chains::ValidatorMessage{
            reader.address("validator"), reader.bytes("validator_message")}};
    }
    if (reader.has("typed_data")) {
        auto data = chains::read_typed_data(reader.object("typed_data"));
        if (!data) return no_record(data.error().detail);
        return Preimage{*std::move(data)};
    }
    if (reader.has("authorization")) {
        const auto authorization = chains::decode_authorization(reader.bytes("authorization"));
        if (!authorization) return no_record(authorization.error().detail);
        return Preimage{*authorization};
    }
    if (reader.has("user_operation")) return read_operation(reader);
    return no_record("is of no known kind");
}

}  // namespace

Result<Preimage> read_preimage(const Json& json) {
    RecordReader reader{json};
    auto preimage = read_content(reader);
    if (reader.error()) return std::unexpected{*reader.error()};
    return preimage;
}

}  // namespace chela::policy
