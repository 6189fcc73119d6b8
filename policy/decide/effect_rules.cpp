#include "policy/decide/effect_rules.hpp"

#include "chains/base/address.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::policy {
namespace {

using Allowlist = std::vector<Address> Limits::*;

bool contains(const std::vector<Address>& list, const Address& address) {
    return std::ranges::find(list, address) != list.end();
}

bool has_list(std::span<const Level> levels, Allowlist list) {
    return std::ranges::any_of(
        levels, [&](const Level& level) { return !(level.limits->*list).empty(); });
}

/// Is `address` in the list of every level that has one?
bool passes(std::span<const Level> levels, Allowlist list, const Address& address) {
    return std::ranges::all_of(levels, [&](const Level& level) {
        const auto& addresses = level.limits->*list;
        return addresses.empty() || contains(addresses, address);
    });
}

bool is_named(std::span<const Level> levels, Allowlist list, const Address& address) {
    return has_list(levels, list) && passes(levels, list, address);
}

bool is_in_any(std::span<const Level> levels, Allowlist list, const Address& address) {
    return std::ranges::any_of(
        levels, [&](const Level& level) { return contains(level.limits->*list, address); });
}

std::string recipient_hint(const Address& address) {
    return fmt::format(
        "{} is not in the agent's recipient allowlist; an operator can add it with `chela agent "
        "update`",
        to_checksum(address));
}

std::string token_hint(const Address& address) {
    return fmt::format(
        "the token {} is not in the agent's token allowlist; an operator can add it with `chela "
        "agent update`",
        to_checksum(address));
}

struct Counterparty {
    Address address;
    bool must_be_named{};
};

struct CounterpartyOf {
    std::optional<Counterparty> operator()(const Transfer& effect) const {
        return Counterparty{effect.to, false};
    }
    // A grant outlives the transaction, so "any recipient" does not cover it.
    std::optional<Counterparty> operator()(const Grant& effect) const {
        return Counterparty{effect.spender, true};
    }
    // approve(spender, 0) of an NFT contract grants token 0, so its spender is judged as a
    // recipient.
    std::optional<Counterparty> operator()(const Revoke& effect) const {
        return Counterparty{effect.spender, false};
    }
    std::optional<Counterparty> operator()(const Deploy&) const { return std::nullopt; }
    std::optional<Counterparty> operator()(const Opaque& effect) const {
        return Counterparty{effect.target, false};
    }
};

struct TokenOf {
    const std::optional<Address>* operator()(const Transfer& effect) const {
        return &effect.asset.contract;
    }
    const std::optional<Address>* operator()(const Grant& effect) const {
        return &effect.asset.contract;
    }
    const std::optional<Address>* operator()(const Revoke& effect) const {
        return &effect.asset.contract;
    }
    const std::optional<Address>* operator()(const Deploy&) const { return nullptr; }
    const std::optional<Address>* operator()(const Opaque&) const { return nullptr; }
};

bool may_be_moved(std::span<const Level> levels, const Address& token) {
    if (has_list(levels, &Limits::token_allowlist)) {
        return passes(levels, &Limits::token_allowlist, token);
    }
    return passes(levels, &Limits::to_allowlist, token);
}

void check_opaque(
    const Opaque& effect,
    const DecisionInput& input,
    std::span<const Level> levels,
    std::vector<Violation>& violations) {
    switch (effect.reason) {
        case Opaque::Reason::non_canonical:
            return add(
                violations, "E_NON_CANONICAL",
                fmt::format(
                    "the calldata for {} is not the canonical ABI encoding of its arguments; "
                    "encode it with a standard ABI encoder, without trailing data",
                    to_checksum(effect.target)));
        case Opaque::Reason::unknown_selector:
            // A signer that delegated its code (EIP-7702) could be told to do anything by a call of
            // itself.
            if (is_named(levels, &Limits::to_allowlist, effect.target) &&
                !is_in_any(levels, &Limits::token_allowlist, effect.target) &&
                effect.target != input.signer) {
                return;
            }
            return add(
                violations, "E_OPAQUE_CALL",
                fmt::format(
                    "the calldata for {} calls a function that is not understood; an operator can "
                    "allow calls of a contract that is no token by naming it in the recipient "
                    "allowlist",
                    to_checksum(effect.target)));
    }
    bug("an Opaque reason that does not exist");
}

}  // namespace

void check_recipients(
    const DecisionInput& input, std::span<const Level> levels, std::vector<Violation>& violations) {
    for (const auto& effect : input.effects) {
        const auto party = std::visit(CounterpartyOf{}, effect);
        if (!party) continue;
        const auto is_allowed = party->must_be_named
                                    ? is_named(levels, &Limits::to_allowlist, party->address)
                                    : passes(levels, &Limits::to_allowlist, party->address);
        if (!is_allowed) add(violations, "E_TO_NOT_ALLOWED", recipient_hint(party->address));
    }
    const auto& target = chains::to(input.transaction);
    if (!target || chains::data(input.transaction).empty()) return;
    if (!is_named(levels, &Limits::token_allowlist, *target) &&
        !passes(levels, &Limits::to_allowlist, *target)) {
        add(violations, "E_TO_NOT_ALLOWED", recipient_hint(*target));
    }
}

void check_tokens(
    const DecisionInput& input, std::span<const Level> levels, std::vector<Violation>& violations) {
    for (const auto& effect : input.effects) {
        const auto* token = std::visit(TokenOf{}, effect);
        if (token == nullptr || !token->has_value()) continue;
        const auto is_allowed = std::holds_alternative<Grant>(effect)
                                    ? is_named(levels, &Limits::token_allowlist, **token)
                                    : may_be_moved(levels, **token);
        if (!is_allowed) add(violations, "E_TOKEN_NOT_ALLOWED", token_hint(**token));
    }
}

void check_kinds(
    const DecisionInput& input, std::span<const Level> levels, std::vector<Violation>& violations) {
    for (const auto& effect : input.effects) {
        const auto* grant = std::get_if<Grant>(&effect);
        if (grant == nullptr || grant->amount) continue;
        add(violations, "E_GRANT_UNBOUNDED",
            fmt::format(
                "an unlimited grant to {} is never signed; grant the amount that is needed",
                to_checksum(grant->spender)));
    }
    for (const auto reason : {Opaque::Reason::unknown_selector, Opaque::Reason::non_canonical}) {
        for (const auto& effect : input.effects) {
            const auto* opaque = std::get_if<Opaque>(&effect);
            if (opaque != nullptr && opaque->reason == reason) {
                check_opaque(*opaque, input, levels, violations);
            }
        }
    }
    for (const auto& effect : input.effects) {
        if (std::holds_alternative<Deploy>(effect)) {
            add(violations, "E_DEPLOY",
                "creating a contract is not something that guardrails can allow");
        }
    }
    if (input.effects.empty()) {
        add(violations, "E_NO_EFFECT", "nothing in the transaction was understood");
    }
}

}  // namespace chela::policy
