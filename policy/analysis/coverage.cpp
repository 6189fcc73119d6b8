#include "policy/analysis/coverage.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::policy::analysis {
namespace {

void collect(const Condition& condition, std::vector<const Clause*>& out) {
    for (const auto& clause : condition.clauses)
        out.push_back(&clause);
    for (const auto& alternatives : condition.any)
        for (const auto& alternative : alternatives)
            collect(alternative, out);
}

std::vector<const Clause*> clauses_of(const Rule& rule) {
    std::vector<const Clause*> out;
    collect(rule.condition, out);
    return out;
}

}  // namespace

void Coverage::add(const Trace& trace) {
    for (const auto& of : trace.policies) {
        if (of.digest != policy_->digest) continue;
        for (const auto& rule : of.rules) {
            if (rule.matched) matched_.insert(rule.rule);
            for (const auto& [clause, truth] : rule.clauses)
                (truth == Truth::yes ? true_ : not_true_).insert(clause);
        }
    }
}

std::size_t Coverage::seen() const {
    return matched_.size() + true_.size() + not_true_.size();
}

std::size_t Coverage::possible() const {
    std::size_t count = policy_->rules.size();
    for (const auto& rule : policy_->rules)
        count += 2 * clauses_of(rule).size();
    return count;
}

unsigned Coverage::percent() const {
    const auto all = possible();
    return all == 0 ? 100 : static_cast<unsigned>(seen() * 100 / all);
}

std::vector<std::string> Coverage::unmatched_rules() const {
    std::vector<std::string> out;
    for (const auto& rule : policy_->rules)
        if (!matched_.contains(&rule))
            out.push_back(fmt::format("{} {}", to_string(rule.kind), rule.id));
    return out;
}

std::vector<std::string> Coverage::missing() const {
    std::vector<std::string> out;
    for (const auto& rule : policy_->rules) {
        if (!matched_.contains(&rule)) {
            out.push_back(
                fmt::format("{}: {} {} never matched", rule.where, to_string(rule.kind), rule.id));
        }
        for (const auto* clause : clauses_of(rule)) {
            const bool was_true = true_.contains(clause);
            if (was_true && not_true_.contains(clause)) continue;
            const auto* never = was_true                     ? "false"
                                : not_true_.contains(clause) ? "true"
                                                             : "looked at";
            out.push_back(fmt::format(
                "{}: {}: `{}` was never {}", clause->where, rule.id, clause->expected, never));
        }
    }
    return out;
}

}  // namespace chela::policy::analysis
