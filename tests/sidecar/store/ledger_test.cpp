#include "tests/sidecar/store/fixture.hpp"

#include <csignal>
#include <future>
#include <sys/resource.h>

namespace chela::sidecar::store {
namespace {

using policy::LedgerTransaction;

Status stop() {
    return fail(ErrorCode::denied, "the body fails");
}

TEST_F(StoreTest, a_reservation_comes_back_whole) {
    bring("i", 4, IntentState::reserved);
    reopen();
    const auto held = store->reservation("i");
    ASSERT_TRUE(held.has_value()) << held.error().detail;
    const auto right = reservation_of("i", 4);
    EXPECT_EQ(held->intent_id, right.intent_id);
    EXPECT_EQ(held->agent_id, right.agent_id);
    EXPECT_EQ(held->signer, right.signer);
    EXPECT_EQ(held->operation, right.operation);
    EXPECT_EQ(held->slot, right.slot);
    EXPECT_EQ(held->charges, right.charges);
    EXPECT_EQ(held->valid_until, std::nullopt);
    EXPECT_EQ(held->lane, right.lane);
    EXPECT_EQ(held->nonce, right.nonce);
    EXPECT_EQ(held->value, right.value);
    EXPECT_EQ(held->max_fee, right.max_fee);
    EXPECT_EQ(held->preimage, right.preimage);
    EXPECT_EQ(held->at, right.at);
    EXPECT_EQ(state_of("i"), IntentState::reserved);
    EXPECT_EQ(store->intent("i")->nonce, Nonce{4});
}

TEST_F(StoreTest, reservations_that_contradict_what_is_stored_are_refused) {
    bring("i", 0, IntentState::reserved);
    insert("j");
    expect_error(reserve("i", 1), ErrorCode::conflict);
    expect_error(reserve("j", 0), ErrorCode::conflict);
    expect_error(reserve("nobody", 1), ErrorCode::not_found);
    expect_error(reserve("j", ~std::uint64_t{0}), ErrorCode::out_of_range);
    const std::vector<std::function<void(policy::Reservation&)>> changes{
        [](policy::Reservation& held) { held.agent_id = "agent-2"; },
        [](policy::Reservation& held) { held.lane->chain = ChainId{1}; },
        [](policy::Reservation& held) { held.lane->address = kAlice; },
        [](policy::Reservation& held) { held.signer = kAlice; },
        [](policy::Reservation& held) { held.operation = policy::Operation::typed_data; },
        [](policy::Reservation& held) { held.slot = reservation_of("i", 0).slot; },
        [](policy::Reservation& held) { held.nonce = Nonce{0}; },
    };
    // It is not that the lane is another's.
    for (const auto& lane : {policy::Lane{ChainId{1}, kSigner}, policy::Lane{kChain, kAlice}})
        ASSERT_TRUE(store->own_lane(lane).has_value());
    for (const auto& change : changes) {
        auto held = reservation_of("j", 1);
        change(held);
        expect_error(reserve(held), ErrorCode::conflict);
    }
    EXPECT_EQ(state_of("j"), IntentState::received);
    EXPECT_EQ(charges().size(), 1U);
}

TEST_F(StoreTest, a_reservation_that_makes_no_sense_is_refused) {
    insert("j");
    const std::vector<std::function<void(policy::Reservation&)>> changes{
        [](policy::Reservation& held) { held.lane.reset(); },
        [](policy::Reservation& held) { held.nonce.reset(); },
        [](policy::Reservation& held) { held.slot.clear(); },
    };
    for (const auto& change : changes) {
        auto held = reservation_of("j", 1);
        change(held);
        expect_error(reserve(held), ErrorCode::invalid_input);
    }
    EXPECT_TRUE(charges().empty());
}

TEST_F(StoreTest, a_body_that_fails_after_any_step_leaves_nothing) {
    insert("i");
    const std::vector<std::function<Status(LedgerTransaction&)>> steps{
        [](LedgerTransaction& ledger) { return ledger.reserve(reservation_of("i", 0)); },
        [](LedgerTransaction& ledger) { return ledger.record(audit_of("intent.approved", "i")); },
        [](LedgerTransaction& ledger) { return ledger.record(audit_of("more", "i")); },
    };
    for (std::size_t done = 0; done <= steps.size(); ++done) {
        expect_error(
            store->transact([&](LedgerTransaction& ledger) -> Status {
                for (std::size_t i = 0; i < done; ++i) {
                    auto status = steps[i](ledger);
                    if (!status) return status;
                }
                return stop();
            }),
            ErrorCode::denied);
        EXPECT_EQ(state_of("i"), IntentState::received);
        EXPECT_TRUE(charges().empty());
        EXPECT_EQ(audit_size(), 1U);
        EXPECT_EQ(Raw{path()}.ask("SELECT count(*) FROM reservations"), "0");
    }
    expect_ok(store->verify_audit_chain());
}

TEST_F(StoreTest, a_failure_that_the_body_hides_is_not_committed) {
    insert("i");
    const auto status = store->transact([&](LedgerTransaction& ledger) -> Status {
        EXPECT_TRUE(ledger.record(audit_of("before")).has_value());
        EXPECT_FALSE(ledger.reserve(reservation_of("nobody", 0)).has_value());
        EXPECT_FALSE(ledger.reserve(reservation_of("i", 0)).has_value())
            << "nothing works after a failure";
        EXPECT_FALSE(ledger.rules(kAgent).has_value());
        return {};
    });
    expect_error(status, ErrorCode::not_found);
    EXPECT_EQ(audit_size(), 1U);
    EXPECT_EQ(state_of("i"), IntentState::received);
}

TEST_F(StoreTest, the_transaction_sees_rules_charges_and_nonces) {
    bring("i", 7, IntentState::reserved);
    expect_ok(store->transact([](LedgerTransaction& ledger) -> Status {
        const auto rules = ledger.rules(kAgent);
        EXPECT_TRUE(rules && rules->is_active && rules->may_sign);
        EXPECT_EQ(rules->guardrails, agent_of(kAgent).guardrails);
        EXPECT_EQ(*ledger.highest_nonce({kChain, kSigner}), Nonce{7});
        EXPECT_EQ(*ledger.highest_nonce({ChainId{1}, kSigner}), std::nullopt);
        EXPECT_EQ(*ledger.highest_nonce({kChain, kAlice}), std::nullopt);
        const auto meter = meter_of(policy::kGuardrailValueBudget);
        EXPECT_EQ(ledger.sums(meter, {kNow}, "")->size(), 1U);
        EXPECT_EQ(ledger.sums(meter, {kNow + 1ms}, "")->size(), 1U) << "open: it never ages out";
        EXPECT_EQ(ledger.sums(meter, {}, "")->size(), 1U);
        EXPECT_EQ(ledger.sums(meter_of("other"), {TimePoint{}}, "")->size(), 0U);
        EXPECT_EQ(*ledger.high_water(), kNow);
        return {};
    }));
    expect_error(
        store->transact([](LedgerTransaction& ledger) -> Status {
            const auto rules = ledger.rules("nobody");
            return rules ? Status{} : std::unexpected{rules.error()};
        }),
        ErrorCode::not_found);
}

TEST_F(StoreTest, rules_show_what_the_operator_turned_off) {
    ASSERT_TRUE(
        store->update_agent(kAgent, audit_of("agent.updated"), [](AgentRecord& agent) -> Status {
            agent.is_active = false;
            agent.intents_api_enabled = false;
            return {};
        }));
    expect_ok(store->transact([](LedgerTransaction& ledger) -> Status {
        const auto rules = ledger.rules(kAgent);
        EXPECT_TRUE(rules.has_value());
        EXPECT_FALSE(rules->is_active);
        EXPECT_FALSE(rules->may_sign);
        return {};
    }));
}

TEST_F(StoreTest, a_second_handle_sees_what_the_first_committed) {
    const auto second = open_beside();
    bring("i", 0, IntentState::reserved);
    EXPECT_EQ(second->intent("i")->state, IntentState::reserved);
    expect_ok(second->note_problem("i", "E", "m", kNow));
    EXPECT_EQ(store->intent("i")->error_code, "E");
    expect_ok(second->verify_audit_chain());
}

TEST_F(StoreTest, a_second_handle_waits_for_the_first_ones_transaction) {
    const auto second = open_beside();
    insert("i");
    std::future<std::optional<Nonce>> seen;
    expect_ok(store->transact([&](LedgerTransaction& ledger) -> Status {
        // The lock is held from here on, so the other handle must wait and then see nonce 0.
        seen = std::async(std::launch::async, [&] {
            std::optional<Nonce> highest;
            EXPECT_TRUE(second->transact([&](LedgerTransaction& other) -> Status {
                highest = *other.highest_nonce({kChain, kSigner});
                return other.record(audit_of("second"));
            }));
            return highest;
        });
        EXPECT_EQ(second->intent("i")->state, IntentState::received)
            << "readers see the last commit";
        auto status = ledger.reserve(reservation_of("i", 0));
        return status ? ledger.record(audit_of("first")) : status;
    }));
    EXPECT_EQ(seen.get(), Nonce{0});
    const auto records = *store->audit_records(1, 10);
    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(records[0].action, "first");
    EXPECT_EQ(records[1].action, "second");
    expect_ok(store->verify_audit_chain());
}

/// While it lives no file of the process can grow past `bytes`: writing fails as on a full disk.
class FullDisk {
public:
    explicit FullDisk(rlim_t bytes) {
        handler_ = std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) bug("the file size cannot be limited");
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        static_cast<void>(std::signal(SIGXFSZ, handler_));
    }

private:
    rlimit before_{};
    void (*handler_)(int) = nullptr;
};

TEST_F(StoreTest, a_commit_that_fails_rolls_back_and_the_store_goes_on) {
    insert("i");
    const auto log_size = std::filesystem::file_size(path().native() + "-wal");
    {
        const FullDisk full{log_size};
        const auto status = reserve("i", 0);
        expect_error(status, ErrorCode::unavailable);
        EXPECT_EQ(status.error().reason, "E_STORE_UNAVAILABLE");
        EXPECT_EQ(state_of("i"), IntentState::received);
        EXPECT_TRUE(charges().empty());
    }
    expect_ok(reserve("i", 0));
    EXPECT_EQ(state_of("i"), IntentState::reserved);
    reopen();
    EXPECT_EQ(state_of("i"), IntentState::reserved);
}

}  // namespace
}  // namespace chela::sidecar::store
