#include "tests/support/fake_node/chain/cost.hpp"
#include "tests/support/fake_node/rpc/objects.hpp"
#include "tests/support/fake_node/rpc/parameters.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

namespace chela::test::fake_node {
namespace {

using sidecar::node::RpcAnswer;

// Source: go-ethereum, gasprice maxBlockFetchers.
constexpr std::uint64_t kMaxBlocks = 1024;
constexpr std::size_t kMaxPercentiles = 100;
constexpr double kWhole = 100;

/// The tips that a block's transactions paid, weighted by the gas that each used.
/// Source: go-ethereum, gasprice processBlock.
Json rewards(const Block& block, const std::vector<double>& percentiles) {
    Json out = Json::array();
    std::vector<std::pair<Wei, std::uint64_t>> paid;
    paid.reserve(block.transactions.size());
    for (const auto& mined : block.transactions)
        paid.emplace_back(
            effective_tip(offer_of(mined.signed_tx.transaction), block.base_fee),
            mined.executed.gas_used.value);
    std::ranges::sort(paid);
    for (const double percentile : percentiles) {
        if (paid.empty()) {
            out.push_back("0x0");
            continue;
        }
        const auto threshold = static_cast<std::uint64_t>(
            static_cast<double>(block.gas_used.value) * percentile / kWhole);
        std::size_t at = 0;
        for (auto sum = paid[0].second; sum < threshold && at + 1 < paid.size();
             sum += paid[at].second)
            ++at;
        out.push_back(quantity(paid[at].first));
    }
    return out;
}

Parameter<std::vector<double>> percentiles_parameter(const Query& query) {
    std::vector<double> out;
    if (!query.parameters.is_array() || query.parameters.size() < 3 ||
        query.parameters[2].is_null())
        return out;
    const Json& list = query.parameters[2];
    if (!list.is_array() || list.size() > kMaxPercentiles) return bad_parameter(2, "no list");
    for (const Json& each : list) {
        const double value = each.is_number() ? each.get<double>() : -1;
        if (value < 0 || value > kWhole || (!out.empty() && value < out.back()))
            return bad_parameter(2, "invalid reward percentile");
        out.push_back(value);
    }
    return out;
}

RpcAnswer fee_history(const Query& query) {
    const auto count = number_parameter(query, 0);
    if (!count) return error(count.error());
    const auto newest = block_parameter(query, 1);
    if (!newest) return error(newest.error());
    if (*newest == nullptr) return error(-32000, "request beyond head block");
    const auto percentiles = percentiles_parameter(query);
    if (!percentiles) return error(percentiles.error());
    const std::uint64_t last = (*newest)->number.value;
    const std::uint64_t blocks = std::min({*count, kMaxBlocks, last + 1});
    if (blocks == 0) return result({{"oldestBlock", "0x0"}, {"gasUsedRatio", nullptr}});
    Json base_fees = Json::array();
    Json ratios = Json::array();
    Json reward = Json::array();
    for (std::uint64_t number = last + 1 - blocks; number <= last; ++number) {
        const Block& block = *query.chain.block(BlockNumber{number});
        base_fees.push_back(quantity(block.base_fee));
        ratios.push_back(
            static_cast<double>(block.gas_used.value) / static_cast<double>(block.gas_limit.value));
        reward.push_back(rewards(block, *percentiles));
    }
    base_fees.push_back(quantity(query.chain.base_fee_after(**newest)));
    Json out = {
        {"oldestBlock", quantity(last + 1 - blocks)},
        {"baseFeePerGas", std::move(base_fees)},
        {"gasUsedRatio", std::move(ratios)}};
    if (!percentiles->empty()) out["reward"] = std::move(reward);
    return result(std::move(out));
}

}  // namespace

Answered answer_fees(const std::string& method, const Query& query) {
    const Wei tip = query.chain.options().suggested_tip;
    if (method == "eth_maxPriorityFeePerGas") return result(quantity(tip));
    if (method == "eth_gasPrice")
        return result(quantity(plus(query.chain.block(query.head)->base_fee, tip)));
    if (method == "eth_feeHistory") return fee_history(query);
    return std::nullopt;
}

}  // namespace chela::test::fake_node
