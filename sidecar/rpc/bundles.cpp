// Several calls of an agent at once. Source: EIP-5792, version 2.0.0.
#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "sidecar/api/context.hpp"
#include "sidecar/rpc/bundle_parameters.hpp"
#include "sidecar/rpc/door.hpp"
#include "sidecar/rpc/error.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::rpc {

namespace asio = boost::asio;
using flow::BundleProgress;
using store::IntentRecord;
using store::IntentState;

namespace {

// Source: EIP-5792, "Status Codes".
constexpr int kPending = 100;
constexpr int kConfirmed = 200;
constexpr int kNotOnChain = 400;
constexpr int kReverted = 500;
constexpr int kPartlyReverted = 600;

bool is_on_chain(const IntentRecord& intent) {
    return intent.state == IntentState::mined || intent.state == IntentState::confirmed ||
           intent.state == IntentState::reverted;
}

/// What a block that may still be replaced shows is pending.
int status_of(const BundleProgress& progress) {
    std::size_t confirmed = 0;
    std::size_t reverted = 0;
    bool is_pending = progress.bundle.is_open;
    for (const auto& intent : progress.intents) {
        if (!intent) continue;
        is_pending = is_pending || !store::is_final(intent->state);
        if (intent->state == IntentState::confirmed) ++confirmed;
        if (intent->state == IntentState::reverted) ++reverted;
    }
    if (is_pending) return kPending;
    if (confirmed == progress.intents.size()) return kConfirmed;
    if (confirmed > 0) return kPartlyReverted;
    return reverted > 0 ? kReverted : kNotOnChain;
}

/// What the EIP leaves to the wallet: which intents these are, and why they ended.
Json what_became_of(const BundleProgress& progress) {
    Json calls = Json::array();
    for (const auto& intent : progress.intents) {
        if (!intent) {
            calls.push_back({{"state", progress.bundle.is_open ? "waiting" : "not_sent"}});
            continue;
        }
        Json call{{"intent_id", intent->id}, {"state", to_string(intent->state)}};
        const bool has_ended = store::is_final(intent->state) && !is_on_chain(*intent);
        if (has_ended) call["code"] = refusal_of(*intent).data.at("code");
        calls.push_back(std::move(call));
    }
    Json out{{"calls", std::move(calls)}};
    if (!progress.bundle.error_code.empty()) {
        out["code"] = progress.bundle.error_code;
        out["reason"] = progress.bundle.error_message;
    }
    return {{"chela", std::move(out)}};
}

/// Of a log in a receipt, the members that the EIP has.
RpcResult<Json> trimmed_log(const Json& log) {
    const auto member = [&log](const char* name, Json::value_t type) {
        const auto found = log.is_object() ? log.find(name) : log.end();
        return found != log.end() && found->type() == type ? *found : Json{};
    };
    Json out{
        {"address", member("address", Json::value_t::string)},
        {"data", member("data", Json::value_t::string)},
        {"topics", member("topics", Json::value_t::array)}};
    if (std::ranges::none_of(out, [](const Json& one) { return one.is_null(); })) return out;
    return std::unexpected{to_rpc_error(
        {ErrorCode::bad_response, "the node's receipt has logs that are none", "E_NODE_RESPONSE"})};
}

/// Of a receipt, the members that the EIP has.
RpcResult<Json> trimmed(const Json& receipt) {
    Json out = Json::object();
    for (const auto* name :
         {"status", "blockHash", "blockNumber", "gasUsed", "transactionHash", "logs"}) {
        const auto found = receipt.find(name);
        if (found == receipt.end()) {
            return std::unexpected{to_rpc_error(
                {ErrorCode::bad_response, fmt::format("the node's receipt has no {}", name),
                 "E_NODE_RESPONSE"})};
        }
        out[name] = *found;
    }
    Json logs = Json::array();
    for (const auto& log : out["logs"]) {
        auto kept = trimmed_log(log);
        if (!kept) return kept;
        logs.push_back(*std::move(kept));
    }
    out["logs"] = std::move(logs);
    return out;
}

/// @return null: the node has none
Answer receipt_of(Caller caller, TxHash hash) {
    Call call{
        .id = {}, .method = "eth_getTransactionReceipt", .params = Json::array({to_hex(hash)})};
    auto receipt = co_await ask_node(std::move(caller), std::move(call));
    if (!receipt || receipt->is_null()) co_return receipt;
    if (!receipt->is_object()) {
        co_return std::unexpected{to_rpc_error(
            {ErrorCode::bad_response, "the node's receipt is no object", "E_NODE_RESPONSE"})};
    }
    co_return trimmed(*receipt);
}

/// Of all calls that are in a block, in their order.
Answer receipts_of(Caller caller, BundleProgress progress) {
    Json out = Json::array();
    for (const auto& intent : progress.intents) {
        if (!intent || !is_on_chain(*intent) || !intent->hash) continue;
        auto receipt = co_await receipt_of(caller, *intent->hash);
        if (!receipt) co_return receipt;
        if (!receipt->is_null()) {
            out.push_back(*std::move(receipt));
        } else if (store::is_final(intent->state)) {
            co_return std::unexpected{to_rpc_error(
                {ErrorCode::unavailable,
                 "the node has no receipt of " + to_hex(*intent->hash) + " now; ask again",
                 "E_NO_RECEIPT"})};
        }
    }
    co_return out;
}

RpcError with_bundle(RpcError error, const std::string& id) {
    error.data["bundle_id"] = id;
    return error;
}

/// The id under which a bundle was sent; what the wallet made of the first call decides whether it
/// was taken at all.
RpcResult<Json> answer_to(const BundleProgress& progress) {
    const auto& first = progress.intents.front();
    if (first && status_of(progress) == kNotOnChain)
        return std::unexpected{with_bundle(refusal_of(*first), progress.bundle.id)};
    if (!first && !progress.bundle.is_open) {
        return std::unexpected{with_bundle(
            {kTransactionRejected,
             progress.bundle.error_message,
             {{"code", progress.bundle.error_code}}},
            progress.bundle.id)};
    }
    return Json{{"id", progress.bundle.id}};
}

/// The bundle that is there already under this name.
Answer answer_to_repeat(
    Caller caller, store::BundleRecord wanted, std::string calls, bool is_callers_name) {
    if (is_callers_name) {
        co_return std::unexpected{RpcError{
            kDuplicateBundle,
            "a bundle of this id was sent already; wallet_getCallsStatus tells what became of it",
            {{"code", "E_BUNDLE_ID"}, {"bundle_id", wanted.id}}}};
    }
    const auto there =
        co_await caller.parts.bundles.progress(wanted.agent_id, wanted.id, caller.deadline);
    if (!there) co_return std::unexpected{to_rpc_error(there.error())};
    if (there->bundle.calls == calls && there->bundle.chain_id == caller.chain.chain_id)
        co_return answer_to(*there);
    co_return std::unexpected{to_rpc_error(
        {ErrorCode::conflict, "this Idempotency-Key was used for other calls",
         "E_IDEMPOTENCY_MISMATCH"})};
}

RpcResult<bool> asks_for(const Json& chain_ids, const chains::Chain& chain) {
    if (chain_ids.is_null()) return true;
    if (!chain_ids.is_array())
        return std::unexpected{invalid_params("parameter 2 (chain ids): expected an array")};
    bool does = false;
    for (const auto& each : chain_ids) {
        const auto id = each.is_string() ? parse_quantity(each.get_ref<const std::string&>())
                                         : Result<U256>{fail(ErrorCode::invalid_input, "a string")};
        if (!id)
            return std::unexpected{
                invalid_params("parameter 2 (chain ids): expected quantities such as 0x2105")};
        does = does || *id == U256{chain.chain_id.value};
    }
    return does;
}

}  // namespace

