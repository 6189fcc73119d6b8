#include "sidecar/flow/chains.hpp"

#include "chains/base/hex.hpp"
#include "tests/sidecar/flow/world.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::flow {
namespace {

using testing::HasSubstr;
using testing::Not;

store::ChainRecord gnosis() {
    store::ChainRecord record;
    record.chain.name = "gnosis";
    record.chain.chain_id = ChainId{100};
    record.chain.display_name = "Gnosis";
    record.chain.native_currency = "xDAI";
    record.rpc_url = "https://user:secret@node.example/v2/secretkey";
    record.max_fee_per_transaction = wei(7);
    return record;
}

template <class T>
std::string reason(const Result<T>& result) {
    return result ? "accepted" : result.error().reason;
}

class chains_desk : public testing::Test {
protected:
    chains_desk() {
        auto opened = store::open_sqlite(folder.path() / "chela.db", store::OpenMode::create);
        if (!opened) bug(opened.error().detail);
        store = std::move(*opened);
        desk.emplace(*store, clock, std::vector{base_chain()});
    }
    [[nodiscard]] store::AuditRecord last_audit() const {
        return store->audit_records(0, 100)->back();
    }

    test::TempDir folder;
    FixedClock clock;
    std::unique_ptr<store::Store> store;
    std::optional<Chains> desk;
};

TEST_F(chains_desk, adds_a_chain_with_its_times_and_records_it_without_the_secret) {
    const auto made = desk->add(gnosis(), "admin:a");
    ASSERT_TRUE(made.has_value()) << made.error().detail;
    EXPECT_EQ(made->created_at, clock.time);
    EXPECT_EQ(made->updated_at, clock.time);
    EXPECT_EQ(store->chains()->front(), *made);
    const auto audit = last_audit();
    EXPECT_EQ(audit.actor, "admin:a");
    EXPECT_EQ(audit.action, "chain.created");
    EXPECT_EQ(audit.subject, "gnosis");
    EXPECT_THAT(audit.detail, HasSubstr("https://node.example:443"));
    EXPECT_THAT(audit.detail, HasSubstr("\"max_fee_per_transaction\":\"7\""));
    EXPECT_THAT(audit.detail, Not(HasSubstr("secret")));
}

TEST_F(chains_desk, leaves_the_chains_of_the_configuration_alone) {
    auto same_id = gnosis();
    same_id.chain.name = "ours";
    same_id.chain.chain_id = base_chain().chain_id;
    const auto refused = desk->add(same_id, "operator");
    EXPECT_EQ(reason(refused), "E_CHAIN_CONFIGURED");
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
    EXPECT_THAT(refused.error().detail, HasSubstr("chela.yaml has the chain base (8453)"));
    const auto nothing = [](store::ChainRecord&) -> Status { return {}; };
    EXPECT_EQ(
        reason(desk->update(base_chain().chain_id, "operator", nothing)), "E_CHAIN_CONFIGURED");
    EXPECT_EQ(reason(desk->remove(base_chain().chain_id, "operator")), "E_CHAIN_CONFIGURED");
    EXPECT_TRUE(store->chains()->empty());
}

TEST_F(chains_desk, changes_a_chain_and_records_what_it_is_then) {
    ASSERT_TRUE(desk->add(gnosis(), "operator").has_value());
    clock.time += std::chrono::hours{1};
    const auto changed =
        desk->update(ChainId{100}, "operator", [](store::ChainRecord& record) -> Status {
            record.chain.is_enabled = false;
            return {};
        });
    ASSERT_TRUE(changed.has_value()) << changed.error().detail;
    EXPECT_EQ(changed->updated_at, clock.time);
    EXPECT_EQ(last_audit().action, "chain.updated");
    EXPECT_EQ(last_audit().subject, "gnosis");
    EXPECT_THAT(last_audit().detail, HasSubstr("\"is_enabled\":false"));
}

TEST_F(chains_desk, takes_no_change_that_leaves_a_signing_chain_without_limit_or_node) {
    ASSERT_TRUE(desk->add(gnosis(), "operator").has_value());
    const auto without_limit =
        desk->update(ChainId{100}, "operator", [](store::ChainRecord& record) -> Status {
            record.max_fee_per_transaction.reset();
            return {};
        });
    EXPECT_EQ(reason(without_limit), "E_CHAIN_FEE_LIMIT");
    const auto without_node =
        desk->update(ChainId{100}, "operator", [](store::ChainRecord& record) -> Status {
            record.rpc_url.clear();
            return {};
        });
    EXPECT_EQ(reason(without_node), "E_CHAIN_NO_NODE");
    EXPECT_TRUE(store->chains()->front().max_fee_per_transaction.has_value());
    EXPECT_EQ(last_audit().action, "chain.created");
}

TEST_F(chains_desk, removes_a_chain) {
    ASSERT_TRUE(desk->add(gnosis(), "operator").has_value());
    EXPECT_TRUE(desk->remove(ChainId{100}, "operator").has_value());
    EXPECT_EQ(last_audit().action, "chain.removed");
    EXPECT_EQ(reason(desk->remove(ChainId{100}, "operator")), "E_NO_CHAIN");
}

TEST(check_chain, says_what_a_chain_that_is_to_sign_needs) {
    auto record = gnosis();
    record.max_fee_per_transaction.reset();
    const auto refused = check_chain(record);
    EXPECT_EQ(reason(refused), "E_CHAIN_FEE_LIMIT");
    EXPECT_THAT(refused.error().detail, HasSubstr("max_fee_per_transaction is required"));
    EXPECT_THAT(refused.error().detail, HasSubstr("0.01 xDAI"));
    record.chain.is_enabled = false;
    record.rpc_url.clear();
    EXPECT_TRUE(check_chain(record).has_value()) << "a disabled one may lack both";
}

TEST(check_chain, bounds_every_member) {
    const auto changed = [](auto edit) {
        auto record = gnosis();
        edit(record);
        return reason(check_chain(record));
    };
    EXPECT_EQ(changed([](auto&) {}), "accepted");
    EXPECT_EQ(changed([](auto& r) { r.chain.name = "Gnosis"; }), "E_CHAIN_NAME");
    EXPECT_EQ(changed([](auto& r) { r.chain.name = "100"; }), "E_CHAIN_NAME");
    EXPECT_EQ(changed([](auto& r) { r.chain.name = "base"; }), "E_CHAIN_NAME");
    EXPECT_EQ(changed([](auto& r) { r.chain.chain_id = ChainId{101}; }), "E_CHAIN_NAME");
    EXPECT_EQ(
        changed([](auto& r) {
            r.chain.name = "zone";
            r.chain.chain_id = ChainId{0};
        }),
        "E_CHAIN_FIELD");
    EXPECT_EQ(changed([](auto& r) { r.chain.display_name = ""; }), "E_CHAIN_FIELD");
    EXPECT_EQ(changed([](auto& r) { r.chain.display_name = "a\x1b[2J"; }), "E_CHAIN_FIELD");
    EXPECT_EQ(
        changed([](auto& r) { r.chain.display_name = std::string(101, 'x'); }), "E_CHAIN_FIELD");
    EXPECT_EQ(changed([](auto& r) { r.chain.native_currency = "x DAI"; }), "E_CHAIN_FIELD");
    EXPECT_EQ(changed([](auto& r) { r.chain.confirmations = 0; }), "E_CHAIN_FIELD");
    EXPECT_EQ(changed([](auto& r) { r.chain.confirmations = 10'001; }), "E_CHAIN_FIELD");
    EXPECT_EQ(
        changed([](auto& r) { r.chain.block_time = std::chrono::hours{1}; }), "E_CHAIN_FIELD");
    EXPECT_EQ(changed([](auto& r) { r.chain.block_time = {}; }), "E_CHAIN_FIELD");
    EXPECT_EQ(changed([](auto& r) { r.rpc_url = "http://node.example"; }), "E_CHAIN_INSECURE_URL");
    EXPECT_EQ(changed([](auto& r) { r.ws_url = "http://node.example"; }), "E_CHAIN_URL");
    EXPECT_EQ(changed([](auto& r) { r.chain.explorer_url = "x"; }), "E_CHAIN_URL");
}

TEST(usable_chain, allows_no_fee_without_a_limit) {
    auto record = gnosis();
    EXPECT_EQ(usable_chain(record).max_fee_per_transaction, wei(7));
    EXPECT_TRUE(listing_of(record).has_fee_limit);
    record.max_fee_per_transaction.reset();
    EXPECT_EQ(usable_chain(record).max_fee_per_transaction, Wei{});
    EXPECT_FALSE(listing_of(record).has_fee_limit);
    EXPECT_FALSE(listing_of(record).is_configured);
    EXPECT_EQ(listing_of(record).rpc_origin, "https://node.example:443");
}

class disabled_chain : public World {
protected:
    static IntentRequest request() {
        auto out = request_to_alice();
        out.chain.is_enabled = false;
        return out;
    }
};

TEST_F(disabled_chain, gets_no_new_intents) {
    const auto refused = submit("a", request());
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::denied);
    EXPECT_EQ(refused.error().reason, "E_CHAIN_DISABLED");
    EXPECT_EQ(node->calls.size(), 0U) << "the node is not asked";
    EXPECT_EQ(highest_nonce(), std::nullopt);
    const auto again = submit("a", request());
    ASSERT_TRUE(again.has_value());
    EXPECT_TRUE(again->is_replay);
    EXPECT_EQ(again->intent.state, IntentState::failed);
    EXPECT_EQ(again->intent.error_code, "E_CHAIN_DISABLED");
}

TEST_F(disabled_chain, signs_no_message) {
    const SignatureRequest message{
        request().chain, {}, chains::Preimage::Content{chains::PersonalMessage{{1, 2, 3}}}};
    EXPECT_EQ(reason(submit("m", message)), "E_CHAIN_DISABLED");
}

TEST_F(disabled_chain, keeps_answering_for_what_was_submitted_before) {
    const auto id = submitted("a", IntentState::broadcast);
    const auto again = submit("a", request());
    ASSERT_TRUE(again.has_value()) << again.error().detail;
    EXPECT_TRUE(again->is_replay);
    EXPECT_EQ(again->intent.id, id);
    EXPECT_EQ(again->intent.state, IntentState::broadcast);
}

TEST_F(disabled_chain, has_its_open_intents_followed_to_their_end) {
    const auto id = submitted("a", IntentState::broadcast);
    auto chain = base_chain();
    chain.is_enabled = false;
    auto set = std::make_shared<ChainSet>(*process->services.chains);
    set->registry = *chains::Registry::make({chain});
    process->services.chains = set;
    node->mine();
    expect_reaches(id, IntentState::confirmed);
}

class renamed_chain : public World {};

TEST_F(renamed_chain, does_not_get_what_was_held_for_the_chain_of_that_name_before) {
    use_policy(R"(
schema: chela.policy/1
id: treasury
version: 1
budgets:
  eth-day: {asset: native@8453, limit: "5 ETH", window: 24h}
envelope: {chains: [8453], tx_types: [2], max_total_fee: "0.1 ETH"}
permit:
  - {id: pay, effect: transfer, where: {asset: native@8453, from: self}, charge: eth-day}
review:
  - {id: all, effect: transfer, where: {asset: native@8453}, quorum: {of: operators, m: 1, ttl: 15m}}
)");
    const auto id = submitted("a", IntentState::awaiting_approval);
    const auto voted = process->store->vote(
        intent(id).approval_id, "admin:a", store::Vote::approve, "", clock.time);
    ASSERT_TRUE(voted.has_value()) << voted.error().detail;
    auto other = base_chain();
    other.chain_id = ChainId{1};
    auto set = std::make_shared<ChainSet>(*process->services.chains);
    set->registry = *chains::Registry::make({other});
    process->services.chains = set;
    const auto refused = test::await(process->context, process->intents.release(id, soon()));
    EXPECT_EQ(reason(refused), "E_UNKNOWN_CHAIN");
    EXPECT_EQ(intent(id).state, IntentState::awaiting_approval);
    EXPECT_EQ(highest_nonce(), std::nullopt);
}

}  // namespace
}  // namespace chela::sidecar::flow
