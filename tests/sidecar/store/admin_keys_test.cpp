// Operators' keys: names, removal, and what a removed one approved.
#include "tests/sidecar/store/fixture.hpp"

namespace chela::sidecar::store {
namespace {

AdminKeyRecord key_of(std::string id, std::string name, std::uint8_t byte) {
    AdminKeyRecord key{.id = std::move(id), .prefix = "p", .hash = {}, .created_at = kNow};
    key.hash.bytes.fill(byte);
    key.name = std::move(name);
    return key;
}

class AdminKeysTest : public StoreTest {
protected:
    Status add(const AdminKeyRecord& key) {
        return store->insert_admin_key(key, audit_of("admin_key.created", key.id));
    }
    Status remove(const std::string& id) {
        return store->remove_admin_key(id, audit_of("admin_key.removed", id));
    }
    [[nodiscard]] std::string last_action() const {
        return store->audit_records(0, 1'000)->back().action;
    }
};

TEST_F(AdminKeysTest, come_back_by_age_with_their_names) {
    auto first = key_of("a", "first", 3);
    expect_ok(add(first));
    expect_ok(add(key_of("b", "alice", 4)));
    EXPECT_EQ(last_action(), "admin_key.created");
    reopen();
    const auto keys = store->admin_keys();
    ASSERT_TRUE(keys.has_value());
    ASSERT_EQ(keys->size(), 2U);
    EXPECT_EQ(keys->front().id, "a");
    EXPECT_EQ(keys->front().prefix, "p");
    EXPECT_EQ(keys->front().hash, first.hash);
    EXPECT_EQ(keys->front().created_at, kNow);
    EXPECT_EQ(keys->front().name, "first");
    EXPECT_EQ(keys->back().name, "alice");
}

TEST_F(AdminKeysTest, of_one_name_id_or_hash_are_refused_and_nothing_is_written) {
    expect_ok(add(key_of("a", "alice", 3)));
    const auto before = audit_size();
    const auto same_name = add(key_of("b", "alice", 4));
    expect_error(same_name, ErrorCode::conflict);
    EXPECT_EQ(same_name.error().reason, "E_OPERATOR_EXISTS");
    expect_error(add(key_of("a", "bob", 4)), ErrorCode::conflict);
    expect_error(add(key_of("b", "bob", 3)), ErrorCode::conflict);
    EXPECT_EQ(store->admin_keys()->size(), 1U);
    EXPECT_EQ(audit_size(), before);
}

TEST_F(AdminKeysTest, are_removed_but_for_the_last) {
    expect_ok(add(key_of("a", "first", 3)));
    expect_ok(add(key_of("b", "alice", 4)));
    expect_error(remove("nobody"), ErrorCode::not_found);
    expect_ok(remove("a"));
    EXPECT_EQ(last_action(), "admin_key.removed");
    ASSERT_EQ(store->admin_keys()->size(), 1U);
    EXPECT_EQ(store->admin_keys()->front().id, "b");
    expect_error(remove("a"), ErrorCode::not_found);
    const auto before = audit_size();
    const auto last = remove("b");
    expect_error(last, ErrorCode::conflict);
    EXPECT_EQ(last.error().reason, "E_LAST_OPERATOR");
    EXPECT_EQ(store->admin_keys()->size(), 1U);
    EXPECT_EQ(audit_size(), before);
}

TEST_F(AdminKeysTest, that_only_approve_do_not_count_as_the_last) {
    expect_ok(add(key_of("a", "first", 3)));
    auto alice = key_of("b", "alice", 4);
    alice.only_approves = true;
    expect_ok(add(alice));
    EXPECT_FALSE(store->admin_keys()->at(0).only_approves);
    EXPECT_TRUE(store->admin_keys()->at(1).only_approves);
    EXPECT_EQ(remove("a").error().reason, "E_LAST_OPERATOR");
    expect_ok(remove("b"));
}

TEST_F(AdminKeysTest, leave_their_name_to_the_next_when_removed) {
    expect_ok(add(key_of("a", "first", 3)));
    expect_ok(add(key_of("b", "alice", 4)));
    expect_ok(remove("b"));
    expect_ok(add(key_of("c", "alice", 5)));
    reopen();
    EXPECT_EQ(store->admin_keys()->back().id, "c");
}

TEST_F(AdminKeysTest, that_are_removed_approve_nothing_any_more) {
    expect_ok(add(key_of("a", "first", 3)));
    expect_ok(add(key_of("b", "alice", 4)));
    insert("i");
    ApprovalRecord approval;
    approval.id = "approval-i";
    approval.intent_id = "i";
    approval.agent_id = kAgent;
    approval.action = "sign_transaction";
    approval.summary = "{}";
    approval.fingerprint = "print-i";
    approval.quorum_of = "operators";
    approval.minimum = 2;
    approval.created_at = kNow;
    approval.expires_at = kNow + 1h;
    expect_ok(store->insert_approval(approval));
    ASSERT_TRUE(store->vote("approval-i", "admin:a", Vote::approve, "", kNow).has_value());
    ASSERT_TRUE(store->vote("approval-i", "admin:b", Vote::approve, "", kNow).has_value());
    const auto approvers = [this] {
        std::set<std::string> out;
        expect_ok(store->transact([&](policy::LedgerTransaction& ledger) -> Status {
            const auto found = ledger.approval("i", kNow);
            if (!found) return std::unexpected{found.error()};
            if (*found) out = (*found)->approvers;
            return {};
        }));
        return out;
    };
    EXPECT_EQ(approvers(), (std::set<std::string>{"admin:a", "admin:b"}));
    expect_ok(remove("b"));
    EXPECT_EQ(approvers(), (std::set<std::string>{"admin:a"}));
}

TEST_F(AdminKeysTest, intents_name_the_latest_approval_that_was_asked_for) {
    insert("i");
    EXPECT_EQ(store->intent("i")->approval_id, "");
    EXPECT_EQ(store->approval_of_intent("i")->has_value(), false);
    EXPECT_EQ(*store->pending_approvals(), 0U);
    ApprovalRecord approval;
    approval.id = "x";
    approval.intent_id = "i";
    approval.agent_id = kAgent;
    approval.fingerprint = "print-i";
    approval.summary = "{}";
    approval.created_at = kNow;
    approval.expires_at = kNow + 1h;
    expect_ok(store->insert_approval(approval));
    EXPECT_EQ(store->intent("i")->approval_id, "x");
    EXPECT_EQ((*store->approval_of_intent("i"))->id, "x");
    EXPECT_EQ(*store->pending_approvals(), 1U);
    EXPECT_EQ(store->approvals_of(kAgent, std::nullopt, 10, 0)->size(), 1U);
    EXPECT_EQ(store->approvals_of(kAgent, ApprovalStatus::approved, 10, 0)->size(), 0U);
    EXPECT_EQ(store->approvals_of("another", std::nullopt, 10, 0)->size(), 0U);
    EXPECT_EQ(store->approvals_of(kAgent, std::nullopt, 10, 1)->size(), 0U);
}

}  // namespace
}  // namespace chela::sidecar::store
