#include "sidecar/flow/pricing.hpp"

#include "chains/fees/estimate.hpp"
#include "chains/fees/market.hpp"

#include <algorithm>
#include <type_traits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::flow {

namespace {

// A tip of zero is legal but some clients' pools drop it; one wei costs nothing.
const Wei kMinimumTip{U256{1}};

Gas starting_gas(const IntentRequest& request) {
    return request.gas_limit.value_or(chains::fees::intrinsic_gas(false, request.data));
}

chains::LegacyTransaction legacy(const IntentRequest& request, const Wei& gas_price) {
    return {request.chain.chain_id, Nonce{0},    gas_price, starting_gas(request), request.to,
            request.value,          request.data};
}

Result<chains::Eip1559Transaction> eip1559(
    const IntentRequest& request, const chains::fees::Eip1559Fees& market) {
    const Wei tip = request.max_priority_fee_per_gas.value_or(
        request.max_fee_per_gas
            ? std::min(market.max_priority_fee_per_gas, *request.max_fee_per_gas)
            : market.max_priority_fee_per_gas);
    Wei cap = market.max_fee_per_gas;
    if (request.max_fee_per_gas) {
        cap = *request.max_fee_per_gas;
    } else if (cap < tip) {
        const auto raised = add(market.max_fee_per_gas.value, tip.value);
        if (!raised) return std::unexpected{raised.error()};
        cap = Wei{*raised};
    }
    if (cap < tip) {
        return fail(
            ErrorCode::invalid_input,
            fmt::format(
                "max_priority_fee_per_gas ({} wei) is above max_fee_per_gas ({} wei)",
                to_decimal(tip.value), to_decimal(cap.value)),
            "E_FEES");
    }
    return chains::Eip1559Transaction{
        request.chain.chain_id, Nonce{0},     tip, cap, starting_gas(request), request.to,
        request.value,          request.data, {}};
}

/// The next base fee and one more rise of an eighth (EIP-1559): with less, a transaction may wait
/// for ever, and everything behind it with it. @return out_of_range
Result<Wei> fee_floor(const chains::node::FeeHistory& history) {
    if (history.base_fees.empty()) return fail(ErrorCode::out_of_range, "no base fee");
    constexpr std::uint64_t kRise = 8;
    const U256 next = history.base_fees.back().value;
    const auto floor = add(next, divide(next, kRise).quotient);
    if (!floor) return std::unexpected{floor.error()};
    return Wei{*floor};
}

Status check_floor(const Wei& price, const Wei& floor, const char* member) {
    if (price >= floor) return {};
    return fail(
        ErrorCode::reverted,
        fmt::format(
            "{} of {} wei is too low: the next block asks for about {} wei, and a transaction that "
            "waits holds up all "
            "that follow; offer more or leave the fees out",
            member, to_decimal(price.value), to_decimal(floor.value)),
        "E_FEE_TOO_LOW");
}

/// A chain without EIP-1559 has no base fee, and takes no transaction that names one.
boost::asio::awaitable<Result<chains::Transaction>> draft_with_gas_price(
    node::ChainClient& client, IntentRequest request, Deadline deadline) {
    if (request.max_fee_per_gas || request.max_priority_fee_per_gas) {
        co_return fail(
            ErrorCode::invalid_input,
            fmt::format(
                "the chain {} has no EIP-1559: give gas_price, or leave the fees out",
                client.chain().name),
            "E_FEES");
    }
    const auto price = co_await client.gas_price(deadline);
    if (!price) co_return std::unexpected{price.error()};
    const auto market = chains::fees::market(*price, {.minimum_tip = kMinimumTip});
    if (request.gas_price && *request.gas_price < market.gas_price)
        co_return std::unexpected{
            check_floor(*request.gas_price, market.gas_price, "gas_price").error()};
    co_return chains::Transaction{legacy(request, request.gas_price.value_or(market.gas_price))};
}

}  // namespace

boost::asio::awaitable<Result<chains::Transaction>> draft(
    node::ChainClient& client, IntentRequest request, Deadline deadline) {
    const Gas least = chains::fees::intrinsic_gas(false, request.data);
    if (request.gas_limit && *request.gas_limit < least) {
        co_return fail(
            ErrorCode::invalid_input,
            fmt::format(
                "gas_limit {} is below the {} that this transaction costs before it runs",
                request.gas_limit->value, least.value),
            "E_GAS_LIMIT");
    }
    if (!client.chain().has_eip1559)
        co_return co_await draft_with_gas_price(client, std::move(request), deadline);
    const auto history = co_await client.fee_history(deadline);
    if (!history) co_return std::unexpected{history.error()};
    const auto market = chains::fees::estimate(*history, kMinimumTip);
    const auto floor = fee_floor(*history);
    if (!market || !floor) {
        co_return fail(
            ErrorCode::bad_response, "the node answered base fees that no chain can have",
            "E_NODE_ANSWER");
    }
    if (request.gas_price) {
        if (auto enough = check_floor(*request.gas_price, *floor, "gas_price"); !enough) {
            co_return std::unexpected{enough.error()};
        }
        co_return chains::Transaction{legacy(request, *request.gas_price)};
    }
    auto transaction = eip1559(request, *market);
    if (!transaction) co_return std::unexpected{transaction.error()};
    if (auto enough = check_floor(transaction->max_fee_per_gas, *floor, "max_fee_per_gas");
        !enough) {
        co_return std::unexpected{enough.error()};
    }
    co_return chains::Transaction{*std::move(transaction)};
}

boost::asio::awaitable<Result<chains::Transaction>> with_gas(
    node::ChainClient& client,
    chains::Transaction draft,
    IntentRequest request,
    Address from,
    Deadline deadline) {
    if (request.gas_limit) co_return draft;
    chains::node::CallRequest call;
    call.from = from;
    call.to = request.to;
    call.value = request.value;
    call.data = request.data;
    const auto estimate = co_await client.estimate_gas(std::move(call), deadline);
    if (!estimate) co_return std::unexpected{estimate.error()};
    const Gas limit = chains::fees::with_headroom(*estimate);
    std::visit([limit](auto& tx) { tx.gas_limit = limit; }, draft);
    co_return draft;
}

Result<Wei> worst_case_cost(const chains::Transaction& transaction) {
    const auto fee = chains::max_fee(transaction);
    if (!fee) return std::unexpected{fee.error()};
    const auto total = add(chains::value(transaction).value, fee->value);
    if (!total) return std::unexpected{total.error()};
    return Wei{*total};
}

}  // namespace chela::sidecar::flow
