#include "sidecar/rpc/parameters.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "sidecar/api/fields.hpp"
#include "sidecar/rpc/error.hpp"

#include <array>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace chela::sidecar::rpc {
namespace {

constexpr std::array kUnsupportedMembers{
    "blobs", "blobVersionedHashes", "maxFeePerBlobGas", "authorizationList", "accessList"};

/// Remembers the first error, with the member's name in front.
class Reader {
public:
    explicit Reader(const Json& object) : fields_{object} {}

    template <class T>
    std::optional<T> read(const std::string& name, Result<T> (*parse)(std::string_view)) {
        const auto text = fields_.text(name);
        return text ? api::checked(fields_, name, parse(*text)) : std::nullopt;
    }
    std::optional<std::uint64_t> number(const std::string& name) {
        const auto value = read<U256>(name, parse_quantity);
        if (!value) return std::nullopt;
        if (auto narrow = value->to_uint64()) return narrow;
        fail(ErrorCode::out_of_range, name + ": more than 64 bits", "E_OUT_OF_RANGE");
        return std::nullopt;
    }
    std::optional<Wei> wei(const std::string& name) {
        const auto value = read<U256>(name, parse_quantity);
        return value ? std::optional{Wei{*value}} : std::nullopt;
    }
    void fail(ErrorCode code, std::string detail, std::string reason) {
        fields_.fail_with({code, std::move(detail), std::move(reason)});
    }
    api::Fields& fields() { return fields_; }

private:
    api::Fields fields_;
};

void read_data(Reader& reader, flow::IntentRequest& request) {
    const auto data = reader.read<Bytes>("data", parse_hex);
    const auto input = reader.read<Bytes>("input", parse_hex);
    if (data && input && *data != *input) {
        return reader.fail(
            ErrorCode::invalid_input, "data and input are two names of one thing, and differ",
            "E_PARAMS");
    }
    if (data || input) request.data = data ? *data : *input;
    if (request.data.size() > flow::kMaxCalldata)
        reader.fail(ErrorCode::too_large, "data: at most 128 KiB", "E_DATA_TOO_LARGE");
}

void read_fees(Reader& reader, flow::IntentRequest& request) {
    request.gas_price = reader.wei("gasPrice");
    request.max_fee_per_gas = reader.wei("maxFeePerGas");
    request.max_priority_fee_per_gas = reader.wei("maxPriorityFeePerGas");
    const bool has_typed_fees = request.max_fee_per_gas || request.max_priority_fee_per_gas;
    if (request.gas_price && has_typed_fees) {
        reader.fail(
            ErrorCode::invalid_input,
            "gasPrice is for legacy transactions and excludes maxFeePerGas and "
            "maxPriorityFeePerGas",
            "E_FEES");
    }
    // The fees decide the type; one that is named must be that one.
    const auto type = reader.number("type");
    if (!type) return;
    if (*type != 0 && *type != 2) {
        return reader.fail(
            ErrorCode::unsupported, "type: chela sends types 0x0 and 0x2", "E_UNSUPPORTED_FIELD");
    }
    if (*type == 0 && !request.gas_price) {
        reader.fail(
            ErrorCode::invalid_input, "type: a transaction of type 0x0 names its gasPrice",
            "E_FEES");
    }
    if (*type == 2 && request.gas_price) {
        reader.fail(
            ErrorCode::invalid_input, "type: a transaction of type 0x2 has no gasPrice", "E_FEES");
    }
}

void read_chain_id(Reader& reader, const chains::Chain& chain) {
    const auto id = reader.number("chainId");
    if (!id || *id == chain.chain_id.value) return;
    reader.fail(
        ErrorCode::invalid_input,
        fmt::format("chainId: {}, but this is {} ({})", *id, chain.name, chain.chain_id.value),
        "E_CHAIN_ID");
}

}  // namespace

Json parameter(const Call& call, std::size_t at) {
    if (!call.params.is_array() || at >= call.params.size()) return {};
    return call.params[at];
}

RpcResult<void> check_count(const Call& call, std::size_t most) {
    if (!call.params.is_array())
        return std::unexpected{invalid_params("params: expected an array")};
    if (call.params.size() <= most) return {};
    return std::unexpected{invalid_params(fmt::format(
        "{} takes {} parameters at most, not {}", call.method, most, call.params.size()))};
}

RpcResult<std::string> text_parameter(const Call& call, std::size_t at, const std::string& name) {
    const Json value = parameter(call, at);
    if (value.is_string()) return value.get<std::string>();
    return std::unexpected{
        invalid_params(fmt::format("parameter {} ({}): expected a string", at + 1, name))};
}

RpcResult<Address> address_parameter(const Call& call, std::size_t at, const std::string& name) {
    const auto text = text_parameter(call, at, name);
    if (!text) return std::unexpected{text.error()};
    const auto address = parse_address(*text);
    if (address) return *address;
    return std::unexpected{
        invalid_params(fmt::format("parameter {} ({}): {}", at + 1, name, address.error().detail))};
}

RpcResult<TransactionParameters> read_transaction(const Json& object, const chains::Chain& chain) {
    if (!object.is_object())
        return std::unexpected{invalid_params("parameter 1: expected a transaction object")};
    Reader reader{object};
    TransactionParameters out;
    auto& request = out.request;
    request.chain = chain;
    out.from = reader.read<Address>("from", parse_address);
    const auto to = reader.read<Address>("to", parse_address);
    if (!to) {
        reader.fail(
            ErrorCode::unsupported, "to: required; chela creates no contracts",
            "E_UNSUPPORTED_FIELD");
    }
    request.to = to.value_or(Address{});
    request.value = reader.wei("value").value_or(Wei{});
    if (const auto gas = reader.number("gas")) request.gas_limit = Gas{*gas};
    if (const auto nonce = reader.number("nonce")) request.nonce = Nonce{*nonce};
    read_data(reader, request);
    read_fees(reader, request);
    read_chain_id(reader, chain);
    for (const auto* member : kUnsupportedMembers)
        reader.fields().only_unset(member);
    if (const auto ok = reader.fields().finish(); !ok)
        return std::unexpected{to_rpc_error(ok.error())};
    return out;
}

}  // namespace chela::sidecar::rpc
