#pragma once

#include "sidecar/http/message.hpp"
#include "sidecar/store/records.hpp"

#include <string>
#include <string_view>

namespace chela::sidecar::api {

/// 1 to 255 visible ASCII characters? @param name  for the error
/// @return invalid_input E_IDEMPOTENCY_KEY
[[nodiscard]] Status check_idempotency_key(std::string_view key, std::string_view name);

/// The caller's Idempotency-Key, or a fresh one. @return invalid_input E_IDEMPOTENCY_KEY
[[nodiscard]] Result<std::string> idempotency_key(const http::Request& request);

/// The answer with the key it goes by, and whether it was given before.
[[nodiscard]] http::Response with_idempotency(
    http::Response response, const std::string& key, bool is_replay);

/// Notes for the access log which intent a request led to, and the decision about it.
void leave_footprint(http::Footprint& footprint, const store::IntentRecord& intent);

}  // namespace chela::sidecar::api
