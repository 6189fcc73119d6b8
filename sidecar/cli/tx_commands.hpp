#pragma once

#include "sidecar/cli/commands.hpp"

#include <chrono>
#include <string>

namespace chela::sidecar::cli {

/// Prints a line whenever the transaction changes, until it is final or the time is over.
/// @return the exit status: 0 confirmed, 1 another end, 75 not final in time
int watch_transaction(const Session& session, const std::string& id, std::chrono::seconds timeout);

}  // namespace chela::sidecar::cli
