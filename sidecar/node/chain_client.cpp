#include "sidecar/node/chain_client.hpp"

#include "chains/abi/revert_reason.hpp"
#include "chains/base/hex.hpp"
#include "chains/node/printable.hpp"
#include "chains/simulation/logs.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::node {

namespace {

namespace simulation = chains::simulation;

constexpr int kFeeHistoryBlocks = 10;
constexpr int kTipPercentile = 50;
constexpr std::chrono::seconds kChainIdTrust{10};
// No account has sent four thousand million transactions; a node that says so would ruin the lane
// for good.
constexpr std::uint64_t kMaxNonce = std::uint64_t{1} << 32U;
std::string cleaned(std::string_view text) {
    return chains::node::printable(text);
}

std::unexpected<Error> node_error(const RpcError& error) {
    return fail(
        ErrorCode::bad_response,
        fmt::format("the node answered error {}: {}", error.code, cleaned(error.message)),
        "E_NODE_ERROR");
}

Bytes revert_bytes(const RpcError& error) {
    const auto data = error.data.empty() ? Result<Json>{Json{}} : parse_json(error.data);
    if (!data) return {};
    return simulation::revert_bytes(*data).value_or(Bytes{});
}

bool names_revert(const RpcError& error) {
    return error.code == 3 ||
           chains::node::lower_case(error.message).find("revert") != std::string::npos;
}

bool names_missing_funds(const RpcError& error) {
    return chains::node::classify_send_error(error.message) ==
               chains::node::SendOutcome::never_accepted &&
           chains::node::lower_case(error.message).find("funds") != std::string::npos;
}

}  // namespace

boost::asio::awaitable<Result<std::shared_ptr<const Json>>> ChainClient::result_of(
    std::string method, Json parameters, Deadline deadline) {
    auto answer = co_await client_->call(std::move(method), std::move(parameters), deadline);
    if (!answer) co_return std::unexpected{answer.error()};
    if (answer->error) co_return node_error(*answer->error);
    co_return answer->result;
}

boost::asio::awaitable<Status> ChainClient::verify_chain_id(Deadline deadline) {
    const auto now = std::chrono::steady_clock::now();
    if (chain_id_verified_ && now - *chain_id_verified_ < kChainIdTrust) co_return Status{};
    const auto result = co_await result_of("eth_chainId", Json::array(), deadline);
    if (!result) co_return std::unexpected{result.error()};
    const auto id = chains::node::read_uint64(**result);
    if (!id) co_return std::unexpected{id.error()};
    if (*id != chain_.chain_id.value) {
        co_return fail(
            ErrorCode::unavailable,
            fmt::format(
                "chain {} is configured with chain id {}, but its node serves chain id {}; correct "
                "rpc_url or chain_id",
                chain_.name, chain_.chain_id.value, *id),
            "E_NODE_CHAIN_ID");
    }
    chain_id_verified_ = now;
    co_return Status{};
}

boost::asio::awaitable<Result<Nonce>> ChainClient::transaction_count(
    Address address, Deadline deadline) {
    const auto result = co_await result_of(
        "eth_getTransactionCount", Json::array({to_hex(address), "latest"}), deadline);
    if (!result) co_return std::unexpected{result.error()};
    const auto count = chains::node::read_uint64(**result);
    if (!count) co_return std::unexpected{count.error()};
    if (*count > kMaxNonce) {
        co_return fail(
            ErrorCode::bad_response, "the node answered a transaction count that cannot be",
            "E_NODE_ANSWER");
    }
    co_return Nonce{*count};
}

boost::asio::awaitable<Result<Wei>> ChainClient::balance(Address address, Deadline deadline) {
    const auto result =
        co_await result_of("eth_getBalance", Json::array({to_hex(address), "latest"}), deadline);
    if (!result) co_return std::unexpected{result.error()};
    const auto amount = chains::node::read_quantity(**result);
    if (!amount) co_return std::unexpected{amount.error()};
    co_return Wei{*amount};
}

boost::asio::awaitable<Result<BlockNumber>> ChainClient::block_number(Deadline deadline) {
    const auto result = co_await result_of("eth_blockNumber", Json::array(), deadline);
    if (!result) co_return std::unexpected{result.error()};
    const auto number = chains::node::read_uint64(**result);
    if (!number) co_return std::unexpected{number.error()};
    co_return BlockNumber{*number};
}

boost::asio::awaitable<Result<chains::node::FeeHistory>> ChainClient::fee_history(
    Deadline deadline) {
    const auto result = co_await result_of(
        "eth_feeHistory",
        Json::array(
            {to_quantity(U256{kFeeHistoryBlocks}), "latest", Json::array({kTipPercentile})}),
        deadline);
    if (!result) co_return std::unexpected{result.error()};
    co_return chains::node::read_fee_history(**result);
}

boost::asio::awaitable<Result<Gas>> ChainClient::estimate_gas(
    chains::node::CallRequest call, Deadline deadline) {
    const auto answer = co_await client_->call(
        "eth_estimateGas", Json::array({chains::node::to_json(call), "latest"}), deadline);
    if (!answer) co_return std::unexpected{answer.error()};
    if (answer->error) {
        if (names_missing_funds(*answer->error)) {
            co_return fail(
                ErrorCode::reverted,
                "the signer's balance does not cover this transaction: " +
                    cleaned(answer->error->message),
                "E_INSUFFICIENT_FUNDS");
        }
        if (!names_revert(*answer->error)) co_return node_error(*answer->error);
        const auto reason = chains::abi::revert_reason(revert_bytes(*answer->error));
        co_return fail(
            ErrorCode::reverted,
            "the transaction would revert: " +
                (reason.empty() ? cleaned(answer->error->message) : reason),
            "E_WOULD_REVERT");
    }
    const auto gas = chains::node::read_uint64(*answer->result);
    if (!gas) co_return std::unexpected{gas.error()};
    co_return Gas{*gas};
}

boost::asio::awaitable<Result<std::optional<chains::node::Receipt>>> ChainClient::receipt(
    TxHash hash, Deadline deadline) {
    const auto result =
        co_await result_of("eth_getTransactionReceipt", Json::array({to_hex(hash)}), deadline);
    if (!result) co_return std::unexpected{result.error()};
    auto receipt = chains::node::read_receipt(**result);
    if (receipt && *receipt && (*receipt)->hash != hash) {
        co_return fail(
            ErrorCode::bad_response, "the node answered the receipt of another transaction",
            "E_NODE_ANSWER");
    }
    co_return receipt;
}

boost::asio::awaitable<SendResult> ChainClient::send_raw(
    Bytes raw, TxHash expected, Deadline deadline) {
    using chains::node::SendOutcome;
    const auto answer =
        co_await client_->call("eth_sendRawTransaction", Json::array({to_hex(raw)}), deadline);
    if (!answer) co_return SendResult{SendOutcome::ambiguous, answer.error().detail};
    if (answer->error) {
        co_return SendResult{
            chains::node::classify_send_error(answer->error->message),
            cleaned(answer->error->message)};
    }
    const auto hash = chains::node::read_transaction_hash(*answer->result);
    if (!hash) co_return SendResult{SendOutcome::ambiguous, hash.error().detail};
    if (*hash != expected)
        co_return SendResult{
            SendOutcome::ambiguous, "the node answered the hash of another transaction"};
    co_return SendResult{SendOutcome::accepted, {}};
}

}  // namespace chela::sidecar::node
