#include "chains/base/address.hpp"
#include "policy/decide/judgement.hpp"

#include <set>

#include <fmt/format.h>

namespace chela::policy {
namespace {

/// An account, and the contract of what it gives; empty: native currency.
using Holding = std::pair<Address, std::optional<Address>>;

/// What effects say that accounts give, at most, on the chain of the signature.
class Declared {
public:
    explicit Declared(ChainId chain) : chain_{chain} {}

    void operator()(const Transfer& effect) { give(effect.from, effect.asset, effect.amount); }
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
    /// @return empty: no bound
    [[nodiscard]] Bound of(const Holding& holding) const {
        if (holding.second && gives_any_token_.contains(holding.first)) return std::nullopt;
        const auto found = gives_.find(holding);
        return found == gives_.end() ? Bound{U256{}} : found->second;
    }

private:
    void give(const Address& account, const Asset& asset, const Bound& amount) {
        if (asset.chain != chain_) return;
        const auto [at, is_new] = gives_.try_emplace({account, asset.contract}, amount);
        if (!is_new) at->second = sum_of(at->second, amount);
    }

    ChainId chain_;
    Address actor_;
    std::map<Holding, Bound> gives_;
    std::set<Address> gives_any_token_;
};

/// What accounts lose in the simulation, added up; empty: over 256 bits.
std::map<Holding, Bound> losses(const SimulationFacts& simulation, const std::set<Address>& held) {
    std::map<Holding, Bound> out;
    for (const auto& change : simulation.changes) {
        if (change.is_increase || !held.contains(change.account)) continue;
        const auto [at, is_new] = out.try_emplace({change.account, change.token}, change.amount);
        if (!is_new) at->second = sum_of(at->second, change.amount);
    }
    return out;
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
    for (const auto& [holding, loss] : losses(*facts.simulation, held)) {
        const auto most = declared.of(holding);
        const bool is_declared = !most || (loss && *loss <= *most);
        trace.push_back(
            {.name = "declared",
             .expected = fmt::format(
                 "{} loses at most {} of {}", to_checksum(holding.first), text_of(most),
                 holding.second ? to_checksum(*holding.second) : "the native currency"),
             .actual = text_of(loss),
             .truth = is_declared ? Truth::yes : Truth::no});
        if (is_declared) continue;
        const auto text = fmt::format(
            "in the simulation {} loses {} base units of {}, and what was decoded declares {}",
            to_checksum(holding.first), text_of(loss),
            holding.second ? to_checksum(*holding.second) : "the native currency", text_of(most));
        refusals.push_back({.code = "E_SIMULATION_MISMATCH", .detail = text, .limits = text});
    }
}

}  // namespace chela::policy
