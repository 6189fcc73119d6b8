// Chains that were added at run time: the contract of ChainStore.
#include "tests/sidecar/store/fixture.hpp"

namespace chela::sidecar::store {
namespace {

ChainRecord chain_of(std::string name, std::uint64_t id) {
    ChainRecord record;
    record.chain.name = std::move(name);
    record.chain.chain_id = ChainId{id};
    record.chain.display_name = "Chain \"one\"";
    record.chain.explorer_url = "https://explorer.example";
    record.chain.native_currency = "xDAI";
    record.chain.is_testnet = true;
    record.chain.confirmations = 12;
    record.chain.has_eip1559 = false;
    record.chain.block_time = 250ms;
    record.chain.finality = chains::Finality::finalized_tag;
    record.rpc_url = "https://user:secret@node.example/v2/key";
    record.ws_url = "wss://node.example/v2/key";
    record.max_fee_per_transaction = Wei{U256::max()};
    record.created_at = kNow;
    record.updated_at = kNow;
    return record;
}

class ChainsTest : public StoreTest {
protected:
    Status add(const ChainRecord& chain) {
        return store->insert_chain(chain, audit_of("chain.created", chain.chain.name));
    }
    Status remove(std::uint64_t id) {
        return store->remove_chain(ChainId{id}, audit_of("chain.removed"));
    }
    Result<ChainRecord> change(
        std::uint64_t id, const std::function<Status(ChainRecord&)>& edit, TimePoint at = kNow) {
        auto audit = audit_of("chain.updated");
        audit.at = at;
        return store->update_chain(ChainId{id}, audit, edit);
    }
    [[nodiscard]] std::string last_action() const {
        return store->audit_records(0, 1'000)->back().action;
    }
};

TEST_F(ChainsTest, come_back_as_they_were_by_chain_id) {
    const auto gnosis = chain_of("gnosis", 100);
    auto bare = chain_of("zone", 7);
    bare.max_fee_per_transaction.reset();
    bare.rpc_url.clear();
    bare.ws_url.clear();
    bare.chain.is_enabled = false;
    bare.chain.finality = chains::Finality::depth;
    expect_ok(add(gnosis));
    expect_ok(add(bare));
    EXPECT_EQ(last_action(), "chain.created");
    reopen();
    const auto all = store->chains();
    ASSERT_TRUE(all.has_value()) << all.error().detail;
    EXPECT_EQ(*all, (std::vector<ChainRecord>{bare, gnosis}));
}

TEST_F(ChainsTest, of_one_id_or_name_are_refused_and_nothing_is_written) {
    expect_ok(add(chain_of("gnosis", 100)));
    const auto before = audit_size();
    for (const auto& other : {chain_of("other", 100), chain_of("gnosis", 101)}) {
        const auto refused = add(other);
        expect_error(refused, ErrorCode::conflict);
        EXPECT_EQ(refused.error().reason, "E_CHAIN_EXISTS");
        EXPECT_THAT(refused.error().detail, testing::HasSubstr("gnosis (100)"));
    }
    EXPECT_EQ(store->chains()->size(), 1U);
    EXPECT_EQ(audit_size(), before);
}

TEST_F(ChainsTest, with_an_id_that_no_column_holds_are_refused) {
    expect_error(add(chain_of("huge", 1ULL << 63U)), ErrorCode::out_of_range);
    expect_ok(add(chain_of("large", (1ULL << 63U) - 1)));
    EXPECT_EQ(store->chains()->front().chain.chain_id, ChainId{(1ULL << 63U) - 1});
    expect_error(remove(1ULL << 63U), ErrorCode::not_found);
}

TEST_F(ChainsTest, are_changed_but_for_what_they_are) {
    expect_ok(add(chain_of("gnosis", 100)));
    const auto changed = change(
        100,
        [](ChainRecord& record) -> Status {
            record.chain.is_enabled = false;
            record.rpc_url = "https://other.example";
            record.max_fee_per_transaction = wei(5);
            record.chain.name = "renamed";
            record.chain.chain_id = ChainId{1};
            record.created_at = {};
            return {};
        },
        kNow + 1h);
    ASSERT_TRUE(changed.has_value()) << changed.error().detail;
    auto expected = chain_of("gnosis", 100);
    expected.chain.is_enabled = false;
    expected.rpc_url = "https://other.example";
    expected.max_fee_per_transaction = wei(5);
    expected.updated_at = kNow + 1h;
    EXPECT_EQ(*changed, expected);
    reopen();
    EXPECT_EQ(*store->chains(), (std::vector<ChainRecord>{expected}));
    EXPECT_EQ(last_action(), "chain.updated");
}

TEST_F(ChainsTest, stay_as_they_are_when_a_change_is_refused) {
    const auto gnosis = chain_of("gnosis", 100);
    expect_ok(add(gnosis));
    const auto before = audit_size();
    const auto refused = change(100, [](ChainRecord& record) -> Status {
        record.chain.is_enabled = false;
        return fail(ErrorCode::denied, "no");
    });
    expect_error(refused, ErrorCode::denied);
    EXPECT_EQ(store->chains()->front(), gnosis);
    EXPECT_EQ(audit_size(), before);
}

TEST_F(ChainsTest, that_are_not_there_are_neither_changed_nor_removed) {
    const auto changed = change(5, [](ChainRecord&) -> Status { return {}; });
    expect_error(changed, ErrorCode::not_found);
    EXPECT_EQ(changed.error().reason, "E_NO_CHAIN");
    EXPECT_EQ(remove(5).error().reason, "E_NO_CHAIN");
}

TEST_F(ChainsTest, are_removed_and_may_come_again) {
    expect_ok(add(chain_of("gnosis", 100)));
    expect_ok(remove(100));
    EXPECT_EQ(last_action(), "chain.removed");
    EXPECT_TRUE(store->chains()->empty());
    expect_ok(add(chain_of("gnosis", 100)));
}

TEST_F(ChainsTest, with_an_open_intent_stay_until_it_is_final) {
    expect_ok(add(chain_of("ours", kChain.value)));
    bring("i", 0, IntentState::broadcast);
    const auto before = audit_size();
    const auto refused = remove(kChain.value);
    expect_error(refused, ErrorCode::conflict);
    EXPECT_EQ(refused.error().reason, "E_CHAIN_IN_USE");
    EXPECT_EQ(audit_size(), before);
    auto inclusion = inclusion_of(true);
    inclusion.is_final = true;
    expect_ok(store->mark_included("i", inclusion, kNow));
    expect_ok(remove(kChain.value));
}

TEST_F(ChainsTest, with_an_intent_that_waits_for_people_stay) {
    expect_ok(add(chain_of("ours", kChain.value)));
    insert("i");
    ApprovalRecord approval;
    approval.id = "x";
    approval.intent_id = "i";
    approval.agent_id = kAgent;
    approval.fingerprint = "print-i";
    approval.summary = "{}";
    approval.created_at = kNow;
    approval.expires_at = kNow + 1h;
    expect_ok(store->insert_approval(approval));
    EXPECT_EQ(remove(kChain.value).error().reason, "E_CHAIN_IN_USE");
}

TEST_F(ChainsTest, that_another_process_adds_are_seen) {
    const auto other = open();
    expect_ok(add(chain_of("gnosis", 100)));
    EXPECT_EQ(other->chains()->size(), 1U);
}

TEST_F(ChainsTest, that_are_damaged_are_an_error_and_no_chain) {
    expect_ok(add(chain_of("gnosis", 100)));
    Raw{path()}.run("UPDATE chains SET max_fee_per_transaction = 'much'");
    expect_error(store->chains(), ErrorCode::internal);
}

}  // namespace
}  // namespace chela::sidecar::store
