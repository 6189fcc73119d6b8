#pragma once

#include "policy/decide/decide.hpp"
#include "policy/decide/levels.hpp"

#include <span>
#include <vector>

namespace chela::policy {

/// Who is paid, granted or called: E_TO_NOT_ALLOWED.
void check_recipients(
    const DecisionInput& input, std::span<const Level> levels, std::vector<Violation>& violations);
/// Which tokens move or are granted: E_TOKEN_NOT_ALLOWED.
void check_tokens(
    const DecisionInput& input, std::span<const Level> levels, std::vector<Violation>& violations);
/// What no list lifts, or only a list that names the target: E_GRANT_UNBOUNDED, E_OPAQUE_CALL,
/// E_NON_CANONICAL, E_DEPLOY, E_NO_EFFECT.
void check_kinds(
    const DecisionInput& input, std::span<const Level> levels, std::vector<Violation>& violations);

}  // namespace chela::policy