/// Of the chain that this door is about, and of no other one.
Answer get_capabilities(Caller caller, Call call) {
    if (auto ok = check_count(call, 2); !ok) co_return std::unexpected{ok.error()};
    const auto address = address_parameter(call, 0, "address");
    if (!address) co_return std::unexpected{address.error()};
    if (auto own = co_await check_own(caller, *address); !own)
        co_return std::unexpected{own.error()};
    const auto wanted = asks_for(parameter(call, 1), caller.chain);
    if (!wanted) co_return std::unexpected{wanted.error()};
    Json out = Json::object();
    if (*wanted)
        out[to_quantity(U256{caller.chain.chain_id.value})] = {
            {"atomic", {{"status", "unsupported"}}}};
    co_return out;
}

Answer send_calls(Caller caller, Call call) {
    if (auto ok = check_count(call, 1); !ok) co_return std::unexpected{ok.error()};
    auto read = read_bundle(parameter(call, 0), caller.chain);
    if (!read) co_return std::unexpected{read.error()};
    if (const auto from = read->from) {
        if (auto own = co_await check_own(caller, *from); !own)
            co_return std::unexpected{own.error()};
    }
    if (auto ok = api::check_may_sign(caller.may_sign); !ok)
        co_return std::unexpected{to_rpc_error(ok.error())};
    const auto calls = flow::to_stored(read->calls);
    const auto by = co_await key_of(caller, "bundle " + read->id.value_or("") + ' ' + calls);
    // A name that is made of the key: whoever sends the key again names the same bundle.
    store::BundleRecord bundle;
    bundle.agent_id = caller.agent_id;
    bundle.id = read->id.value_or("0x" + flow::hash_idempotency_key("bundle " + by.key));
    const auto sent =
        co_await caller.parts.bundles.submit(bundle, std::move(read->calls), caller.deadline);
    if (sent) co_return answer_to(*sent);
    if (sent.error().reason == "E_BUNDLE_ID")
        co_return co_await answer_to_repeat(
            std::move(caller), std::move(bundle), calls, read->id.has_value());
    co_return std::unexpected{with_bundle(to_rpc_error(sent.error()), bundle.id)};
}

Answer get_calls_status(Caller caller, Call call) {
    const auto id = bundle_id_parameter(call);
    if (!id) co_return std::unexpected{id.error()};
    auto progress = co_await caller.parts.bundles.progress(caller.agent_id, *id, caller.deadline);
    if (!progress && progress.error().reason != "E_UNKNOWN_BUNDLE")
        co_return std::unexpected{to_rpc_error(progress.error())};
    if (!progress || progress->bundle.chain_id != caller.chain.chain_id) {
        co_return std::unexpected{RpcError{
            kUnknownBundle,
            "this agent has sent no bundle of this id on " + caller.chain.name,
            {{"code", "E_UNKNOWN_BUNDLE"}}}};
    }
    Json out{
        {"version", "2.0.0"},
        {"id", *id},
        {"chainId", to_quantity(U256{caller.chain.chain_id.value})},
        {"status", status_of(*progress)},
        {"atomic", false},
        {"capabilities", what_became_of(*progress)}};
    auto receipts = co_await receipts_of(std::move(caller), *std::move(progress));
    if (!receipts) co_return receipts;
    out["receipts"] = *std::move(receipts);
    co_return out;
}

}  // namespace chela::sidecar::rpc
