#include "chains/base/address.hpp"
#include "policy/decide/judgement.hpp"

#include <set>

#include <fmt/format.h>

namespace chela::policy {
namespace {

/// An account, and the contract of what it gives; empty: native currency.
using Holding = std::pair<Address, std::optional<Address>>;

/// Of one holding: amounts of single ids of a token, and what is of no id, or of any. Empty: no
/// bound.
struct Given {
    Bound any = U256{};
    std::map<U256, Bound> by_id;
};

/// What effects say that accounts give, at most, on the chain of the signature.
class Declared {
public:
    explicit Declared(ChainId chain) : chain_{chain} {}

    void operator()(const Transfer& effect) {
        give(effect.from, effect.asset, effect.amount, effect.token_id);
    }
    void operator()(const Swap& effect) { give(effect.payer, effect.asset_in, effect.max_in); }
    void operator()(const Wrap& effect) {
        const bool is_wrap = effect.direction == Wrap::Direction::wrap;
        const Asset native{effect.token.chain, std::nullopt};
        give(effect.holder, is_wrap ? native : effect.token, effect.amount);
    }
    void operator()(const Deploy& effect) {
        give(effect.creator, Asset{effect.chain, std::nullopt}, effect.value.value);
    }
    // The sender pays the entry point, unless a paymaster does.
    void operator()(const UserOp& effect) {
        if (!effect.paymaster) {
            give(effect.sender, Asset{effect.chain, std::nullopt}, effect.prefund.value);
        }
    }
    // Only guardrails let an unknown call through, and their operator knows that what was granted
    // to that contract can be taken. Its native coins are a transfer of their own.
    void operator()(const Opaque& /*effect*/) { gives_any_token_.insert(actor_); }
    // These move nothing by themselves: what moves while they run must be another effect.
    void operator()(const Grant& /*effect*/) {}
    void operator()(const Revoke& /*effect*/) {}
    void operator()(const Delegate7702& /*effect*/) {}
    void operator()(const Delegatecall& /*effect*/) {}
    void operator()(const Authority& /*effect*/) {}
    void operator()(const Call& /*effect*/) {}
    void operator()(const Message& /*effect*/) {}

    void add_effect(const EffectNode& node) {
        actor_ = node.actor;
        std::visit(*this, effect_of(node));
    }
    [[nodiscard]] Given of(const Holding& holding) const {
        if (holding.second && gives_any_token_.contains(holding.first)) {
            return {.any = std::nullopt, .by_id = {}};
        }
        const auto found = gives_.find(holding);
        return found == gives_.end() ? Given{} : found->second;
    }

private:
    void give(
        const Address& account,
        const Asset& asset,
        const Bound& amount,
        const std::optional<U256>& token_id = std::nullopt) {
        if (asset.chain != chain_) return;
        auto& given = gives_[{account, asset.contract}];
        if (!token_id) {
            given.any = sum_of(given.any, amount);
            return;
        }
        const auto [at, is_new] = given.by_id.try_emplace(*token_id, amount);
        if (!is_new) at->second = sum_of(at->second, amount);
    }

    ChainId chain_;
    Address actor_;
    std::map<Holding, Given> gives_;
    std::set<Address> gives_any_token_;
};

/// What accounts lose in the simulation, added up; empty: over 256 bits.
std::map<Holding, Given> losses(const SimulationFacts& simulation, const std::set<Address>& held) {
    std::map<Holding, Given> out;
    for (const auto& change : simulation.changes) {
        if (change.is_increase || !held.contains(change.account)) continue;
        auto& lost = out[{change.account, change.token}];
        if (!change.token_id) {
            lost.any = sum_of(lost.any, change.amount);
            continue;
        }
        const auto [at, is_new] = lost.by_id.try_emplace(*change.token_id, change.amount);
        if (!is_new) at->second = sum_of(at->second, change.amount);
    }
    return out;
}

/// What is left of `most` after `taken`; nothing when that is more.
Bound rest_of(const Bound& most, const Bound& taken) {
    if (!most) return std::nullopt;
    return taken && *taken <= *most ? subtract(*most, *taken).value_or(U256{}) : U256{};
}

/// The signer and the accounts that it acts through. An entry point is nobody's: it pays out what
/// others have deposited.
std::set<Address> accounts_of(const Address& self, std::span<const EffectNode* const> effects) {
    std::set<Address> out;
    for (const auto* node : effects)
        out.insert(node->actor);
    for (const auto* node : effects) {
        if (const auto* op = std::get_if<UserOp>(&effect_of(*node))) out.erase(op->entry_point);
    }
    out.insert(self);
    return out;
}

std::string text_of(const Bound& amount) {
    return amount ? to_decimal(*amount) : "unlimited";
}

std::string text_of(const Holding& holding, const U256* token_id) {
    auto out = holding.second ? to_checksum(*holding.second) : "the native currency";
    return token_id == nullptr ? out : fmt::format("{} token {}", out, to_decimal(*token_id));
}

/// Where what was seen against what was declared is written.
struct Report {
    std::vector<CheckTrace>& trace;
    std::vector<Violation>& refusals;

    void compare(const Holding& holding, const U256* id, const Bound& loss, const Bound& most) {
        const auto account = to_checksum(holding.first);
        const auto what = text_of(holding, id);
        const bool is_declared = !most || (loss && *loss <= *most);
        trace.push_back(
            {.name = "declared",
             .expected = fmt::format("{} loses at most {} of {}", account, text_of(most), what),
             .actual = text_of(loss),
             .truth = is_declared ? Truth::yes : Truth::no});
        if (is_declared) return;
        const auto text = fmt::format(
            "in the simulation {} loses {} base units of {}, and what was decoded declares {}",
            account, text_of(loss), what, text_of(most));
        refusals.push_back({.code = "E_SIMULATION_MISMATCH", .detail = text, .limits = text});
    }
};

/// An id may be lost as far as that id was declared, and beyond it as far as an amount was declared
/// without one: a number in transferFrom may stand for any token. A loss that names no id may be of
/// whichever was declared.
void compare(const Holding& holding, const Given& lost, const Given& declared, Report& report) {
    Bound any = declared.any;
    Bound all_ids = U256{};
    for (const auto& [id, loss] : lost.by_id) {
        const auto found = declared.by_id.find(id);
        const Bound of_id = found == declared.by_id.end() ? Bound{U256{}} : found->second;
        report.compare(holding, &id, loss, sum_of(of_id, any));
        // Over 256 bits is more than is left, and has been refused.
        if (of_id && loss) any = rest_of(any, rest_of(loss, of_id));
    }
    for (const auto& [id, of_id] : declared.by_id) {
        const auto found = lost.by_id.find(id);
        all_ids =
            sum_of(all_ids, found == lost.by_id.end() ? of_id : rest_of(of_id, found->second));
    }
    const bool names_no_id = lost.any != Bound{U256{}};
    if (names_no_id || lost.by_id.empty()) {
        report.compare(holding, nullptr, lost.any, sum_of(any, all_ids));
    }
}

}  // namespace

void check_witness(
    const Facts& facts,
    std::span<const EffectNode* const> effects,
    std::vector<CheckTrace>& trace,
    std::vector<Violation>& refusals) {
    if (!facts.simulation || facts.simulation->is_degraded) return;
    Declared declared{facts.envelope.chain.value_or(ChainId{})};
    for (const auto* node : effects)
        declared.add_effect(*node);
    const auto held = accounts_of(facts.self, effects);
    Report report{trace, refusals};
    for (const auto& [holding, lost] : losses(*facts.simulation, held))
        compare(holding, lost, declared.of(holding), report);
}

}  // namespace chela::policy
