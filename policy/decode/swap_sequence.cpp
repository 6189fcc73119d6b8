#include "policy/decode/swap_sequence.hpp"

#include <algorithm>
#include <utility>

namespace chela::policy {
namespace {

constexpr std::uint64_t kAllBips = 10'000;

/// What remains of at least `min` after a portion is paid, rounded down.
U256 without_portion(const U256& min, std::uint64_t bips) {
    // In two parts, so that nothing overflows: min = quotient · 10,000 + remainder.
    const auto parts = divide(min, kAllBips);
    const auto kept = multiply(parts.quotient, U256{kAllBips - bips});
    const auto rest = parts.remainder * (kAllBips - bips) / kAllBips;
    const auto sum = kept ? add(*kept, U256{rest}) : kept;
    if (!sum) bug("a part of an amount exceeds it");
    return *sum;
}

}  // namespace

SwapSequence::SwapSequence(
    Decoder& decoder, const Frame& frame, std::string_view protocol, PaysWithCoins pays_with_coins)
    : decoder_{decoder},
      frame_{frame},
      protocol_{protocol},
      pays_with_coins_{pays_with_coins},
      range_{frame.range()} {
    if (frame.value.value.is_zero()) return;
    holdings_.push_back(
        {Native{}, Deposit{{frame.chain, std::nullopt}, frame.value_owner(), frame.value.value}});
}

void SwapSequence::add(Effect effect) {
    effects_.push_back({std::move(effect), range_});
}

bool SwapSequence::swap(const SwapOrder& order) {
    Swap swap{
        .venue = {protocol_, frame_.chain, router()},
        .asset_in = {frame_.chain, order.path.front()},
        .max_in = order.amount_in,
        .asset_out = {frame_.chain, order.path.back()},
        .min_out = order.min_out,
        .payer = caller(),
        .recipient = order.recipient,
        .deadline = order.deadline,
        .via = {}};
    for (std::size_t i = 1; i + 1 < order.path.size(); ++i)
        swap.via.push_back({frame_.chain, order.path[i]});

    const auto currency = currency_of(order.path.front());
    const bool may_use_coins = pays_with_coins_ == PaysWithCoins::when_enough && holds(Native{});
    if (may_use_coins) {
        // A later pool on the path could be paid with the coins too, and its input stay behind.
        const bool is_mixed = std::ranges::any_of(swap.via, [this](const Asset& asset) {
            return currency_of(asset.contract) == Currency{Wrapped{}};
        });
        if (is_mixed) return false;
    }
    if (may_use_coins && currency == Currency{Wrapped{}}) {
        if (order.payer == SwapOrder::Payer::router) return false;
        if (!fund(swap, Native{}, order.amount_in)) return false;
    } else if (order.payer == SwapOrder::Payer::router) {
        if (!fund(swap, currency, order.amount_in)) return false;
    }
    const bool stays = swap.recipient == router();
    const auto currency_out = currency_of(swap.asset_out.contract);
    add(std::move(swap));
    if (stays) holdings_.push_back({currency_out, Output{effects_.size() - 1}});
    return true;
}

void SwapSequence::pull(const Address& token, const U256& amount, const Address& recipient) {
    const Asset asset{frame_.chain, token};
    if (recipient != router()) return add_transfer(asset, caller(), recipient, amount);
    holdings_.push_back({currency_of(token), Deposit{asset, caller(), amount}});
}

bool SwapSequence::wrap(const Bound& amount) {
    auto held = take(Native{});
    if (!held.swaps.empty() || held.deposits.size() > 1) return false;
    if (held.change && !amount) return false;
    if (held.deposits.empty()) {
        put(Native{}, held);
        return !held.change;
    }
    auto deposit = held.deposits.front();
    const auto rest = subtract(deposit.amount, amount ? *amount : deposit.amount);
    if (!rest) return false;
    held.deposits.clear();
    if (!rest->is_zero()) held.deposits.push_back({deposit.given, deposit.owner, *rest});
    put(Native{}, held);
    if (amount) deposit.amount = *amount;
    holdings_.push_back({Wrapped{}, deposit});
    return true;
}

bool SwapSequence::unwrap(const U256& min, const Address& recipient) {
    auto held = take(Wrapped{});
    const Asset native{frame_.chain, std::nullopt};
    if (recipient != router()) return deliver(std::move(held), native, min, recipient);
    // Its receive() takes coins of the wrapped token's contract alone.
    if (pays_with_coins_ == PaysWithCoins::when_enough) return false;
    for (const auto index : held.swaps)
        swap_at(index).asset_out = native;
    if (held.swaps.size() == 1 && held.deposits.empty() && !held.change) {
        auto& swap = swap_at(held.swaps.front());
        swap.min_out = std::max(swap.min_out, min);
    }
    put(Native{}, held);
    return true;
}

bool SwapSequence::sweep(
    const std::optional<Address>& token, const U256& min, const Address& recipient) {
    if (recipient == router()) return false;
    return deliver(take(currency_of(token)), {frame_.chain, token}, min, recipient);
}

bool SwapSequence::pay(
    const std::optional<Address>& token, const U256& amount, const Address& recipient) {
    const Asset asset{frame_.chain, token};
    const auto currency = currency_of(token);
    auto held = take(currency);
    if (recipient == router() || held.change) return false;
    if (held.swaps.size() + held.deposits.size() > 1) return false;
    if (!held.deposits.empty()) {
        auto& deposit = held.deposits.front();
        const auto rest = subtract(deposit.amount, amount);
        if (!rest || (deposit.given != asset && deposit.given.contract && token)) return false;
        give_back({deposit.given, deposit.owner, amount}, asset, recipient);
        deposit.amount = *rest;
        if (rest->is_zero()) held.deposits.clear();
    } else {
        for (const auto index : held.swaps) {
            auto& swap = swap_at(index);
            if (swap.asset_out != asset) return false;
            const auto rest = subtract(swap.min_out, amount);
            swap.min_out = rest ? *rest : U256{};
        }
        add_transfer(asset, router(), recipient, amount);
    }
    put(currency, held);
    return true;
}

bool SwapSequence::pay_portion(
    const std::optional<Address>& token, const U256& bips, const Address& recipient) {
    const Asset asset{frame_.chain, token};
    const auto currency = currency_of(token);
    const auto portion = bips.to_uint64();
    if (recipient == router() || !portion || *portion == 0 || *portion > kAllBips) return false;
    auto held = take(currency);
    if (held.change || !held.deposits.empty()) return false;
    if (held.swaps.size() > 1) {
        // Of several, rounding could take more from one than its own part.
        const auto merged = merge(held.swaps);
        if (!merged) return false;
        held.swaps = {*merged};
    }
    for (const auto index : held.swaps) {
        auto& swap = swap_at(index);
        if (swap.asset_out != asset) return false;
        swap.min_out = without_portion(swap.min_out, *portion);
    }
    // A swap has no upper bound of what it brings in, and neither has a part of it.
    add_transfer(asset, router(), recipient, std::nullopt);
    put(currency, held);
    return true;
}

std::vector<EffectNode> SwapSequence::finish() {
    range_ = frame_.range();
    for (const auto& holding : std::exchange(holdings_, {})) {
        const auto* deposit = std::get_if<Deposit>(&holding.what);
        if (deposit == nullptr) continue;
        add_transfer(deposit->given, deposit->owner, router(), deposit->amount);
    }
    std::vector<EffectNode> out;
    for (auto& entry : effects_) {
        if (!entry.effect) continue;
        auto node = effect_node(frame_, *std::move(entry.effect));
        node.range = entry.range;
        out.push_back(std::move(node));
    }
    return out;
}

}  // namespace chela::policy
