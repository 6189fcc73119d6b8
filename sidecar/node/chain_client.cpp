#include "sidecar/node/chain_client.hpp"

#include "chains/abi/revert_reason.hpp"
#include "chains/base/hex.hpp"
#include "chains/node/printable.hpp"
#include "chains/simulation/logs.hpp"
#include "sidecar/node/chain_read.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::node {

namespace {

namespace simulation = chains::simulation;

constexpr int kFeeHistoryBlocks = 10;
constexpr int kTipPercentile = 50;

std::string cleaned(std::string_view text) {
    return chains::node::printable(text);
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

Result<Gas> read_estimate(const RpcAnswer& answer) {
    if (!answer.error) {
        const auto gas = chains::node::read_uint64(*answer.result);
        if (!gas) return std::unexpected{gas.error()};
        return Gas{*gas};
    }
    if (names_missing_funds(*answer.error)) {
        return fail(
            ErrorCode::reverted,
            "the signer's balance does not cover this transaction: " +
                cleaned(answer.error->message),
            "E_INSUFFICIENT_FUNDS");
    }
    if (!names_revert(*answer.error)) return std::unexpected{node_error(*answer.error)};
    const auto reason = chains::abi::revert_reason(revert_bytes(*answer.error));
    return fail(
        ErrorCode::reverted,
        "the transaction would revert: " +
            (reason.empty() ? cleaned(answer.error->message) : reason),
        "E_WOULD_REVERT");
}

Result<Wei> read_wei(const Json& result) {
    const auto amount = chains::node::read_quantity(result);
    if (!amount) return std::unexpected{amount.error()};
    return Wei{*amount};
}

}  // namespace

ChainClient::ChainClient(
    chains::Chain chain, std::vector<PooledClient> endpoints, const PoolOptions& options)
    : chain_{std::move(chain)},
      pool_{std::make_shared<EndpointPool>(
          chain_.name, chain_.chain_id, std::move(endpoints), options)} {}

ChainClient::ChainClient(chains::Chain chain, std::shared_ptr<Client> client)
    : ChainClient{std::move(chain), {PooledClient{"its node", std::move(client)}}, single_try()} {}

std::vector<EndpointHealth> ChainClient::health() const {
    std::vector<EndpointHealth> out;
    out.reserve(pool_->size());
    for (std::size_t i = 0; i < pool_->size(); ++i)
        out.push_back(pool_->health(i));
    return out;
}

boost::asio::awaitable<void> ChainClient::probe(Deadline deadline) {
    return pool_->survey(deadline);
}

boost::asio::awaitable<Status> ChainClient::verify_chain_id(Deadline deadline) {
    return pool_->verify(deadline);
}

boost::asio::awaitable<Result<Wei>> ChainClient::balance(Address address, Deadline deadline) {
    const auto seen = co_await read_value<Wei>(
        pool_, "eth_getBalance", Json::array({to_hex(address), "latest"}),
        result_reader<Wei>(read_wei), deadline);
    if (!seen) co_return std::unexpected{seen.error()};
    co_return seen->value;
}

boost::asio::awaitable<Result<Bytes>> ChainClient::code(Address address, Deadline deadline) {
    auto seen = co_await read_value<Bytes>(
        pool_, "eth_getCode", Json::array({to_hex(address), "latest"}),
        result_reader<Bytes>(chains::node::read_code), deadline);
    if (!seen) co_return std::unexpected{seen.error()};
    co_return std::move(seen->value);
}

boost::asio::awaitable<Result<chains::node::FeeHistory>> ChainClient::fee_history(
    Deadline deadline) {
    auto seen = co_await read_value<chains::node::FeeHistory>(
        pool_, "eth_feeHistory",
        Json::array(
            {to_quantity(U256{kFeeHistoryBlocks}), "latest", Json::array({kTipPercentile})}),
        result_reader<chains::node::FeeHistory>(chains::node::read_fee_history), deadline);
    if (!seen) co_return std::unexpected{seen.error()};
    co_return std::move(seen->value);
}

boost::asio::awaitable<Result<Wei>> ChainClient::gas_price(Deadline deadline) {
    const auto seen = co_await read_value<Wei>(
        pool_, "eth_gasPrice", Json::array(), result_reader<Wei>(read_wei), deadline);
    if (!seen) co_return std::unexpected{seen.error()};
    co_return seen->value;
}

boost::asio::awaitable<Result<Gas>> ChainClient::estimate_gas(
    chains::node::CallRequest call, Deadline deadline) {
    const auto seen = co_await read_value<Gas>(
        pool_, "eth_estimateGas", Json::array({chains::node::to_json(call), "latest"}),
        Reader<Gas>{read_estimate}, deadline);
    if (!seen) co_return std::unexpected{seen.error()};
    co_return seen->value;
}

}  // namespace chela::sidecar::node
