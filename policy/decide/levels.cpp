#include "policy/decide/levels.hpp"

#include <algorithm>
#include <utility>

namespace chela::policy {

std::vector<Level> levels_on(const Guardrails& guardrails, ChainId chain) {
    std::vector<Level> levels{Level{&guardrails.everywhere, std::nullopt}};
    const auto found = guardrails.per_chain.find(chain.value);
    if (found != guardrails.per_chain.end()) levels.push_back(Level{&found->second.second, chain});
    return levels;
}

void add(std::vector<Violation>& violations, std::string_view code, std::string detail) {
    Violation violation{std::string{code}, std::move(detail)};
    if (std::ranges::find(violations, violation) == violations.end()) {
        violations.push_back(std::move(violation));
    }
}

}  // namespace chela::policy
