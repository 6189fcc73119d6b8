#include "sidecar/api/idempotency.hpp"

#include "sidecar/edge/entropy.hpp"

#include <algorithm>

namespace chela::sidecar::api {

Status check_idempotency_key(std::string_view key, std::string_view name) {
    constexpr std::size_t kMaxIdempotencyKey = 255;
    const bool is_visible = std::ranges::all_of(key, [](char c) { return c > 0x20 && c < 0x7f; });
    if (!key.empty() && key.size() <= kMaxIdempotencyKey && is_visible) return {};
    return fail(
        ErrorCode::invalid_input,
        std::string{name} + ": 1 to 255 visible ASCII characters without blanks",
        "E_IDEMPOTENCY_KEY");
}

Result<std::string> idempotency_key(const http::Request& request) {
    const auto given = request.header("idempotency-key");
    if (!given) return random_uuid();
    if (auto ok = check_idempotency_key(*given, "Idempotency-Key"); !ok)
        return std::unexpected{ok.error()};
    return std::string{*given};
}

http::Response with_idempotency(http::Response response, const std::string& key, bool is_replay) {
    response.headers.emplace_back("Idempotency-Key", key);
    if (is_replay) response.headers.emplace_back("Idempotent-Replayed", "true");
    return response;
}

void leave_footprint(http::Footprint& footprint, const store::IntentRecord& intent) {
    footprint.intent_id = intent.id;
    footprint.decision_id = intent.decision_id;
}

}  // namespace chela::sidecar::api
