#include "policy/decode/swap_sequence.hpp"

#include <algorithm>
#include <utility>

namespace chela::policy {
namespace {

ByteRange hull(const ByteRange& left, const ByteRange& right) {
    return {std::min(left.begin, right.begin), std::max(left.end, right.end)};
}

Bound sum(const Bound& left, const Bound& right) {
    if (!left || !right) return std::nullopt;
    const auto both = add(*left, *right);
    return both ? Bound{*both} : std::nullopt;
}

void append_new(std::vector<Asset>& assets, const std::vector<Asset>& more) {
    for (const auto& asset : more)
        if (std::ranges::find(assets, asset) == assets.end()) assets.push_back(asset);
}

}  // namespace

bool SwapSequence::Held::is_empty() const {
    return deposits.empty() && swaps.empty() && !change;
}

SwapSequence::Currency SwapSequence::currency_of(const std::optional<Address>& token) const {
    if (!token) return Native{};
    const auto kind = decoder_.contracts().kind_of(frame_.chain, *token);
    if (kind == ContractKind::wrapped_native) return Wrapped{};
    return *token;
}

bool SwapSequence::holds(const Currency& currency) const {
    return std::ranges::any_of(
        holdings_, [&](const Holding& holding) { return holding.currency == currency; });
}

SwapSequence::Held SwapSequence::take(const Currency& currency) {
    Held out;
    std::vector<Holding> others;
    for (auto& holding : std::exchange(holdings_, {})) {
        if (holding.currency != currency) {
            others.push_back(std::move(holding));
        } else if (const auto* deposit = std::get_if<Deposit>(&holding.what)) {
            out.deposits.push_back(*deposit);
        } else if (const auto* output = std::get_if<Output>(&holding.what)) {
            out.swaps.push_back(output->swap);
        } else {
            out.change = std::get<Change>(holding.what);
        }
    }
    holdings_ = std::move(others);
    return out;
}

void SwapSequence::put(const Currency& currency, const Held& held) {
    for (const auto& deposit : held.deposits)
        holdings_.push_back({currency, deposit});
    for (const auto index : held.swaps)
        holdings_.push_back({currency, Output{index}});
    if (held.change) holdings_.push_back({currency, *held.change});
}

Swap& SwapSequence::swap_at(std::size_t index) {
    auto& entry = effects_.at(index).effect;
    auto* swap = entry ? std::get_if<Swap>(&*entry) : nullptr;
    if (swap == nullptr) bug("what a router holds came from no swap");
    return *swap;
}

/// The router pays: from what the caller put there, from an earlier swap, or from what others left.
bool SwapSequence::fund(Swap& swap, const Currency& currency, const Bound& amount) {
    auto held = take(currency);
    if (held.is_empty()) {
        swap.payer = router();
        return true;
    }
    if (held.swaps.empty()) return fund_from_deposit(swap, currency, std::move(held), amount);
    if (!held.deposits.empty() || held.change || amount) return false;
    const auto earlier = merge(held.swaps);
    return earlier && continue_swap(swap, *earlier);
}

bool SwapSequence::fund_from_deposit(
    Swap& swap, const Currency& currency, Held held, const Bound& amount) {
    if (held.deposits.size() != 1 || (held.change && !amount)) return false;
    const auto deposit = held.deposits.front();
    const auto rest = subtract(deposit.amount, amount ? *amount : deposit.amount);
    if (!rest) return false;
    // Two tokens that are both declared to be the wrapped one are not each other.
    if (deposit.given.contract && deposit.given != swap.asset_in) return false;
    swap.asset_in = deposit.given;
    swap.payer = deposit.owner;
    swap.max_in = amount ? *amount : deposit.amount;
    held.deposits.clear();
    if (!rest->is_zero()) held.deposits.push_back({deposit.given, deposit.owner, *rest});
    held.change = Change{deposit.owner};
    put(currency, held);
    return true;
}

/// All that an earlier swap brought in goes into this one: together they are one swap.
bool SwapSequence::continue_swap(Swap& swap, std::size_t earlier) {
    const auto first = swap_at(earlier);
    if (first.asset_out != swap.asset_in) return false;
    auto via = first.via;
    via.push_back(swap.asset_in);
    append_new(via, swap.via);
    swap.asset_in = first.asset_in;
    swap.max_in = first.max_in;
    swap.payer = first.payer;
    swap.via = std::move(via);
    range_ = hull(range_, effects_[earlier].range);
    effects_[earlier].effect.reset();
    return true;
}

/// Parts of one trade over several routes are one swap.
/// @return its position, or nothing: they differ in what is paid or received
std::optional<std::size_t> SwapSequence::merge(const std::vector<std::size_t>& swaps) {
    const auto index = swaps.front();
    const auto first = swap_at(index);
    const bool is_one_trade = std::ranges::all_of(swaps, [&](std::size_t other) {
        const auto& swap = swap_at(other);
        return swap.asset_in == first.asset_in && swap.asset_out == first.asset_out &&
               swap.payer == first.payer && swap.deadline == first.deadline;
    });
    if (!is_one_trade) return std::nullopt;
    for (std::size_t i = 1; i < swaps.size(); ++i) {
        auto& whole = swap_at(index);
        const auto& part = swap_at(swaps[i]);
        whole.max_in = sum(whole.max_in, part.max_in);
        const auto min_out = ::chela::add(whole.min_out, part.min_out);
        whole.min_out = min_out ? *min_out : U256::max();
        append_new(whole.via, part.via);
        effects_[index].range = hull(effects_[index].range, effects_[swaps[i]].range);
        effects_[swaps[i]].effect.reset();
    }
    return index;
}

/// All that is held of a currency goes to `recipient`, as `asset`.
bool SwapSequence::deliver(
    Held held, const Asset& asset, const U256& min, const Address& recipient) {
    const bool is_unwrapped = !asset.contract;
    const auto is_other_token = [&](const Asset& other) {
        return !is_unwrapped && other.contract && other != asset;
    };
    // What others left in the router: nobody's loss, but only the caller may get it unasked.
    const bool is_foreign =
        held.is_empty() ? recipient != caller() : held.change && recipient != held.change->owner;
    if (is_foreign) add_transfer(asset, router(), recipient, std::nullopt);
    for (const auto& deposit : held.deposits) {
        if (is_other_token(deposit.given)) return false;
        give_back(deposit, asset, recipient);
    }
    if (held.swaps.size() > 1) {
        if (const auto merged = merge(held.swaps)) held.swaps = {*merged};
    }
    const bool is_alone = held.swaps.size() == 1 && held.deposits.empty() && !held.change;
    for (const auto index : held.swaps) {
        auto& swap = swap_at(index);
        if (is_other_token(swap.asset_out)) return false;
        swap.asset_out = asset;
        swap.recipient = recipient;
        if (is_alone) swap.min_out = std::max(swap.min_out, min);
        effects_[index].range = hull(effects_[index].range, range_);
    }
    return true;
}

/// A deposit leaves the router as it came, or wrapped or unwrapped on the way.
void SwapSequence::give_back(const Deposit& deposit, const Asset& asset, const Address& recipient) {
    if (recipient != deposit.owner) {
        return add_transfer(deposit.given, deposit.owner, recipient, deposit.amount);
    }
    if (deposit.given == asset) return;
    const bool is_wrapped = !deposit.given.contract;
    add(Wrap{
        .token = is_wrapped ? asset : deposit.given,
        .direction = is_wrapped ? Wrap::Direction::wrap : Wrap::Direction::unwrap,
        .holder = deposit.owner,
        .amount = deposit.amount});
}

void SwapSequence::add_transfer(
    const Asset& asset, const Address& from, const Address& to, const Bound& amount) {
    add(Transfer{
        .asset = asset, .from = from, .to = to, .amount = amount, .token_id = std::nullopt});
}

}  // namespace chela::policy
