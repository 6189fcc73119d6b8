#pragma once

#include "chains/base/units.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace chela::sidecar::auth {

enum class PrincipalKind : std::uint8_t { agent, admin };

/// "agent" or "admin"
[[nodiscard]] std::string_view to_string(PrincipalKind kind);

/// Who is calling, after authentication.
struct Principal {
    PrincipalKind kind{PrincipalKind::agent};
    std::string id;                           ///< agent id, or the admin key's id
    bool intents_api_enabled{};               ///< as stamped into the JWT
    bool only_approves{};                     ///< of an admin key: it changes nothing but approvals
    TimePoint holds_until{TimePoint::max()};  ///< when what it brought has ended by itself
};

}  // namespace chela::sidecar::auth
