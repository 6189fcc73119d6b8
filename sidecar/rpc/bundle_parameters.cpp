#include "sidecar/rpc/bundle_parameters.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/node/printable.hpp"
#include "sidecar/api/fields.hpp"
#include "sidecar/rpc/error.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::rpc {
namespace {

constexpr auto kVersion = "2.0.0";
constexpr std::size_t kMaxId = 8194;  // 4096 bytes in hex, and 0x

std::unexpected<RpcError> refused(std::int64_t code, std::string message, const char* reason) {
    return std::unexpected{RpcError{code, std::move(message), {{"code", reason}}}};
}

bool is_id(const std::string& text) {
    return !text.empty() && text.size() <= kMaxId &&
           std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

void check_id(api::Fields& fields, const std::optional<std::string>& id) {
    if (id && !is_id(*id))
        fields.fail_with(
            {ErrorCode::invalid_input,
             fmt::format("id: 1 to {} printable ASCII characters", kMaxId), "E_PARAMS"});
}

/// The members that are not of one call. @param is_atomic  what the caller demands
struct Head {
    std::optional<U256> chain_id;
    std::optional<bool> is_atomic;
};
RpcResult<Head> read_head(const Json& object, BundleParameters& out) {
    api::Fields fields{object};
    const auto version = fields.text("version");
    if (version != kVersion)
        fields.fail_with(
            {ErrorCode::invalid_input, fmt::format("version: expected \"{}\"", kVersion),
             "E_VERSION"});
    out.id = fields.text("id");
    check_id(fields, out.id);
    if (const auto from = fields.text("from"))
        out.from = api::checked(fields, "from", parse_address(*from));
    Head head;
    if (const auto id = fields.text("chainId"))
        head.chain_id = api::checked(fields, "chainId", parse_quantity(*id));
    head.is_atomic = fields.boolean("atomicRequired");
    if (!head.chain_id || !head.is_atomic)
        fields.fail_with(
            {ErrorCode::invalid_input, "chainId and atomicRequired are required", "E_PARAMS"});
    fields.accept("calls");
    fields.accept("capabilities");
    if (const auto ok = fields.finish(); !ok) return std::unexpected{to_rpc_error(ok.error())};
    return head;
}

/// chela has none of them: what is not said to be optional is refused.
RpcResult<void> check_capabilities(const Json& object) {
    const auto found = object.find("capabilities");
    if (found == object.end() || found->is_null()) return {};
    if (!found->is_object())
        return std::unexpected{invalid_params("capabilities: expected an object")};
    for (const auto& [name, capability] : found->items()) {
        const bool is_optional =
            capability.is_object() && capability.value("optional", Json{}) == Json(true);
        if (is_optional) continue;
        return refused(
            kUnsupportedCapability,
            chains::node::printable(name, kMaxName) +
                " is no capability of chela; mark it as optional",
            "E_CAPABILITY");
    }
    return {};
}

RpcResult<flow::IntentRequest> read_call(const Json& object, const chains::Chain& chain) {
    if (!object.is_object()) return std::unexpected{invalid_params("expected an object")};
    if (auto ok = check_capabilities(object); !ok) return std::unexpected{ok.error()};
    for (const auto& [name, value] : object.items()) {
        if (name == "to" || name == "data" || name == "value" || name == "capabilities") continue;
        return std::unexpected{
            invalid_params("a call has no member " + chains::node::printable(name, kMaxName))};
    }
    Json transaction = object;
    transaction.erase("capabilities");
    auto read = read_transaction(transaction, chain);
    if (!read) return std::unexpected{read.error()};
    return std::move(read->request);
}

RpcResult<std::vector<flow::IntentRequest>> read_calls(
    const Json& object, const chains::Chain& chain) {
    const auto calls = object.find("calls");
    if (calls == object.end() || !calls->is_array() || calls->empty())
        return std::unexpected{invalid_params("calls: expected an array with a call at least")};
    if (calls->size() > kMaxCalls) {
        return refused(
            kBundleTooLarge,
            fmt::format("calls: {} at most in a bundle, not {}", kMaxCalls, calls->size()),
            "E_BUNDLE_TOO_LARGE");
    }
    std::vector<flow::IntentRequest> out;
    for (const auto& call : *calls) {
        auto read = read_call(call, chain);
        if (!read) {
            auto error = std::move(read.error());
            error.message = fmt::format("call {}: {}", out.size() + 1, error.message);
            return std::unexpected{std::move(error)};
        }
        out.push_back(*std::move(read));
    }
    return out;
}

}  // namespace

RpcResult<BundleParameters> read_bundle(const Json& object, const chains::Chain& chain) {
    if (!object.is_object())
        return std::unexpected{invalid_params("parameter 1: expected an object")};
    BundleParameters out;
    const auto head = read_head(object, out);
    if (!head) return std::unexpected{head.error()};
    if (head->chain_id != U256{chain.chain_id.value}) {
        return refused(
            kUnsupportedChain,
            fmt::format("chainId: this is {} ({})", chain.name, chain.chain_id.value),
            "E_CHAIN_ID");
    }
    if (head->is_atomic.value_or(true)) {
        return refused(
            kAtomicityUnsupported,
            "atomicRequired: the account sends each call in a transaction of its own",
            "E_NOT_ATOMIC");
    }
    if (auto ok = check_capabilities(object); !ok) return std::unexpected{ok.error()};
    auto calls = read_calls(object, chain);
    if (!calls) return std::unexpected{calls.error()};
    out.calls = *std::move(calls);
    return out;
}

RpcResult<std::string> bundle_id_parameter(const Call& call) {
    if (auto ok = check_count(call, 1); !ok) return std::unexpected{ok.error()};
    auto id = text_parameter(call, 0, "id");
    if (!id || is_id(*id)) return id;
    return std::unexpected{
        invalid_params(fmt::format("id: 1 to {} printable ASCII characters", kMaxId))};
}

}  // namespace chela::sidecar::rpc
