#include "sidecar/telemetry/signer_log.hpp"

#include "sidecar/telemetry/log.hpp"

namespace chela::sidecar::log {

void SignerLog::signature_made(std::chrono::nanoseconds took) {
    const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(took);
    event(Level::debug, "signature_made", {{"duration_us", microseconds.count()}});
}

void SignerLog::queue_depth(std::size_t waiting) {
    event(Level::debug, "signer_queue", {{"waiting", waiting}});
}

void SignerLog::calls_hanging(std::size_t calls) {
    const auto level = calls == 0 ? Level::info : Level::error;
    event(level, "signer_calls_hanging", {{"calls", calls}});
}

void SignerLog::failed(std::string_view cause) {
    event(Level::warn, "signer_failed", {{"cause", cause}});
}

}  // namespace chela::sidecar::log
