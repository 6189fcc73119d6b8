// ChainClient and one transaction: sending it, and what became of it.
#include "chains/base/hex.hpp"
#include "chains/node/printable.hpp"
#include "sidecar/edge/gather.hpp"
#include "sidecar/node/chain_client.hpp"
#include "sidecar/node/chain_read.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::node {

namespace asio = boost::asio;
using chains::node::SendOutcome;
using MaybeReceipt = std::optional<chains::node::Receipt>;

namespace {

Reader<MaybeReceipt> receipt_reader(const TxHash& hash) {
    return result_reader<MaybeReceipt>([hash](const Json& result) -> Result<MaybeReceipt> {
        auto receipt = chains::node::read_receipt(result);
        if (receipt && *receipt && (*receipt)->hash != hash) {
            return fail(
                ErrorCode::bad_response, "the node answered the receipt of another transaction",
                "E_NODE_ANSWER");
        }
        return receipt;
    });
}

Reader<bool> known_reader(const TxHash& hash) {
    return result_reader<bool>([hash](const Json& result) -> Result<bool> {
        const auto known = chains::node::read_known_transaction(result);
        if (!known) return std::unexpected{known.error()};
        if (*known && (*known)->hash != hash) {
            return fail(
                ErrorCode::bad_response, "the node answered another transaction", "E_NODE_ANSWER");
        }
        return known->has_value();
    });
}

SendResult read_send(const RpcAnswer& answer, const TxHash& expected) {
    if (answer.error) {
        return {
            chains::node::classify_send_error(answer.error->message),
            chains::node::printable(answer.error->message)};
    }
    const auto hash = chains::node::read_transaction_hash(*answer.result);
    if (!hash) return {SendOutcome::ambiguous, hash.error().detail};
    if (*hash != expected)
        return {SendOutcome::ambiguous, "the node answered the hash of another transaction"};
    return {SendOutcome::accepted, {}};
}

}  // namespace

asio::awaitable<Result<MaybeReceipt>> ChainClient::receipt(TxHash hash, Deadline deadline) {
    const auto seen = co_await read_value<MaybeReceipt>(
        pool_, "eth_getTransactionReceipt", Json::array({to_hex(hash)}), receipt_reader(hash),
        deadline);
    if (!seen) co_return std::unexpected{seen.error()};
    co_return seen->value;
}

asio::awaitable<Result<bool>> ChainClient::knows(TxHash hash, Deadline deadline) {
    const auto seen = co_await read_value<bool>(
        pool_, "eth_getTransactionByHash", Json::array({to_hex(hash)}), known_reader(hash),
        deadline);
    if (!seen) co_return std::unexpected{seen.error()};
    co_return seen->value;
}

asio::awaitable<std::vector<Result<MaybeReceipt>>> ChainClient::receipts(
    TxHash hash, Deadline deadline) {
    std::vector<asio::awaitable<Result<MaybeReceipt>>> questions;
    questions.reserve(endpoints());
    for (std::size_t i = 0; i < endpoints(); ++i) {
        questions.push_back(ask_value<MaybeReceipt>(
            pool_, i, "eth_getTransactionReceipt", Json::array({to_hex(hash)}),
            receipt_reader(hash), deadline));
    }
    co_return co_await gather(std::move(questions));
}

asio::awaitable<SendResult> ChainClient::send_to(
    std::shared_ptr<EndpointPool> pool,
    std::size_t endpoint,
    Bytes raw,
    TxHash expected,
    Deadline deadline) {
    const auto answer = co_await pool->ask(
        endpoint, "eth_sendRawTransaction", Json::array({to_hex(raw)}), EndpointPool::Judge{},
        deadline);
    if (!answer) co_return SendResult{SendOutcome::ambiguous, answer.error().detail};
    co_return read_send(*answer, expected);
}

asio::awaitable<SendResult> ChainClient::send_raw(Bytes raw, TxHash expected, Deadline deadline) {
    const auto endpoint = co_await pool_->choose_for_sending(deadline);
    if (!endpoint) co_return SendResult{SendOutcome::ambiguous, endpoint.error().detail};
    co_return co_await send_to(pool_, *endpoint, std::move(raw), expected, deadline);
}

asio::awaitable<std::vector<SendResult>> ChainClient::send_raw_to_all(
    Bytes raw, TxHash expected, Deadline deadline) {
    std::vector<asio::awaitable<SendResult>> sendings;
    sendings.reserve(endpoints());
    for (std::size_t i = 0; i < endpoints(); ++i)
        sendings.push_back(send_to(pool_, i, raw, expected, deadline));
    co_return co_await gather(std::move(sendings));
}

}  // namespace chela::sidecar::node
