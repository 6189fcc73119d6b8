#pragma once

#include "policy/decide/decide.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace chela::policy::analysis {

/// How much of one policy a set of decisions has put to the test: each rule matched once, and each
/// clause was true once and not true once.
class Coverage {
public:
    explicit Coverage(std::shared_ptr<const Policy> policy) : policy_{std::move(policy)} {}

    /// Takes the part of the trace that is of this policy; the decision must have been made with
    /// the very object.
    void add(const Trace& trace);

    [[nodiscard]] const Policy& policy() const { return *policy_; }
    [[nodiscard]] std::size_t seen() const;
    [[nodiscard]] std::size_t possible() const;
    /// Whole percents, rounded down; 100 when there is nothing to see.
    [[nodiscard]] unsigned percent() const;
    /// A line each: "FILE:LINE: permit pay never matched", "FILE:LINE: pay: `to in payees` was
    /// never false".
    [[nodiscard]] std::vector<std::string> missing() const;
    /// Ids of the rules that never matched, with their kind: "permit pay".
    [[nodiscard]] std::vector<std::string> unmatched_rules() const;

private:
    std::shared_ptr<const Policy> policy_;
    std::set<const Rule*> matched_;
    std::set<const Clause*> true_;
    std::set<const Clause*> not_true_;
};

}  // namespace chela::policy::analysis
