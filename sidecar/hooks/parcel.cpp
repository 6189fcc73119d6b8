#include "sidecar/hooks/parcel.hpp"

#include "chains/base/rfc3339.hpp"
#include "sidecar/hooks/event_type.hpp"

#include <fmt/format.h>

namespace chela::sidecar::hooks {
namespace {

/// @param data  a JSON object; put in as it is, so that it is never written anew
std::string envelope(const Parcel& parcel, TimePoint at, const std::string& data) {
    return fmt::format(
        R"({{"id":"{}","type":"{}","created_at":"{}","sequence":{},"data":{}}})", parcel.event_id,
        parcel.type, to_rfc3339(at), parcel.sequence, data);
}

}  // namespace

Parcel parcel_of(const store::EventRecord& event) {
    Parcel parcel{fmt::format("evt_{}", event.sequence), event.sequence, event.type, {}};
    parcel.body = envelope(parcel, event.at, event.body);
    return parcel;
}

Parcel test_parcel(
    const store::WebhookRecord& webhook, const std::string& delivery_id, TimePoint now) {
    Parcel parcel{"evt_test_" + delivery_id, 0, std::string{kTestEvent}, {}};
    parcel.body = envelope(parcel, now, fmt::format(R"({{"webhook_id":"{}"}})", webhook.id));
    return parcel;
}

}  // namespace chela::sidecar::hooks
