#include "policy/decide/judgement.hpp"
#include "policy/decide/window.hpp"
#include "policy/rules/hint.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::policy {
namespace {

std::string text_of_charge(const Judgement& of, const Budget& budget, const Bound& amount) {
    if (budget.counts_occasions()) {
        return amount ? to_decimal(*amount) : "an unlimited number";
    }
    if (budget.counts == Budget::Counts::amount && budget.asset) {
        return text_of_amount(amount, *budget.asset, of.policy());
    }
    return amount ? format_units(*amount, kNativeDecimals) : "an unlimited amount";
}

std::string usual_detail(const Budget& budget, const std::string& charge) {
    return fmt::format(
        "{} goes over the budget {}; take less, wait until earlier spending no longer counts, or "
        "ask an operator",
        charge, budget.id);
}

void refuse(Judgement& of, const BudgetTrace& trace) {
    const auto& budget = *trace.budget;
    const auto charge = text_of_charge(of, budget, trace.charge);
    auto detail = budget.hint.empty() ? usual_detail(budget, charge)
                                      : fill_hint(budget.hint, "charge", charge);
    auto limits = fmt::format(
        "{} ({} before, a limit of {})", detail, text_of_charge(of, budget, trace.before),
        budget.limit ? text_of_charge(of, budget, budget.limit) : "none");
    of.refusals.push_back(
        {.code = budget.code.empty() ? "E_BUDGET" : budget.code,
         .detail = std::move(detail),
         .limits = std::move(limits)});
}

}  // namespace

Bound charge_of_slot(const MeterKey& key, const Bound& total, const LedgerSnapshot& ledger) {
    if (!total) return std::nullopt;
    U256 old;
    for (const auto& [charge, slot, at] : ledger.spent) {
        if (slot != ledger.slot || charge.key != key) continue;
        const auto sum = add(old, charge.amount);
        if (!sum) return std::nullopt;
        old = *sum;
    }
    return std::max(old, *total);
}

void check_budgets(Judgement& of, const Totals& totals) {
    for (const auto& budget : of.policy().budgets) {
        const auto key = meter_key(of.bound, budget.scope, budget.meter);
        const auto total = totals.find(key);
        if (total == totals.end()) continue;
        if (budget.chain && budget.chain != of.facts.envelope.chain) continue;
        BudgetTrace trace;
        trace.budget = &budget;
        trace.before = spent_of(budget, key, of.facts.ledger, of.facts.now);
        trace.charge = charge_of_slot(key, total->second, of.facts.ledger);
        trace.after = sum_of(trace.before, trace.charge);
        trace.fits = trace.after && (!budget.limit || *trace.after <= *budget.limit);
        if (!trace.fits) refuse(of, trace);
        of.trace.budgets.push_back(trace);
    }
}

}  // namespace chela::policy
