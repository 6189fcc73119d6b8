#pragma once

#include "policy/rules/compile.hpp"
#include "sidecar/store/sqlite_store.hpp"
#include "tests/policy/build.hpp"
#include "tests/support/temp_dir.hpp"

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace chela::sidecar::store {

using test::address;
using test::ether;
using test::kChain;
using test::kNow;
using test::wei;
using namespace std::chrono_literals;

inline const Address kSigner = address(0x51);
inline const Address kAlice = address(0xa1);
inline constexpr const char* kAgent = "agent-1";

inline policy::AuditEntry audit_of(std::string action, std::string subject = "x") {
    return {
        .at = kNow,
        .actor = "operator",
        .action = std::move(action),
        .subject = std::move(subject),
        .detail = "{}"};
}

inline AgentRecord agent_of(std::string id) {
    AgentRecord agent;
    agent.id = std::move(id);
    agent.name = "pays";
    agent.scopes = {"a", "b \"quoted\""};
    agent.vault_ids = {"v"};
    agent.intents_api_enabled = true;
    agent.guardrails.everywhere.to_allowlist = {kAlice};
    agent.guardrails.everywhere.daily_limit = ether("100");
    agent.api_key_prefix = "ck_" + agent.id;
    agent.api_key_hash.bytes.fill(7);
    agent.created_by = "operator";
    agent.created_at = kNow;
    return agent;
}

inline IntentRecord intent_of(std::string id, std::string agent = kAgent) {
    IntentRecord intent;
    intent.id = std::move(id);
    intent.agent_id = std::move(agent);
    intent.idempotency_hash = "key-" + intent.id;
    intent.fingerprint = "print-" + intent.id;
    intent.chain = "base";
    intent.chain_id = kChain;
    intent.signing_key_id = "key-1";
    intent.from = kSigner;
    intent.to = kAlice;
    intent.value = ether("1");
    intent.created_at = intent.updated_at = kNow;
    return intent;
}

inline policy::MeterKey meter_of(std::string_view meter, std::string agent = kAgent) {
    return {policy::Budget::Scope::agent, std::move(agent), std::string{meter}};
}

/// One ether to a lane's nonce, charged as an agent's guardrails charge it.
inline policy::Reservation reservation_of(const std::string& intent, std::uint64_t nonce) {
    return {
        .intent_id = intent,
        .agent_id = kAgent,
        .signer = kSigner,
        .operation = policy::Operation::transaction,
        .slot = "tx/8453/" + to_hex(kSigner) + "/" + std::to_string(nonce),
        .lane = policy::Lane{kChain, kSigner},
        .nonce = Nonce{nonce},
        .value = ether("1"),
        .max_fee = wei(21'000),
        .preimage = {2, 0xc0},
        .charges =
            {{meter_of(policy::kGuardrailValueBudget), kChain, ether("1").value},
             {meter_of(policy::kGuardrailFeeBudget), kChain, U256{21'000},
              policy::Budget::Counts::max_fee},
             {meter_of(policy::kGuardrailCountBudget), kChain, U256{1},
              policy::Budget::Counts::signatures}},
        .valid_until = {},
        .at = kNow};
}

inline IntentRecord message_of(
    std::string id, policy::Operation operation = policy::Operation::typed_data) {
    auto intent = intent_of(std::move(id));
    intent.operation = operation;
    intent.to.reset();
    intent.value = {};
    intent.request = R"({"sign":"me"})";
    return intent;
}

/// A signature that is no transaction. @param slot  what it can do once
inline policy::Reservation signature_of(const std::string& intent, const std::string& slot) {
    auto reservation = reservation_of(intent, 0);
    reservation.operation = policy::Operation::typed_data;
    reservation.slot = slot;
    reservation.lane.reset();
    reservation.nonce.reset();
    reservation.value = reservation.max_fee = {};
    return reservation;
}

inline TxHash hash_of(std::uint8_t byte) {
    TxHash hash;
    hash.bytes.fill(byte);
    return hash;
}

/// The contract suite's store: SQLite in a folder of its own, with one agent.
class StoreTest : public testing::Test {
protected:
    StoreTest() {
        store = open(OpenMode::create);
        expect_ok(store->insert_agent(agent_of(kAgent), audit_of("agent.created")));
    }

    [[nodiscard]] std::filesystem::path path() const { return folder.path() / "chela.db"; }

    [[nodiscard]] std::unique_ptr<Store> open(OpenMode mode = OpenMode::existing) const {
        auto opened = open_sqlite(path(), mode, {.busy_timeout = 30s});
        if (!opened) bug("the test's store does not open: " + opened.error().detail);
        own_lane(**opened);
        return *std::move(opened);
    }
    /// A store writes nonces of the lanes that it took last, and of no others.
    static void own_lane(Store& store) {
        if (const auto owned = store.own_lane({kChain, kSigner}); !owned)
            bug("the test's lane is not to be had: " + owned.error().detail);
    }
    /// Another handle, which owns no lane.
    [[nodiscard]] std::unique_ptr<Store> open_beside() const {
        auto opened = open_sqlite(path(), OpenMode::existing);
        if (!opened) bug("the test's store does not open: " + opened.error().detail);
        return *std::move(opened);
    }
    void reopen() {
        store.reset();
        store = open();
    }

    static void expect_ok(const Status& status) {
        EXPECT_TRUE(status.has_value()) << status.error().detail;
    }
    template <class T>
    static void expect_error(const Result<T>& result, ErrorCode code) {
        ASSERT_FALSE(result.has_value());
        EXPECT_EQ(result.error().code, code) << result.error().detail;
    }

    IntentRecord insert(const std::string& id) {
        const auto inserted = store->insert_intent(intent_of(id));
        if (!inserted) bug("the test's intent is refused: " + inserted.error().detail);
        return inserted->intent;
    }
    Status reserve(const std::string& id, std::uint64_t nonce) {
        return reserve(reservation_of(id, nonce));
    }
    /// received → … → `state`
    void bring(const std::string& id, std::uint64_t nonce, IntentState state) {
        insert(id);
        if (state == IntentState::received) return;
        expect_ok(reserve(id, nonce));
        if (state == IntentState::reserved) return;
        const auto byte = static_cast<std::uint8_t>(nonce + 1);
        expect_ok(store->store_signature(id, {byte, 2, 3}, hash_of(byte), kNow));
        if (state == IntentState::signed_) return;
        expect_ok(store->mark_broadcast(id, BlockNumber{100}, kNow));
        if (state == IntentState::broadcast) return;
        auto inclusion = inclusion_of(state != IntentState::reverted);
        inclusion.is_final = state != IntentState::mined;
        expect_ok(store->mark_included(id, inclusion, kNow));
    }
    static IntentStore::Inclusion inclusion_of(bool succeeded) {
        BlockHash block;
        block.bytes.fill(0xbb);
        return {BlockNumber{100}, block, Gas{21'000}, succeeded, false};
    }
    [[nodiscard]] IntentState state_of(const std::string& id) const {
        const auto intent = store->intent(id);
        if (!intent) bug("the test's intent is gone");
        return intent->state;
    }
    Status reserve(const policy::Reservation& reservation) {
        return store->transact(
            [&](policy::LedgerTransaction& ledger) { return ledger.reserve(reservation); });
    }
    /// What counts of one of the agent's meters.
    [[nodiscard]] std::vector<policy::SpentCharge> charges(
        TimePoint since = {}, std::string_view meter = policy::kGuardrailValueBudget) const {
        const auto charges = store->charges({meter_of(meter)}, since);
        if (!charges) bug("the test's charges are not readable: " + charges.error().detail);
        return *charges;
    }
    [[nodiscard]] TimePoint high_water() const {
        TimePoint out;
        expect_ok(store->transact([&](policy::LedgerTransaction& ledger) -> Status {
            const auto found = ledger.high_water();
            if (!found) return std::unexpected{found.error()};
            out = *found;
            return {};
        }));
        return out;
    }
    [[nodiscard]] std::size_t audit_size() const { return store->audit_records(0, 10'000)->size(); }

    test::TempDir folder;
    std::unique_ptr<Store> store;
};

/// The database behind the store's back.
class Raw {
public:
    explicit Raw(const std::filesystem::path& path);
    Raw(const Raw&) = delete;
    Raw& operator=(const Raw&) = delete;
    ~Raw();
    void run(const std::string& sql);
    /// The first column of the first row, as text; "" when there is none.
    std::string ask(const std::string& sql);

private:
    struct Handle;
    std::unique_ptr<Handle> handle_;
};

}  // namespace chela::sidecar::store
