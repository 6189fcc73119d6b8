#include "sidecar/hooks/event_type.hpp"

#include <gmock/gmock.h>

namespace chela::sidecar::hooks {
namespace {

using testing::Contains;
using testing::HasSubstr;

TEST(event_type, every_state_can_be_asked_for_of_transactions_and_of_signatures) {
    const auto known = known_filters();
    for (const auto* filter :
         {"*", "transaction.*", "signature.*", "transaction.received", "transaction.signed",
          "transaction.confirmed", "transaction.replaced", "signature.signed_message",
          "signature.denied"})
        EXPECT_THAT(known, Contains(filter));
    EXPECT_TRUE(check_filters({"transaction.confirmed", "signature.*"}));
    EXPECT_FALSE(check_filters({"signature.replaced"})) << "no nonce, nothing to replace";
}

TEST(event_type, what_is_unknown_is_refused_with_the_known_ones) {
    for (const auto* filter :
         {"transaction.conifrmed", "transactions.*", "", "transaction.", "**", "webhook.test",
          "Transaction.confirmed", " *"}) {
        const auto refused = check_filters({"*", filter});
        ASSERT_FALSE(refused) << filter;
        EXPECT_EQ(refused.error().code, ErrorCode::invalid_input);
        EXPECT_EQ(refused.error().reason, "E_WEBHOOK_EVENTS");
        EXPECT_THAT(refused.error().detail, HasSubstr("transaction.confirmed"));
    }
    EXPECT_LT(check_filters({std::string(100'000, 'x')}).error().detail.size(), 3'000U);
}

TEST(event_type, none_and_twice_are_refused) {
    EXPECT_FALSE(check_filters({}));
    EXPECT_FALSE(check_filters({"*", "*"}));
}

TEST(event_type, filters_ask_for_exactly_what_they_say) {
    EXPECT_TRUE(is_wanted({"transaction.confirmed"}, "transaction.confirmed"));
    EXPECT_FALSE(is_wanted({"transaction.confirmed"}, "transaction.confirmed.more"));
    EXPECT_FALSE(is_wanted({"transaction.confirmed"}, "signature.confirmed"));
    EXPECT_TRUE(is_wanted({"signature.denied", "transaction.*"}, "transaction.denied"));
    EXPECT_FALSE(is_wanted({"transaction.*"}, "signature.denied"));
    EXPECT_FALSE(is_wanted({"transaction.*"}, "transactions"));
    EXPECT_TRUE(is_wanted({"*"}, "signature.denied"));
    EXPECT_TRUE(is_wanted({"transaction.*"}, "transaction.of_a_later_version"));
    EXPECT_FALSE(is_wanted({}, "transaction.denied"));
}

}  // namespace
}  // namespace chela::sidecar::hooks
