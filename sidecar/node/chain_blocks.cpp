// The reads of ChainClient that depend on where the chain is: blocks, and how far an account is.
#include "chains/base/hex.hpp"
#include "chains/node/fields.hpp"
#include "sidecar/edge/gather.hpp"
#include "sidecar/node/chain_client.hpp"
#include "sidecar/node/chain_read.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::node {

namespace asio = boost::asio;
using chains::node::BlockTag;
using chains::node::Head;
using MaybeHead = std::optional<Head>;

namespace {

// No account has sent four thousand million transactions; a node that says so would ruin the lane
// for good.
constexpr std::uint64_t kMaxNonce = std::uint64_t{1} << 32U;

std::unexpected<Error> garbage(std::string detail) {
    return fail(ErrorCode::bad_response, std::move(detail), "E_NODE_ANSWER");
}

Result<Nonce> read_count(const Json& result) {
    const auto count = chains::node::read_uint64(result);
    if (!count) return std::unexpected{count.error()};
    if (*count > kMaxNonce) return garbage("the node answered a transaction count that cannot be");
    return Nonce{*count};
}

Result<BlockNumber> read_number(const Json& result) {
    return chains::node::read_block_number(result, "block number");
}

Result<Head> read_latest(const Json& result) {
    auto block = chains::node::read_block(result);
    if (!block) return std::unexpected{block.error()};
    if (!*block) return garbage("the node answered that there is no latest block");
    return **block;
}

Result<MaybeHead> read_tagged(const RpcAnswer& answer) {
    if (!answer.error) return chains::node::read_block(*answer.result);
    if (chains::node::is_tag_missing(answer.error->code, answer.error->message)) return MaybeHead{};
    return std::unexpected{node_error(*answer.error)};
}

Json count_parameters(const Address& address) {
    return Json::array({to_hex(address), "latest"});
}

}  // namespace

asio::awaitable<Result<BlockNumber>> ChainClient::block_number(Deadline deadline) {
    const auto seen = co_await read_value<BlockNumber>(
        pool_, "eth_blockNumber", Json::array(), result_reader<BlockNumber>(read_number), deadline);
    if (!seen) co_return std::unexpected{seen.error()};
    pool_->note_head(seen->endpoint, seen->value);
    co_return seen->value;
}

asio::awaitable<Result<Head>> ChainClient::head(Deadline deadline) {
    const auto seen = co_await read_value<Head>(
        pool_, "eth_getBlockByNumber", chains::node::block_by_number_parameters(BlockTag::latest),
        result_reader<Head>(read_latest), deadline);
    if (!seen) co_return std::unexpected{seen.error()};
    pool_->note_head(seen->endpoint, seen->value.number);
    co_return seen->value;
}

asio::awaitable<Result<MaybeHead>> ChainClient::finalized(Deadline deadline) {
    const auto seen = co_await read_value<MaybeHead>(
        pool_, "eth_getBlockByNumber",
        chains::node::block_by_number_parameters(BlockTag::finalized),
        Reader<MaybeHead>{read_tagged}, deadline);
    if (!seen) co_return std::unexpected{seen.error()};
    co_return seen->value;
}

asio::awaitable<std::vector<Result<MaybeHead>>> ChainClient::heads(
    BlockTag tag, Deadline deadline) {
    std::vector<asio::awaitable<Result<MaybeHead>>> questions;
    questions.reserve(endpoints());
    for (std::size_t i = 0; i < endpoints(); ++i) {
        questions.push_back(ask_value<MaybeHead>(
            pool_, i, "eth_getBlockByNumber", chains::node::block_by_number_parameters(tag),
            Reader<MaybeHead>{read_tagged}, deadline));
    }
    co_return co_await gather(std::move(questions));
}

asio::awaitable<Result<MaybeHead>> ChainClient::block(BlockHash hash, Deadline deadline) {
    const auto reader = [hash](const Json& result) -> Result<MaybeHead> {
        auto block = chains::node::read_block(result);
        if (block && *block && (*block)->hash != hash)
            return garbage("the node answered another block than the one asked for");
        return block;
    };
    const auto seen = co_await read_value<MaybeHead>(
        pool_, "eth_getBlockByHash", chains::node::block_by_hash_parameters(hash),
        result_reader<MaybeHead>(reader), deadline);
    if (!seen) co_return std::unexpected{seen.error()};
    co_return seen->value;
}

asio::awaitable<Result<Nonce>> ChainClient::transaction_count(Address address, Deadline deadline) {
    Status behind;
    for (std::size_t i = 0; i < endpoints(); ++i) {
        const auto seen = co_await read_value<Nonce>(
            pool_, "eth_getTransactionCount", count_parameters(address),
            result_reader<Nonce>(read_count), deadline);
        if (!seen) co_return std::unexpected{behind ? seen.error() : behind.error()};
        const auto endpoint = seen->endpoint;
        const auto higher = counts_.contradicts(address, seen->value, endpoint, pool_->now());
        BlockNumber head = pool_->health(endpoint).head.value_or(BlockNumber{});
        if (higher) {
            // A lower count at the same height or above is a reorganization.
            const auto asked = co_await pool_->ask_head(endpoint, deadline);
            if (asked) head = *asked;
        }
        if (!higher || head >= higher->head) {
            counts_.remember(address, {seen->value, head, endpoint, pool_->now()});
            co_return seen->value;
        }
        behind = fail(
            ErrorCode::unavailable,
            fmt::format(
                "an endpoint of chain {} is behind: at block {} it counts {} transactions of the "
                "account, at block {} another one counted {}",
                chain_.name, head.value, seen->value.value, higher->head.value,
                higher->count.value),
            "E_NODE_BEHIND");
        pool_->note_behind(endpoint);
    }
    co_return std::unexpected{behind.error()};
}

asio::awaitable<std::vector<Result<Nonce>>> ChainClient::transaction_counts(
    Address address, Deadline deadline) {
    std::vector<asio::awaitable<Result<Nonce>>> questions;
    questions.reserve(endpoints());
    for (std::size_t i = 0; i < endpoints(); ++i) {
        questions.push_back(ask_value<Nonce>(
            pool_, i, "eth_getTransactionCount", count_parameters(address),
            result_reader<Nonce>(read_count), deadline));
    }
    co_return co_await gather(std::move(questions));
}

}  // namespace chela::sidecar::node
