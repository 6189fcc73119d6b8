#include "tests/sidecar/store/fixture.hpp"

namespace chela::sidecar::store {
namespace {

BundleRecord bundle_of(std::string id, std::string agent = kAgent) {
    BundleRecord bundle;
    bundle.key = "key-" + agent + id;
    bundle.agent_id = std::move(agent);
    bundle.id = std::move(id);
    bundle.chain = "base";
    bundle.chain_id = kChain;
    bundle.calls = R"([{"to":"0x01"}])";
    bundle.created_at = kNow;
    return bundle;
}

std::vector<std::string> ids(const Result<std::vector<BundleRecord>>& bundles) {
    std::vector<std::string> out;
    for (const auto& bundle : *bundles)
        out.push_back(bundle.id);
    return out;
}

class Bundles : public StoreTest {};

TEST_F(Bundles, are_read_back_as_they_were_written) {
    expect_ok(store->insert_bundle(bundle_of("one")));
    const auto read = store->bundle(kAgent, "one");
    ASSERT_TRUE(read.has_value()) << read.error().detail;
    EXPECT_EQ(read->key, "key-agent-1one");
    EXPECT_EQ(read->agent_id, kAgent);
    EXPECT_EQ(read->chain, "base");
    EXPECT_EQ(read->chain_id, kChain);
    EXPECT_EQ(read->calls, bundle_of("one").calls);
    EXPECT_TRUE(read->is_open);
    EXPECT_EQ(read->error_code, "");
    EXPECT_EQ(read->created_at, kNow);
}

TEST_F(Bundles, have_names_that_are_unique_within_an_agent) {
    expect_ok(store->insert_agent(agent_of("agent-2"), audit_of("agent.created")));
    expect_ok(store->insert_bundle(bundle_of("one")));
    auto again = bundle_of("one");
    again.key = "another";
    const auto refused = store->insert_bundle(again);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "E_BUNDLE_ID");
    expect_ok(store->insert_bundle(bundle_of("one", "agent-2")));
    EXPECT_EQ(store->bundle("agent-2", "one")->agent_id, "agent-2");
    const auto unknown = store->bundle("agent-2", "two");
    ASSERT_FALSE(unknown.has_value());
    EXPECT_EQ(unknown.error().reason, "E_UNKNOWN_BUNDLE");
}

TEST_F(Bundles, stay_open_until_they_are_closed_once) {
    expect_ok(store->insert_bundle(bundle_of("b")));
    expect_ok(store->insert_bundle(bundle_of("a")));
    EXPECT_EQ(ids(store->open_bundles()), (std::vector<std::string>{"b", "a"}));
    expect_ok(store->close_bundle("key-agent-1b", "E_DENIED", "no"));
    expect_ok(store->close_bundle("key-agent-1b", "", ""));
    EXPECT_EQ(ids(store->open_bundles()), (std::vector<std::string>{"a"}));
    const auto closed = store->bundle(kAgent, "b");
    EXPECT_FALSE(closed->is_open);
    EXPECT_EQ(closed->error_code, "E_DENIED") << "what closed it first stays";
    EXPECT_EQ(closed->error_message, "no");
}

TEST_F(Bundles, of_one_agent_are_open_in_a_limited_number) {
    for (std::size_t i = 0; i < BundleStore::kMaxOpenBundles; ++i)
        expect_ok(store->insert_bundle(bundle_of(std::to_string(i))));
    const auto refused = store->insert_bundle(bundle_of("more"));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "E_BUNDLES_OPEN");
    expect_ok(store->close_bundle("key-agent-10", "", ""));
    expect_ok(store->insert_bundle(bundle_of("more")));
}

TEST_F(Bundles, find_their_intents_by_key_and_by_transaction) {
    bring("one", 0, IntentState::signed_);
    const auto found = store->intent_by_key(kAgent, "key-one");
    ASSERT_TRUE(found.has_value()) << found.error().detail;
    EXPECT_EQ(found->id, "one");
    EXPECT_EQ(store->intent_by_key("agent-2", "key-one").error().code, ErrorCode::not_found);
    EXPECT_EQ(store->intent_by_key(kAgent, "key-two").error().code, ErrorCode::not_found);
    EXPECT_EQ(store->intent_by_transaction(kAgent, hash_of(1))->id, "one");
    EXPECT_EQ(
        store->intent_by_transaction("agent-2", hash_of(1)).error().code, ErrorCode::not_found);
    EXPECT_EQ(store->intent_by_transaction(kAgent, hash_of(2)).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace chela::sidecar::store
