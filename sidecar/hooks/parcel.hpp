#pragma once

#include "sidecar/store/outbox.hpp"

#include <cstdint>
#include <string>

namespace chela::sidecar::hooks {

/// What is sent of one event. The same event always gives the same bytes.
struct Parcel {
    std::string event_id;     ///< "evt_<sequence>"; of a test "evt_test_<delivery>"
    std::int64_t sequence{};  ///< 0: a test
    std::string type;
    std::string body;  ///< {"id", "type", "created_at", "sequence", "data"} as JSON text
};

[[nodiscard]] Parcel parcel_of(const store::EventRecord& event);

/// An event of type "webhook.test" that is in no log. @param delivery_id  uuid
[[nodiscard]] Parcel test_parcel(
    const store::WebhookRecord& webhook, const std::string& delivery_id, TimePoint now);

}  // namespace chela::sidecar::hooks
