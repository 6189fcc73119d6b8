#include "policy/decide/judgement.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::policy {

void merge_quorum(
    std::optional<Quorum>& into, const Quorum& other, std::vector<Violation>& refusals) {
    if (!into) {
        into = other;
        return;
    }
    if (into->of != other.of) {
        const auto text = fmt::format(
            "it needs both {} and {} to agree, and one approval speaks for one group", into->of,
            other.of);
        refusals.push_back({.code = "E_QUORUM_CONFLICT", .detail = text, .limits = text});
    }
    into->minimum = std::max(into->minimum, other.minimum);
    into->ttl = std::min(into->ttl, other.ttl);
}

bool is_satisfied(const Quorum& quorum, const ApprovalFacts& approvals) {
    return approvals.approvers.size() >= std::max(quorum.minimum, 1U);
}

}  // namespace chela::policy
