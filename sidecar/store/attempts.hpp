#pragma once

#include "sidecar/store/records.hpp"
#include "sidecar/store/session.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace chela::sidecar::store {

// Each runs inside the caller's transaction.

/// In order.
[[nodiscard]] Result<std::vector<AttemptRecord>> select_attempts(
    Session& session, const std::string& intent_id);

/// The attempt whose preimage is reserved.
struct ReservedAttempt {
    unsigned number = 1;
    chains::lane::AttemptKind kind{chains::lane::AttemptKind::normal};
    bool is_signed{};
};
/// @return not_found: nothing is reserved
[[nodiscard]] Result<ReservedAttempt> reserved_attempt(
    Session& session, const std::string& intent_id);

/// What several intents have, by their ids.
[[nodiscard]] Result<std::map<std::string, std::vector<AttemptRecord>>> attempts_of(
    Session& session, const std::vector<std::string>& intent_ids);
[[nodiscard]] Result<std::map<std::string, ReservedAttempt>> reserved_attempts_of(
    Session& session, const std::vector<std::string>& intent_ids);

void insert_attempt(
    Session& session,
    const std::string& intent_id,
    const ReservedAttempt& attempt,
    const Bytes& signed_bytes,
    const TxHash& hash,
    TimePoint at);

}  // namespace chela::sidecar::store
