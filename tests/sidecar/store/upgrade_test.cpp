#include "tests/sidecar/store/fixture.hpp"
#include "tests/sidecar/store/schema_v2.hpp"

namespace chela::sidecar::store {
namespace {

TimePoint at_ms(int milliseconds) {
    return TimePoint{std::chrono::milliseconds{milliseconds}};
}

class UpgradeTest : public StoreTest {
protected:
    UpgradeTest() {
        store.reset();
        old = folder.path() / "old.db";
        const auto guardrails = policy::to_storage(agent_of(kAgent).guardrails);
        Raw{old}.run(schema_v2(to_hex(kSigner), guardrails));
        std::filesystem::permissions(old, std::filesystem::perms{0600});
    }
    void upgrade() {
        auto opened = open_sqlite(old, OpenMode::upgrade);
        if (!opened) bug("the old database does not open: " + opened.error().detail);
        own_lane(**opened);
        store = *std::move(opened);
    }
    std::filesystem::path old;
};

TEST_F(UpgradeTest, budgets_of_version_2_are_charged_to_the_meters_of_guardrails) {
    upgrade();
    const std::vector<std::pair<std::string_view, std::vector<unsigned>>> meters{
        {policy::kGuardrailValueBudget, {100, 400}},
        {policy::kGuardrailFeeBudget, {30, 50}},
        {policy::kGuardrailCountBudget, {1, 1}}};
    for (const auto& [meter, amounts] : meters) {
        const auto spent = charges({}, meter);
        ASSERT_EQ(spent.size(), 2U) << meter << ": what was released does not count";
        for (std::size_t i = 0; i < 2; ++i) {
            EXPECT_EQ(spent[i].charge.amount, U256{amounts[i]});
            EXPECT_EQ(spent[i].charge.chain, kChain);
            EXPECT_EQ(spent[i].charge.key, meter_of(meter));
        }
        EXPECT_EQ(spent[0].at, at_ms(1000));
        EXPECT_EQ(spent[1].at, policy::kStillOpen);
        EXPECT_EQ(spent[1].slot, "tx/8453/" + to_hex(kSigner) + "/4");
        EXPECT_EQ(charges(at_ms(1001), meter).size(), 1U) << "an open one never ages out";
    }
    EXPECT_EQ(high_water(), at_ms(3000)) << "of all charges ever";
    expect_ok(store->transact([](policy::LedgerTransaction& ledger) -> Status {
        for (const auto first : {at_ms(-1), at_ms(0), at_ms(1000), at_ms(1001)}) {
            const auto sums = ledger.sums(meter_of(policy::kGuardrailFeeBudget), {first}, "");
            U256 settled;
            for (const auto& one : *sums)
                if (one.at != policy::kStillOpen) settled = one.charge.amount;
            EXPECT_EQ(settled, U256{first > at_ms(1000) ? 0U : 30U});
        }
        return {};
    }));
}

TEST_F(UpgradeTest, reservations_of_version_2_keep_slot_and_preimage) {
    upgrade();
    const auto held = store->reservation("open");
    ASSERT_TRUE(held.has_value()) << held.error().detail;
    EXPECT_EQ(held->signer, kSigner);
    EXPECT_EQ(held->lane, (policy::Lane{kChain, kSigner}));
    EXPECT_EQ(held->nonce, Nonce{4});
    EXPECT_EQ(held->value, wei(400));
    EXPECT_EQ(held->max_fee, wei(50));
    EXPECT_EQ(held->preimage, (Bytes{2, 0xc2}));
    EXPECT_EQ(held->at, at_ms(2000));
    EXPECT_EQ(held->charges.size(), 3U);
    expect_error(store->reservation("undone"), ErrorCode::not_found);
    expect_ok(store->transact([](policy::LedgerTransaction& ledger) -> Status {
        EXPECT_EQ(*ledger.highest_nonce({kChain, kSigner}), Nonce{4});
        return {};
    }));
    auto taken = reservation_of("new", 4);
    expect_error(reserve(taken), ErrorCode::conflict);
    taken.slot = "another name of it";
    expect_error(reserve(taken), ErrorCode::conflict);
    expect_ok(reserve("new", 5));
}

TEST_F(UpgradeTest, intents_of_version_2_go_on) {
    upgrade();
    EXPECT_EQ(store->org_id(), "11111111-2222-4333-8444-555555555555");
    const auto open = store->open_intents();
    ASSERT_EQ(open->size(), 1U);
    EXPECT_EQ(open->front().id, "open");
    EXPECT_EQ(open->front().operation, policy::Operation::transaction);
    EXPECT_EQ(open->front().decision_id, "");
    auto inclusion = inclusion_of(true);
    inclusion.is_final = true;
    expect_ok(store->mark_included("open", inclusion, at_ms(9000)));
    EXPECT_EQ(charges(at_ms(9000)).size(), 1U);
    EXPECT_TRUE(charges(at_ms(9001)).empty());
    EXPECT_EQ(store->agent(kAgent)->policy_id, std::nullopt);
}

TEST_F(UpgradeTest, a_database_is_brought_up_to_date_once) {
    upgrade();
    store.reset();
    upgrade();
    EXPECT_EQ(charges().size(), 2U);
    EXPECT_EQ(Raw{old}.ask("PRAGMA user_version"), Raw{path()}.ask("PRAGMA user_version"));
    EXPECT_EQ(Raw{old}.ask("PRAGMA foreign_key_check"), "");
    EXPECT_EQ(Raw{old}.ask("PRAGMA integrity_check"), "ok");
    expect_ok(store->verify_audit_chain());
}

TEST_F(UpgradeTest, an_old_database_is_left_as_it_is_unless_its_opener_is_alone) {
    const auto refused = open_sqlite(old, OpenMode::existing);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "E_SCHEMA_OLD");
    EXPECT_EQ(Raw{old}.ask("PRAGMA user_version"), "2");
    upgrade();
    EXPECT_TRUE(open_sqlite(old, OpenMode::existing).has_value());
}

TEST_F(UpgradeTest, an_upgraded_database_has_the_tables_of_a_new_one) {
    upgrade();
    const auto* tables =
        "SELECT group_concat(name || ':' || ifnull(sql, '') , '\n') FROM (SELECT name, sql "
        "FROM sqlite_master ORDER BY type, name)";
    EXPECT_EQ(Raw{old}.ask(tables), Raw{path()}.ask(tables));
}

TEST_F(UpgradeTest, an_upgrade_that_fails_leaves_the_old_version) {
    // A table that is in the way makes the step fail in its middle.
    Raw{old}.run("CREATE TABLE charges(x)");
    EXPECT_FALSE(open_sqlite(old, OpenMode::upgrade).has_value());
    EXPECT_EQ(Raw{old}.ask("PRAGMA user_version"), "2");
    EXPECT_EQ(Raw{old}.ask("SELECT count(*) FROM slots"), "2");
    EXPECT_EQ(
        Raw{old}.ask("SELECT count(*) FROM pragma_table_info('agents') WHERE name = "
                     "'policy_id'"),
        "0");
    Raw{old}.run("DROP TABLE charges");
    upgrade();
    EXPECT_EQ(charges().size(), 2U);
}

TEST_F(UpgradeTest, the_admin_key_of_version_2_is_called_first) {
    Raw raw{old};
    const std::string hash = "'0x" + std::string(64, 'a');
    raw.run(
        "INSERT INTO admin_keys(id, prefix, hash, created_at) VALUES('a', 'p', " + hash +
        "', 5), ('b', 'p', " + hash.substr(0, 66) + "b', 6)");
    upgrade();
    const auto keys = store->admin_keys();
    ASSERT_TRUE(keys.has_value()) << keys.error().detail;
    ASSERT_EQ(keys->size(), 2U);
    EXPECT_EQ(keys->front().name, "first");
    EXPECT_EQ(keys->back().name, "b") << "by its id: a name is one key's";
}

TEST_F(StoreTest, the_first_schema_is_brought_up_to_date) {
    store.reset();
    const auto old = folder.path() / "first.db";
    {
        const auto guardrails = policy::to_storage(agent_of(kAgent).guardrails);
        Raw raw{old};
        raw.run(schema_v2(to_hex(kSigner), guardrails));
        raw.run(
            "ALTER TABLE signing_keys DROP COLUMN retired_at;"
            "ALTER TABLE signing_keys DROP COLUMN backend; PRAGMA user_version=1;");
        raw.run(
            "INSERT INTO signing_keys(id, label, token_id, public_key, address, created_at) "
            "VALUES('k', 'old', '0x01', '0x" +
            std::string(128, '1') + "', '0x" + std::string(40, '2') + "', 5)");
    }
    const auto opened = open_sqlite(old, OpenMode::upgrade);
    ASSERT_TRUE(opened.has_value()) << opened.error().detail;
    const auto key = (*opened)->key("old");
    ASSERT_TRUE(key.has_value()) << key.error().detail;
    EXPECT_EQ(key->backend, KeyBackend::token);
    EXPECT_FALSE(key->retired_at.has_value());
    EXPECT_TRUE((*opened)->agent(kAgent).has_value());
    EXPECT_EQ((*opened)->charges({meter_of(policy::kGuardrailValueBudget)}, {})->size(), 2U);
    expect_ok((*opened)->verify_audit_chain());
}

}  // namespace
}  // namespace chela::sidecar::store
