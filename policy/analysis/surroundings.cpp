#include "policy/analysis/surroundings.hpp"

#include "policy/rules/fields.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

namespace chela::policy::analysis {
namespace {

using chains::simulation::BalanceChange;
using chains::simulation::Outcome;

template <class T>
std::optional<T> read_word(const Node& node, std::span<const T> values) {
    const auto text = node.text();
    if (!text) return std::nullopt;
    std::vector<std::string_view> words;
    for (const auto value : values) {
        if (to_string(value) == *text) return value;
        words.push_back(to_string(value));
    }
    node.refuse(fmt::format("unknown \"{}\"; write {}", *text, load::list_of(words)));
    return std::nullopt;
}

/// The contract whose balance changes; empty inside: native currency.
struct Moved {
    std::optional<Address> token;
    std::optional<Asset> asset;  ///< when the policy knows it: its amounts have a unit
};
std::optional<Moved> read_moved(const Node& section, Scope& scope) {
    const auto asset = section.find("asset");
    const auto token = section.find("token");
    if (asset.has_value() == token.has_value()) {
        section.refuse("write either asset: of the policy, or token: with its address");
        return std::nullopt;
    }
    if (asset) {
        const auto context = scope.context();
        const auto known = load::read_asset(*asset, context);
        return known ? std::optional{Moved{known->contract, known}} : std::nullopt;
    }
    const auto address = read_account(*token, scope);
    return address ? std::optional{Moved{address, std::nullopt}} : std::nullopt;
}

/// "-5 USDC", "+1 ETH"; of an unknown token in base units.
void read_amount_of(const Node& node, const Moved& moved, Scope& scope, BalanceChange& out) {
    const auto text = node.text();
    if (!text) return;
    if (!text->starts_with('-') && !text->starts_with('+')) {
        return node.refuse(
            fmt::format("expected a sign, such as \"-5 USDC\", found \"{}\"", *text));
    }
    if (moved.asset && text->find(' ') == std::string::npos) {
        return node.refuse(
            fmt::format("expected a unit, such as \"-5 USDC\", found \"{}\"", *text));
    }
    out.is_increase = text->starts_with('+');
    auto unsigned_text = node.tree();
    unsigned_text.text.erase(0, 1);
    const Node rest{unsigned_text, node.path(), node.problems()};
    if (moved.asset) {
        out.amount = read_units(rest, scope, moved.asset).value_or(U256{});
        return;
    }
    const auto number = parse_decimal(unsigned_text.text);
    if (!number) return rest.refuse("expected base units in digits, such as \"-1\"");
    out.amount = *number;
}

std::optional<U256> read_token_id(const Node& node) {
    const auto text = node.text();
    if (!text) return std::nullopt;
    const auto id = parse_decimal(*text);
    if (!id) {
        node.refuse(fmt::format("expected the number of a token in digits, found \"{}\"", *text));
        return std::nullopt;
    }
    return *id;
}

std::optional<BalanceChange> read_change(const Node& section, Scope& scope) {
    if (!section.check_keys({"account", "asset", "token", "token_id", "change"}))
        return std::nullopt;
    const auto account_node = section.require("account", "self, or another account");
    const auto change = section.require("change", "what it gains or loses, such as \"-5 USDC\"");
    const auto moved = read_moved(section, scope);
    const auto account = account_node ? read_account(*account_node, scope) : std::nullopt;
    if (!account || !change || !moved) return std::nullopt;
    BalanceChange out{.account = *account, .token = moved->token, .amount = {}};
    read_amount_of(*change, *moved, scope, out);
    if (const auto id = section.find("token_id")) out.token_id = read_token_id(*id);
    return out;
}

std::optional<Verdict> read_verdict(const Node& section) {
    const auto node = section.require("verdict", "allow, review or deny");
    constexpr std::array kVerdicts{Verdict::deny, Verdict::review, Verdict::allow};
    return node ? read_word<Verdict>(*node, kVerdicts) : std::nullopt;
}

std::vector<std::string> read_codes(const Node& node) {
    std::vector<std::string> codes;
    for (const auto& item : node.items())
        if (auto code = item.text()) codes.push_back(*std::move(code));
    std::ranges::sort(codes);
    const auto doubles = std::ranges::unique(codes);
    codes.erase(doubles.begin(), doubles.end());
    return codes;
}

std::vector<std::string> read_effects(const Node& node) {
    std::vector<std::string> words;
    for (const auto& item : node.items())
        if (const auto kind = read_word<EffectKind>(item, all_effect_kinds()))
            words.emplace_back(to_string(*kind));
    return words;
}

}  // namespace

void read_simulation_of(const Node& section, Scope& scope, FixtureCase& out) {
    const auto node = section.find("simulation");
    if (!node) return;
    if (!node->check_keys({"outcome", "degraded", "age_blocks", "changes"})) return;
    SimulationFacts facts{.id = "fixture", .outcome = Outcome::success, .changes = {}};
    if (const auto outcome = node->find("outcome")) {
        constexpr std::array kOutcomes{Outcome::success, Outcome::reverted, Outcome::error};
        facts.outcome = read_word<Outcome>(*outcome, kOutcomes).value_or(Outcome::error);
    }
    if (const auto degraded = node->find("degraded")) facts.is_degraded = degraded->flag();
    if (const auto age = node->find("age_blocks")) {
        facts.age_blocks = age->number(0, std::numeric_limits<std::int64_t>::max()).value_or(0);
    }
    if (const auto changes = node->find("changes")) {
        for (const auto& item : changes->items())
            if (const auto change = read_change(item, scope)) facts.changes.push_back(*change);
    }
    out.simulation = std::move(facts);
}

void read_expectation(const Node& section, FixtureCase& out) {
    const auto node = section.require("expect", "{verdict: allow}, or {verdict: deny, codes: […]}");
    if (!node || !node->check_keys({"verdict", "codes", "effects"})) return;
    const auto verdict = read_verdict(*node);
    if (!verdict) return;
    out.expect.verdict = *verdict;
    const auto codes = node->find("codes");
    if (codes) out.expect.codes = read_codes(*codes);
    // A refusal for the wrong reason is no proof.
    if (*verdict == Verdict::allow && codes) codes->refuse("an allow has no reason codes");
    if (*verdict != Verdict::allow && out.expect.codes.empty()) {
        node->refuse("\"codes\" is missing; write every reason code that must be given");
    }
    if (const auto effects = node->find("effects")) out.expect.effects = read_effects(*effects);
}

}  // namespace chela::policy::analysis
