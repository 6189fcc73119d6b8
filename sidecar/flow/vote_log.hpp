#pragma once

#include "sidecar/store/store.hpp"

#include <cstdint>
#include <mutex>
#include <optional>

namespace chela::sidecar::flow {

/// Tells the log how people voted ("approval_voted") and what that denied ("intent_denied"),
/// whichever door they came through: the audit chain has all of it in order.
/// Threads: safe.
class VoteLog {
public:
    /// The votes since the last call, once each; the first call only finds where the chain ends.
    /// Blocking. @return as the store
    [[nodiscard]] Status catch_up(store::Store& store);

private:
    std::mutex mutex_;
    std::optional<std::int64_t> seen_;  ///< the last sequence number that was looked at
};

}  // namespace chela::sidecar::flow
