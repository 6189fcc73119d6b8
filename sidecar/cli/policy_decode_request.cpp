#include "sidecar/cli/policy_decode_request.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/base/json.hpp"
#include "chains/userop/json.hpp"
#include "sidecar/edge/text_file.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {
namespace {

using chains::Preimage;

std::unexpected<Error> usage(std::string what) {
    return fail(ErrorCode::invalid_input, std::move(what), "E_USAGE");
}

Result<std::string> read_file(const std::string& name) {
    return name == "-" ? read_standard_input() : read_text_file(name);
}

/// What is wrong with the value of an option.
std::unexpected<Error> wrong(const char* option, Error error) {
    error.detail = std::string{option} + ": " + error.detail;
    return std::unexpected{std::move(error)};
}

Result<Address> required_address(const std::string& text, const char* flag) {
    if (text.empty()) return usage(std::string{flag} + " is missing");
    auto address = parse_address(text);
    if (!address) return wrong(flag, address.error());
    return address;
}

Result<ChainId> required_chain(const std::string& text) {
    if (text.empty()) return usage("--chain is missing: the id of the chain");
    const auto number = parse_decimal(text);
    const auto id = number ? number->to_uint64() : std::nullopt;
    if (!id || *id == 0) return usage("--chain takes the id of a chain in digits, not " + text);
    return ChainId{*id};
}

Result<DecodeRequest> from_transaction(const std::string& hex) {
    const auto bytes = parse_hex(hex);
    if (!bytes) return wrong("--tx", bytes.error());
    auto unsigned_form = chains::decode_unsigned(*bytes);
    if (unsigned_form) return DecodeRequest{*std::move(unsigned_form), std::nullopt};
    auto signed_form = chains::decode_signed(*bytes);
    if (signed_form) {
        return DecodeRequest{
            std::move(signed_form->transaction), signed_form->sender,
            chains::transaction_hash(*bytes)};
    }
    return fail(
        ErrorCode::invalid_input,
        "--tx: neither an unsigned transaction (" + unsigned_form.error().detail +
            ") nor a signed one (" + signed_form.error().detail + ")",
        "E_TRANSACTION");
}

/// A call as a transaction without fees.
Result<DecodeRequest> from_data(const DecodeOptions& options) {
    auto data = parse_hex(options.data);
    if (!data) return wrong("--data", data.error());
    const auto to = required_address(options.to, "--to");
    if (!to) return std::unexpected{to.error()};
    const auto chain = required_chain(options.chain);
    if (!chain) return std::unexpected{chain.error()};
    chains::Eip1559Transaction transaction;
    transaction.chain_id = *chain;
    transaction.to = *to;
    transaction.data = *std::move(data);
    if (!options.value.empty()) {
        const auto value = parse_units(options.value, kNativeDecimals);
        if (!value) return wrong("--value", value.error());
        transaction.value = Wei{*value};
    }
    return DecodeRequest{chains::Transaction{std::move(transaction)}, std::nullopt};
}

Result<DecodeRequest> from_typed_data(const std::string& file) {
    const auto text = read_file(file);
    if (!text) return std::unexpected{text.error()};
    auto data = chains::parse_typed_data(*text);
    if (!data) return wrong("--typed-data", data.error());
    return DecodeRequest{*std::move(data), std::nullopt};
}

Result<DecodeRequest> from_user_operation(const DecodeOptions& options) {
    const auto text = read_file(options.user_operation);
    if (!text) return std::unexpected{text.error()};
    const auto json = parse_json(*text);
    if (!json) return wrong("--user-operation", json.error());
    const auto entry_point = required_address(options.entry_point, "--entry-point");
    if (!entry_point) return std::unexpected{entry_point.error()};
    const auto chain = required_chain(options.chain);
    if (!chain) return std::unexpected{chain.error()};
    const auto version = chains::version_of_entry_point(*entry_point);
    if (!version) return usage("--entry-point is none of the three published contracts");
    auto operation = chains::read_user_operation(*json, *version, *entry_point, *chain);
    if (!operation) return wrong("--user-operation", operation.error());
    return DecodeRequest{chains::UserOperationToSign{*std::move(operation), {}}, std::nullopt};
}

Result<DecodeRequest> from_any(const DecodeOptions& options) {
    const std::array<const std::string*, 5> all{
        &options.transaction, &options.data, &options.typed_data, &options.user_operation,
        &options.message};
    if (std::ranges::count_if(all, [](const auto* text) { return !text->empty(); }) != 1) {
        return usage("give one of --tx, --data, --typed-data, --user-operation and --message");
    }
    if (!options.transaction.empty()) return from_transaction(options.transaction);
    if (!options.data.empty()) return from_data(options);
    if (!options.typed_data.empty()) return from_typed_data(options.typed_data);
    if (!options.user_operation.empty()) return from_user_operation(options);
    return DecodeRequest{
        chains::PersonalMessage{Bytes{options.message.begin(), options.message.end()}},
        std::nullopt};
}

}  // namespace

Result<DecodeRequest> read_decode_request(const DecodeOptions& options) {
    auto request = from_any(options);
    if (!request || options.from.empty()) return request;
    const auto from = parse_address(options.from);
    if (!from) return wrong("--from", from.error());
    if (request->signer && *request->signer != *from) {
        return usage("--from is not who signed it: " + to_checksum(*request->signer));
    }
    request->signer = *from;
    return request;
}

}  // namespace chela::sidecar::cli
