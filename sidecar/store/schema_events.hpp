#pragma once

namespace chela::sidecar::store {

/// The log of events, and the webhooks that they go to.
[[nodiscard]] const char* events_schema();

}  // namespace chela::sidecar::store
