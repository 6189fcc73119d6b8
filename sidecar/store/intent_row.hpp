#pragma once

#include "sidecar/store/records.hpp"
#include "sidecar/store/session.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace chela::sidecar::store {

/// A condition: holds a reservation and is not final.
inline constexpr std::string_view kIsHeld =
    "i.state IN ('reserved', 'signed', 'sign_only', 'broadcast', 'stalled', 'cancelling', 'mined')";
/// A condition: holds a nonce and is not final.
inline constexpr std::string_view kIsOpen =
    "i.state IN ('reserved', 'signed', 'sign_only', 'broadcast', 'stalled', 'cancelling', 'mined') "
    "AND i.nonce IS NOT NULL";

/// @param where  what follows FROM: conditions over i.* (intents), order and limit, with as many
/// placeholders as values
[[nodiscard]] Result<std::vector<IntentRecord>> select_intents(
    Session& session, const std::string& where);
[[nodiscard]] Result<std::vector<IntentRecord>> select_intents(
    Session& session, const std::string& where, const std::string& first);
[[nodiscard]] Result<std::vector<IntentRecord>> select_intents(
    Session& session,
    const std::string& where,
    const std::string& first,
    const std::string& second);

/// @return not_found
[[nodiscard]] Result<IntentRecord> find_intent(Session& session, const std::string& id);

}  // namespace chela::sidecar::store
