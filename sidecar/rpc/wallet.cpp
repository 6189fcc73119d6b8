// Whose accounts these are, and what is signed for them.
#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/message/typed_data.hpp"
#include "sidecar/api/context.hpp"
#include "sidecar/api/idempotency.hpp"
#include "sidecar/edge/entropy.hpp"
#include "sidecar/edge/wait.hpp"
#include "sidecar/rpc/door.hpp"
#include "sidecar/rpc/error.hpp"
#include "sidecar/rpc/parameters.hpp"

#include <chrono>
#include <memory>
#include <utility>
#include <variant>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

namespace chela::sidecar::rpc {

namespace asio = boost::asio;
using Content = chains::Preimage::Content;

namespace {

constexpr std::chrono::milliseconds kPause{20};

std::string print_of(const flow::AnyRequest& request) {
    return std::visit([](const auto& one) { return flow::fingerprint(one); }, request);
}

/// Wallets take 0x… for bytes and all else for text. Source: MetaMask, viem, ethers.
RpcResult<Bytes> message_of(const std::string& text) {
    Result<Bytes> bytes = Bytes{text.begin(), text.end()};
    if (text.starts_with("0x")) bytes = parse_hex(text);
    if (!bytes)
        return std::unexpected{invalid_params("parameter 1 (message): " + bytes.error().detail)};
    if (bytes->size() <= flow::kMaxMessage) return *std::move(bytes);
    return std::unexpected{
        to_rpc_error({ErrorCode::too_large, "the message: at most 64 KiB", "E_DATA_TOO_LARGE"})};
}

/// Text with JSON in it, or the object.
RpcResult<Content> typed_data_of(const Json& value) {
    Result<Json> object = value;
    if (value.is_string()) object = parse_json(value.get_ref<const std::string&>(), kJsonLimits);
    if (!object)
        return std::unexpected{
            invalid_params("parameter 2 (typed data): " + object.error().detail)};
    auto read = chains::read_typed_data(*object);
    if (read) return *std::move(read);
    return std::unexpected{invalid_params("parameter 2 (typed data): " + read.error().detail)};
}

asio::awaitable<void> pause(std::chrono::milliseconds time) {
    asio::steady_timer timer{co_await asio::this_coro::executor, time};
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

/// Is what was signed what was asked for? A transaction that took its place has a hash, too.
bool carries_what_was_asked(const store::IntentRecord& intent) {
    return intent.goal == chains::lane::Goal::execute ||
           intent.state == store::IntentState::confirmed ||
           intent.state == store::IntentState::reverted;
}

RpcError refusal(const Submitted& submitted) {
    return with_key(refusal_of(submitted.intent), submitted.idempotency_key);
}

Answer sign(Caller caller, Content content) {
    // Whatever has no preimage is refused here, before anything is stored.
    if (const auto preimage = chains::Preimage::of(content); !preimage)
        co_return std::unexpected{to_rpc_error(preimage.error())};
    flow::SignatureRequest request{
        .chain = caller.chain, .signing_key_path = {}, .content = std::move(content)};
    const auto done = co_await submit(std::move(caller), std::move(request));
    if (!done) co_return std::unexpected{done.error()};
    if (done->intent.result.empty()) co_return std::unexpected{refusal(*done)};
    co_return Json::parse(done->intent.result).at("signature");
}

/// The transaction that the parameters describe, for the agent's own key.
asio::awaitable<RpcResult<flow::IntentRequest>> wanted(Caller caller, Call call) {
    if (auto ok = check_count(call, 1); !ok) co_return std::unexpected{ok.error()};
    auto read = read_transaction(parameter(call, 0), caller.chain);
    if (!read) co_return std::unexpected{read.error()};
    if (const auto& from = read->from) {
        if (auto own = co_await check_own(caller, *from); !own)
            co_return std::unexpected{own.error()};
    }
    co_return std::move(read->request);
}

}  // namespace

asio::awaitable<RpcResult<Address>> address_of(Caller caller) {
    const auto key = co_await caller.parts.intents.signing_key(
        caller.agent_id, {}, caller.chain.name, caller.deadline);
    if (!key) co_return std::unexpected{to_rpc_error(key.error())};
    co_return key->address;
}

asio::awaitable<RpcResult<void>> check_own(Caller caller, Address address) {
    const auto own = co_await address_of(std::move(caller));
    if (!own) co_return std::unexpected{own.error()};
    if (*own == address) co_return RpcResult<void>{};
    co_return std::unexpected{RpcError{
        kUnauthorized,
        to_checksum(address) + " is not this agent's; eth_accounts tells which is",
        {{"code", "E_ACCOUNT"}}}};
}

asio::awaitable<CallKey> key_of(Caller caller, std::string what) {
    if (caller.idempotency_key) co_return CallKey{*caller.idempotency_key, nullptr};
    auto turn = caller.parts.repeats->take(caller.agent_id + ' ' + what, random_uuid());
    co_await wait_while([&turn, &caller] {
        return !turn->is_first() && !turn->shared().is_over &&
               std::chrono::steady_clock::now() < caller.deadline;
    });
    std::string key = turn->shared().key;
    co_return CallKey{std::move(key), std::move(turn)};
}

asio::awaitable<RpcResult<Submitted>> submit(Caller caller, flow::AnyRequest request) {
    if (auto ok = api::check_may_sign(caller.may_sign); !ok)
        co_return std::unexpected{to_rpc_error(ok.error())};
    const auto by = co_await key_of(caller, print_of(request));
    const auto& key = by.key;
    auto done =
        co_await caller.parts.intents.submit(caller.agent_id, key, request, caller.deadline);
    // Others who have waited ask for the outcome, too: each looks at it for a moment.
    while (by.is_repeat() && !done && done.error().reason == "E_IN_FLIGHT" &&
           std::chrono::steady_clock::now() < caller.deadline) {
        co_await pause(kPause);
        done = co_await caller.parts.intents.submit(caller.agent_id, key, request, caller.deadline);
    }
    if (!done) co_return std::unexpected{with_key(to_rpc_error(done.error()), key)};
    api::leave_footprint(*caller.footprint, done->intent);
    co_return Submitted{std::move(done->intent), key};
}

Answer accounts(Caller caller, Call) {
    const auto own = co_await address_of(std::move(caller));
    if (own) co_return Json::array({to_hex(*own)});
    if (own.error().data.value("code", "") == "E_NO_SIGNING_KEY") co_return Json::array();
    co_return std::unexpected{own.error()};
}

/// The hash, as soon as what has it is durable: chela sends it, and goes on sending it.
Answer send_transaction(Caller caller, Call call) {
    auto request = co_await wanted(caller, std::move(call));
    if (!request) co_return std::unexpected{request.error()};
    const auto done = co_await submit(std::move(caller), *std::move(request));
    if (!done) co_return std::unexpected{done.error()};
    const auto& hash = done->intent.hash;
    if (hash && carries_what_was_asked(done->intent)) co_return to_hex(*hash);
    co_return std::unexpected{refusal(*done)};
}

/// The signed bytes, for the caller to send. Source: EIP-1474.
Answer sign_transaction(Caller caller, Call call) {
    auto request = co_await wanted(caller, std::move(call));
    if (!request) co_return std::unexpected{request.error()};
    request->delivery = flow::Delivery::sign_only;
    const auto done = co_await submit(std::move(caller), *std::move(request));
    if (!done) co_return std::unexpected{done.error()};
    const auto& bytes = done->intent.signed_bytes;
    if (!bytes.empty() && carries_what_was_asked(done->intent)) co_return to_hex(bytes);
    co_return std::unexpected{refusal(*done)};
}

/// Source: EIP-1474.
Answer send_raw_transaction(Caller caller, Call call) {
    if (auto ok = check_count(call, 1); !ok) co_return std::unexpected{ok.error()};
    const auto text = text_parameter(call, 0, "transaction");
    if (!text) co_return std::unexpected{text.error()};
    auto raw = parse_hex(*text);
    if (!raw)
        co_return std::unexpected{
            invalid_params("parameter 1 (transaction): " + raw.error().detail)};
    if (auto ok = api::check_may_sign(caller.may_sign); !ok)
        co_return std::unexpected{to_rpc_error(ok.error())};
    const TxHash hash = chains::transaction_hash(*raw);
    const auto sent = co_await caller.parts.intents.send_signed(
        caller.agent_id, caller.chain.chain_id, *std::move(raw), caller.deadline);
    if (!sent) co_return std::unexpected{to_rpc_error(sent.error())};
    api::leave_footprint(*caller.footprint, *sent);
    if (carries_what_was_asked(*sent)) co_return to_hex(hash);
    co_return std::unexpected{refusal_of(*sent)};
}

/// Source: EIP-191 version 0x45; the message comes before the address, unlike in eth_sign.
Answer personal_sign(Caller caller, Call call) {
    // Some wallets take a password as a third one.
    if (auto ok = check_count(call, 3); !ok) co_return std::unexpected{ok.error()};
    const auto text = text_parameter(call, 0, "message");
    if (!text) co_return std::unexpected{text.error()};
    const auto address = address_parameter(call, 1, "address");
    if (!address) co_return std::unexpected{address.error()};
    if (auto own = co_await check_own(caller, *address); !own)
        co_return std::unexpected{own.error()};
    auto message = message_of(*text);
    if (!message) co_return std::unexpected{message.error()};
    co_return co_await sign(std::move(caller), chains::PersonalMessage{*std::move(message)});
}

/// Source: EIP-712.
Answer sign_typed_data(Caller caller, Call call) {
    if (auto ok = check_count(call, 2); !ok) co_return std::unexpected{ok.error()};
    const auto address = address_parameter(call, 0, "address");
    if (!address) co_return std::unexpected{address.error()};
    if (auto own = co_await check_own(caller, *address); !own)
        co_return std::unexpected{own.error()};
    auto content = typed_data_of(parameter(call, 1));
    if (!content) co_return std::unexpected{content.error()};
    co_return co_await sign(std::move(caller), *std::move(content));
}

}  // namespace chela::sidecar::rpc
