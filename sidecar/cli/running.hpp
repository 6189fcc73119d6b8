#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "sidecar/config/config.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace chela::sidecar::cli {

/// Where a running chela is asked: at its admin socket alone, or at the first of its listeners that
/// is there.
enum class Door : std::uint8_t { admin, any };

struct RunningAnswer {
    unsigned status{};
    Json body;
};

/// Asks the chela that serves this configuration's state directory. Blocking.
/// @param method  "GET" or "POST", without a body
/// @param limit   for all of it
/// @return unavailable E_NOT_RUNNING: nobody listens; invalid_input E_ADMIN_OFF: the admin door is
/// off; timed_out; bad_response: what listens there is no chela
[[nodiscard]] Result<RunningAnswer> ask_running(
    const config::Config& config,
    Door door,
    const std::string& method,
    const std::string& target,
    std::chrono::milliseconds limit);

}  // namespace chela::sidecar::cli
