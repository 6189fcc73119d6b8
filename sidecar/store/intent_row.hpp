#pragma once

#include "sidecar/store/records.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <soci/soci.h>

namespace chela::sidecar::store {

/// A condition: holds a nonce and is not final.
inline constexpr std::string_view kIsOpen =
    "i.state IN ('reserved', 'signed', 'sign_only', 'broadcast', 'mined')";

/// @param where  what follows FROM: conditions over i.* (intents), order and limit, with as many
/// placeholders as values
[[nodiscard]] Result<std::vector<IntentRecord>> select_intents(
    soci::session& session, const std::string& where);
[[nodiscard]] Result<std::vector<IntentRecord>> select_intents(
    soci::session& session, const std::string& where, const std::string& first);
[[nodiscard]] Result<std::vector<IntentRecord>> select_intents(
    soci::session& session,
    const std::string& where,
    const std::string& first,
    const std::string& second);

/// @return not_found
[[nodiscard]] Result<IntentRecord> find_intent(soci::session& session, const std::string& id);

}  // namespace chela::sidecar::store
