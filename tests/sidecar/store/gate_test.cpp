#include "tests/sidecar/store/gate_request.hpp"

#include <atomic>
#include <set>
#include <thread>

namespace chela::sidecar::store {
namespace {

std::string name_of(int thread, int turn) {
    return std::to_string(thread) + "-" + std::to_string(turn);
}

/// Every thread asks for its approvals one after another. @return how many were allowed
int approve_everything(const std::vector<Store*>& stores, int each) {
    std::atomic<int> allowed = 0;
    std::vector<std::thread> threads;
    for (std::size_t thread = 0; thread < stores.size(); ++thread) {
        threads.emplace_back([&, thread] {
            policy::Gate gate{*stores[thread]};
            for (int turn = 0; turn < each; ++turn) {
                const auto outcome =
                    gate.approve(request_of(name_of(static_cast<int>(thread), turn), "2"));
                EXPECT_TRUE(outcome.has_value()) << outcome.error().detail;
                if (!outcome) continue;
                if (outcome->approved) {
                    ++allowed;
                } else {
                    EXPECT_EQ(outcome->decision.violations.at(0).code, "E_DAILY_LIMIT");
                    EXPECT_EQ(outcome->decision.violations.size(), 1U);
                }
            }
        });
    }
    for (auto& thread : threads)
        thread.join();
    return allowed;
}

class GateOnStoreTest : public StoreTest {
protected:
    void insert_all(int threads, int each) {
        for (int thread = 0; thread < threads; ++thread) {
            for (int turn = 0; turn < each; ++turn)
                insert(name_of(thread, turn));
        }
    }
    void expect_lane_without_holes(std::size_t count) {
        std::set<std::uint64_t> nonces;
        for (const auto& intent : *store->open_intents())
            nonces.insert(intent.nonce->value);
        EXPECT_EQ(nonces.size(), count);
        EXPECT_EQ(*nonces.begin(), 0U);
        EXPECT_EQ(*nonces.rbegin(), count - 1);
        EXPECT_EQ(charges().size(), count);
        expect_ok(store->verify_audit_chain());
    }
};

TEST_F(GateOnStoreTest, threads_share_a_lane_without_holes_and_a_budget_without_excess) {
    insert_all(8, 50);
    EXPECT_EQ(approve_everything(std::vector<Store*>(8, store.get()), 50), 50)
        << "the agent's limit is 50 times the value";
    expect_lane_without_holes(50);
    EXPECT_EQ(audit_size(), 1U + 8 * 50) << "approvals and denials are recorded";
}

TEST_F(GateOnStoreTest, of_two_handles_only_the_lanes_owner_gives_out_its_nonces) {
    insert_all(2, 30);
    const auto second = open_beside();
    policy::Gate beside{*second};
    for (int turn = 0; turn < 30; ++turn) {
        const auto refused = beside.approve(request_of(name_of(1, turn), "2"));
        expect_error(refused, ErrorCode::unavailable);
        EXPECT_EQ(refused.error().reason, "E_LANE_TAKEN");
    }
    EXPECT_EQ(approve_everything({store.get()}, 30), 30);
    expect_lane_without_holes(30);
}

TEST_F(GateOnStoreTest, approval_is_durable_and_can_be_resumed) {
    insert("i");
    policy::Gate gate{*store};
    const auto outcome = gate.approve(request_of("i"));
    ASSERT_TRUE(outcome && outcome->approved);
    const auto bytes = outcome->approved->preimage().bytes();
    reopen();
    policy::Gate later{*store};
    const auto resumed = later.resume("i");
    ASSERT_TRUE(resumed.has_value()) << resumed.error().detail;
    EXPECT_TRUE(std::ranges::equal(resumed->preimage().bytes(), bytes));
    EXPECT_EQ(resumed->signer(), kSigner);
}

TEST_F(GateOnStoreTest, an_approval_cannot_be_had_twice) {
    insert("i");
    policy::Gate gate{*store};
    ASSERT_TRUE(gate.approve(request_of("i")).has_value());
    expect_error(gate.approve(request_of("i")), ErrorCode::conflict);
    EXPECT_EQ(charges().size(), 1U);
    EXPECT_EQ(audit_size(), 2U);
    EXPECT_EQ(store->decisions("i")->size(), 1U) << "the second one is not recorded either";
}

TEST_F(GateOnStoreTest, a_denial_is_durable_and_holds_nothing) {
    insert("i");
    policy::Gate gate{*store};
    const auto outcome = gate.approve(request_of("i", "101"));
    ASSERT_TRUE(outcome.has_value());
    EXPECT_FALSE(outcome->approved.has_value());
    reopen();
    EXPECT_EQ(store->audit_records(0, 10)->back().action, "intent.denied");
    EXPECT_TRUE(charges().empty());
    EXPECT_EQ(state_of("i"), IntentState::received);
    EXPECT_EQ(store->intent("i")->decision_id, "decision-i");
    EXPECT_EQ(store->decision("decision-i")->record, outcome->record);
    EXPECT_EQ(store->decision("decision-i")->verdict, "deny");
}

TEST_F(GateOnStoreTest, check_writes_nothing) {
    insert("i");
    policy::Gate gate{*store};
    const auto decision = gate.check(request_of("i"));
    ASSERT_TRUE(decision.has_value());
    EXPECT_EQ(decision->decision.verdict, policy::Verdict::allow);
    EXPECT_TRUE(store->decisions("i")->empty());
    EXPECT_EQ(audit_size(), 1U);
    EXPECT_EQ(state_of("i"), IntentState::received);
}

}  // namespace
}  // namespace chela::sidecar::store
