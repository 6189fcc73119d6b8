#pragma once

#include "policy/gate/gate.hpp"
#include "sidecar/store/sqlite_store.hpp"
#include "tests/policy/build.hpp"
#include "tests/support/temp_dir.hpp"

#include <memory>
#include <string>

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

inline policy::GateRequest request_of(const std::string& intent, const std::string& value = "1") {
    return {
        .intent_id = intent,
        .agent_id = kAgent,
        .signer = kSigner,
        .transaction = test::transaction_to(kAlice, ether(value)),
        .requested_nonce = {},
        .chain_nonce = Nonce{0},
        .chain_max_fee = ether("1"),
        .now = kNow,
        .simulation_id = {}};
}

inline policy::Reservation reservation_of(const std::string& intent, std::uint64_t nonce) {
    return {
        .intent_id = intent,
        .agent_id = kAgent,
        .lane = {kChain, kSigner},
        .nonce = Nonce{nonce},
        .value = ether("1"),
        .max_fee = wei(21'000),
        .preimage = {2, 0xc0},
        .at = kNow};
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
        return store->transact([&](policy::LedgerTransaction& ledger) {
            return ledger.reserve(reservation_of(id, nonce));
        });
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
        expect_ok(store->mark_broadcast(id, kNow));
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
    [[nodiscard]] std::vector<policy::SpendEntry> spends() const {
        const auto spends = store->spends(kAgent, TimePoint{});
        if (!spends) bug("the test's spends are not readable");
        return *spends;
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
