#pragma once

#include "sidecar/store/records.hpp"
#include "sidecar/store/session.hpp"

#include <optional>
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

/// What decides which way an intent may go.
struct IntentHead {
    std::string id;
    IntentState state{IntentState::received};
    policy::Operation operation{policy::Operation::transaction};
    bool sign_only = false;
    bool is_signed = false;  ///< a signature of it is stored
    chains::lane::Goal goal{chains::lane::Goal::execute};
    ChainId chain_id;
    Address from;
    std::optional<BlockHash> block_hash;
};
/// @return not_found
[[nodiscard]] Result<IntentHead> find_head(Session& session, const std::string& id);

}  // namespace chela::sidecar::store
