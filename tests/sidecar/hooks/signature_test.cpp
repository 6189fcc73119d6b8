#include "sidecar/hooks/signature.hpp"

#include "chains/base/json.hpp"
#include "chains/base/rfc3339.hpp"
#include "sidecar/hooks/parcel.hpp"
#include "tests/policy/build.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::hooks {
namespace {

using namespace std::chrono_literals;
using test::kNow;
using testing::ElementsAre;

// Made with Python's hmac: HMAC-SHA256(secret, '1700000000.{"a":1}').
constexpr const char* kNew = "v1=e8dddd2062d71761004bf7a203f96314721871cce1a41057a9e2fdf6d91a3735";
constexpr const char* kOld = "v1=b9d801502bb535e960ee9aeee7a294b082bda5089d79c7db610b85116ce6faa6";

TEST(webhook_signature, is_the_hmac_over_timestamp_and_body) {
    EXPECT_EQ(signature_header({"whsec_new"}, 1'700'000'000, R"({"a":1})"), kNew);
    EXPECT_NE(signature_header({"whsec_new"}, 1'700'000'001, R"({"a":1})"), kNew);
    EXPECT_NE(signature_header({"whsec_new"}, 1'700'000'000, R"({"a":2})"), kNew);
}

TEST(webhook_signature, of_a_rotated_secret_stands_beside_the_new_one_for_a_day) {
    store::WebhookRecord webhook;
    webhook.secret = "whsec_old";
    EXPECT_THAT(secrets_at(webhook, kNow), ElementsAre("whsec_old"));
    rotate_secret(webhook, "whsec_new", kNow);
    EXPECT_THAT(secrets_at(webhook, kNow), ElementsAre("whsec_new", "whsec_old"));
    EXPECT_THAT(secrets_at(webhook, kNow + 24h - 1ms), ElementsAre("whsec_new", "whsec_old"));
    EXPECT_THAT(secrets_at(webhook, kNow + 24h), ElementsAre("whsec_new"));
    EXPECT_EQ(
        signature_header(secrets_at(webhook, kNow), 1'700'000'000, R"({"a":1})"),
        std::string{kNew} + "," + kOld);
    rotate_secret(webhook, "whsec_newest", kNow + 1h);
    EXPECT_THAT(secrets_at(webhook, kNow + 1h), ElementsAre("whsec_newest", "whsec_new"));
}

TEST(webhook_parcel, holds_the_event_as_it_was_written) {
    const store::EventRecord event{
        42, kNow, "agent", "intent", "transaction.denied", R"({"nonce":null,"x":"é\n"})"};
    const auto parcel = parcel_of(event);
    EXPECT_EQ(parcel.event_id, "evt_42");
    const auto json = parse_json(parcel.body);
    ASSERT_TRUE(json) << parcel.body;
    EXPECT_EQ(json->at("id"), "evt_42");
    EXPECT_EQ(json->at("sequence"), 42);
    EXPECT_EQ(json->at("type"), "transaction.denied");
    EXPECT_EQ(json->at("created_at"), to_rfc3339(kNow));
    EXPECT_NE(parcel.body.find(event.body), std::string::npos) << "byte by byte";
    EXPECT_EQ(parcel_of(event).body, parcel.body);
}

TEST(webhook_parcel, of_a_test_is_in_no_log) {
    store::WebhookRecord webhook;
    webhook.id = "w";
    const auto parcel = test_parcel(webhook, "d", kNow);
    EXPECT_EQ(parcel.event_id, "evt_test_d");
    EXPECT_EQ(parcel.sequence, 0);
    EXPECT_EQ(parcel.type, "webhook.test");
    EXPECT_EQ(parse_json(parcel.body)->at("data").at("webhook_id"), "w");
}

}  // namespace
}  // namespace chela::sidecar::hooks
