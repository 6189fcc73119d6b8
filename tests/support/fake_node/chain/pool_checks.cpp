#include "tests/support/fake_node/chain/pool_checks.hpp"

#include "tests/support/fake_node/chain/cost.hpp"

#include <fmt/format.h>

namespace chela::test::fake_node {
namespace {

// Source: go-ethereum, legacypool txMaxSize.
constexpr std::size_t kMaxSize = std::size_t{128} * 1024;

using enum RefusalKind;

std::string text(Wei amount) {
    return to_decimal(amount.value);
}

std::optional<Refusal> check_gas(
    const chains::Transaction& tx, const PoolOptions& options, const Block& head) {
    const Gas limit = chains::gas_limit(tx);
    if (limit > options.max_transaction_gas)
        return Refusal{
            over_transaction_gas,
            fmt::format(" (cap: {}, tx: {})", options.max_transaction_gas.value, limit.value)};
    if (limit > head.gas_limit) return Refusal{over_block_gas, {}};
    const Gas intrinsic = intrinsic_gas(tx);
    if (limit < intrinsic)
        return Refusal{
            below_intrinsic_gas,
            fmt::format(": gas {}, minimum needed {}", limit.value, intrinsic.value)};
    const Gas floor = floor_gas(tx);
    if (limit < floor)
        return Refusal{
            below_floor_gas, fmt::format(": gas {}, minimum needed {}", limit.value, floor.value)};
    return std::nullopt;
}

}  // namespace

std::optional<Refusal> check_alone(
    const chains::SignedTransaction& signed_tx,
    const PoolOptions& options,
    ChainId chain_id,
    const Block& head) {
    const auto& tx = signed_tx.transaction;
    const auto size = chains::encode_signed(tx, signed_tx.signature).size();
    if (size > kMaxSize)
        return Refusal{oversized, fmt::format(": transaction size {}, limit {}", size, kMaxSize)};
    if (chains::chain_id(tx) != chain_id)
        return Refusal{
            wrong_chain,
            fmt::format(": have {} want {}", chains::chain_id(tx).value, chain_id.value)};
    if (auto refused = check_gas(tx, options, head)) return refused;
    const Wei tip = offer_of(tx).tip;
    if (tip < options.minimum_tip)
        return Refusal{
            below_minimum_tip,
            fmt::format(
                ": gas tip cap {}, minimum needed {}", text(tip), text(options.minimum_tip))};
    if (has_blobs(tx) && !signed_tx.sidecar) return Refusal{no_sidecar, {}};
    return std::nullopt;
}

std::optional<Refusal> check_nonce(const chains::SignedTransaction& signed_tx, const State& state) {
    const std::uint64_t next = state.at(signed_tx.sender).nonce;
    const std::uint64_t nonce = chains::nonce(signed_tx.transaction).value;
    if (nonce >= next) return std::nullopt;
    return Refusal{nonce_too_low, fmt::format(": next nonce {}, tx nonce {}", next, nonce)};
}

std::optional<Refusal> check_funds(
    const chains::SignedTransaction& signed_tx, const State& state, const Standing& standing) {
    const Wei balance = state.at(signed_tx.sender).balance;
    const Wei cost = worst_cost(signed_tx.transaction);
    if (balance < cost)
        return Refusal{
            insufficient_funds, fmt::format(
                                    ": balance {}, tx cost {}, overshot {}", text(balance),
                                    text(cost), text(minus(cost, balance)))};
    Wei need = plus(standing.expenditure, cost);
    if (standing.replaced_cost) need = minus(need, *standing.replaced_cost);
    if (balance >= need) return std::nullopt;
    // A replacement that costs less than the old one lowers the sum, so it never comes here.
    const auto added = standing.replaced_cost
                           ? fmt::format("bumped {}", text(minus(cost, *standing.replaced_cost)))
                           : fmt::format("cost {}", text(cost));
    return Refusal{
        insufficient_funds, fmt::format(
                                ": balance {}, queued cost {}, tx {}, overshot {}", text(balance),
                                text(standing.expenditure), added, text(minus(need, balance)))};
}

}  // namespace chela::test::fake_node
