#pragma once

#include "chains/base/units.hpp"
#include "sidecar/store/outbox.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace chela::sidecar::hooks {

inline constexpr std::string_view kSecretPrefix = "whsec_";
/// How long the secret before a rotation signs as well.
inline constexpr std::chrono::hours kRotationTime{24};

/// "v1=" and 64 hex digits for each secret, joined by ",": HMAC-SHA256 under the secret's text
/// (its prefix included) over the timestamp's digits, "." and the body. Source: RFC 2104.
/// @param timestamp  Unix time in seconds, as in X-Chela-Timestamp
/// @param secrets    at least one, the current one first
[[nodiscard]] std::string signature_header(
    const std::vector<std::string_view>& secrets, std::int64_t timestamp, std::string_view body);

/// The secrets of a webhook that hold at `now`. Views into the record.
[[nodiscard]] std::vector<std::string_view> secrets_at(
    const store::WebhookRecord& webhook, TimePoint now);

/// `fresh` signs from now on, the one before for kRotationTime more.
void rotate_secret(store::WebhookRecord& webhook, std::string_view fresh, TimePoint now);

}  // namespace chela::sidecar::hooks
