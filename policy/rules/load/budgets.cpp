#include "policy/rules/load/sections.hpp"
#include "policy/rules/load/values.hpp"

#include <limits>

#include <fmt/format.h>

namespace chela::policy::load {
namespace {

using Counts = Budget::Counts;
using Scope = Budget::Scope;
using Window = Budget::Window;

void read_window(const Node& node, Budget& budget) {
    const auto text = node.text();
    if (!text) return;
    if (*text == "utc-day") {
        budget.window = Window::utc_day;
    } else if (*text == "unlimited") {
        budget.window = Window::unlimited;
    } else if (*text == "signature") {
        budget.window = Window::signature;
    } else if (const auto length = parse_duration(*text)) {
        budget.window = Window::sliding;
        budget.length = *length;
    } else {
        node.refuse(fmt::format(
            "found \"{}\"; write a time from 1s to 3650d such as 90s, 5m, 24h or 7d, or utc-day, "
            "unlimited or signature",
            *text));
    }
}

/// What is counted, of which asset, and how much of it.
void read_limit(const Node& node, const Context& context, Budget& budget) {
    const auto limit = node.require("limit", "an amount such as \"100 USDC\"");
    const auto asset = node.find("asset");
    if (asset) budget.asset = read_asset(*asset, context);
    if (!limit || (asset && !budget.asset)) return;
    switch (budget.counts) {
        case Counts::amount:
            if (!asset) return node.refuse("\"asset\" is missing; write what is counted");
            if (const auto amount = read_amount(*limit, context, budget.asset)) {
                budget.limit = amount->amount;
            }
            return;
        case Counts::max_fee:
            if (budget.asset && budget.asset->contract) {
                return asset->refuse("fees are paid in native currency; write native@CHAIN");
            }
            // Fees of other chains are another currency.
            if (budget.asset) budget.chain = budget.asset->chain;
            if (const auto fee = read_wei(*limit, context)) budget.limit = fee->value;
            return;
        case Counts::effects:
        case Counts::signatures:
            if (asset) return asset->refuse("a number has no asset; leave it out");
            if (const auto count = limit->number(0, std::numeric_limits<std::int64_t>::max())) {
                budget.limit = U256{*count};
            }
            return;
    }
    bug("a Budget::Counts that does not exist");
}

Budget read_budget(const std::string& id, const Node& node, const Context& context) {
    Budget budget;
    budget.id = budget.meter = id;
    budget.where = node.where();
    if (!is_id(id)) node.refuse("a budget's name has 1 to 64 characters of a-z, 0-9 and -");
    if (!node.check_keys({"asset", "limit", "window", "scope", "counts"})) return budget;
    if (const auto counts = node.find("counts")) {
        const auto found =
            read_words<Counts>(*counts, parse_counts, "amount, effects, max_fee or signatures");
        if (found.size() == 1) {
            budget.counts = found.front();
        } else {
            counts->refuse("expected one of amount, effects, max_fee or signatures");
        }
    }
    if (const auto scope = node.find("scope")) {
        const auto found = read_words<Scope>(*scope, parse_scope, "agent, policy or organization");
        if (found.size() == 1) {
            budget.scope = found.front();
        } else {
            scope->refuse("expected one of agent, policy or organization");
        }
    }
    if (const auto window = node.require("window", "24h, utc-day or unlimited")) {
        read_window(*window, budget);
    }
    read_limit(node, context, budget);
    return budget;
}

}  // namespace

void read_budgets(const Node& document, Context& context) {
    const auto section = document.find("budgets");
    if (!section) return;
    for (const auto& [id, node] : section->entries())
        context.policy.budgets.push_back(read_budget(id, node, context));
}

}  // namespace chela::policy::load
