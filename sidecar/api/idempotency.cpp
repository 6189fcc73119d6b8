#include "sidecar/api/idempotency.hpp"

#include "sidecar/edge/entropy.hpp"

#include <algorithm>

namespace chela::sidecar::api {

Result<std::string> idempotency_key(const http::Request& request) {
    constexpr std::size_t kMaxIdempotencyKey = 255;
    const auto given = request.header("idempotency-key");
    if (!given) return random_uuid();
    const bool is_visible =
        std::ranges::all_of(*given, [](char c) { return c > 0x20 && c < 0x7f; });
    if (given->empty() || given->size() > kMaxIdempotencyKey || !is_visible) {
        return fail(
            ErrorCode::invalid_input,
            "Idempotency-Key: 1 to 255 visible ASCII characters without blanks",
            "E_IDEMPOTENCY_KEY");
    }
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
