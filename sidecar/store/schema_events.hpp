#pragma once

namespace chela::sidecar::store {

/// The log of events, and the webhooks that they go to.
[[nodiscard]] const char* events_schema();
/// An event of its own for what takes a signed transaction's place: its state stays, its hash does
/// not.
[[nodiscard]] const char* replacement_events_schema();

}  // namespace chela::sidecar::store
