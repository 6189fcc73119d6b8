#include "policy/rules/load.hpp"
#include "tests/sidecar/store/gate_request.hpp"

#include <atomic>
#include <csignal>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

namespace chela::sidecar::store {
namespace {

/// @param limit    in ether a day
/// @param permits  rules, one a line
PolicyRecord policy_of(
    std::uint64_t version, const std::string& limit, const std::string& permits) {
    const auto text = fmt::format(
        "schema: chela.policy/1\nid: treasury\nversion: {}\n"
        "budgets:\n  eth-day: {{asset: native@8453, limit: \"{} ETH\", window: 24h}}\n"
        "envelope: {{chains: [8453], tx_types: [2], max_total_fee: \"0.01 ETH\"}}\n"
        "permit:\n{}",
        version, limit, permits);
    const auto loaded = policy::load_policy(text, "test.yaml");
    if (!loaded) bug("the test's policy does not load: " + loaded.error().detail);
    return {
        .id = loaded->id,
        .version = loaded->version,
        .digest = loaded->digest,
        .canonical = loaded->canonical,
        .source = text,
        .activated_at = kNow,
        .activated_by = "operator",
        .is_active = false};
}

const std::string kPay =
    "  - {id: pay, effect: transfer, where: {asset: native@8453, from: self}, charge: eth-day}\n";
const std::string kPayTwice =
    kPay +
    "  - {id: also, effect: transfer, where: {asset: native@8453, from: self}, charge: eth-day}\n";

class GateBudgetTest : public StoreTest {
protected:
    void SetUp() override {
        ASSERT_TRUE(store->update_agent(kAgent, audit_of("agent.updated"), [](AgentRecord& agent) {
            agent.guardrails = {};
            agent.policy_id = "treasury";
            return Status{};
        }));
    }
    void activate(const PolicyRecord& policy) {
        const auto active = store->activate_policy(policy, audit_of("policy.activated"));
        ASSERT_TRUE(active.has_value()) << active.error().detail;
    }
    /// @return the reason codes; "" when it was allowed
    std::string ask(const policy::GateRequest& request) {
        insert(request.intent_id);
        const auto outcome = policy::Gate{*store}.approve(request);
        if (!outcome) bug("the gate fails: " + outcome.error().detail);
        std::string codes;
        for (const auto& violation : outcome->decision.violations)
            codes += violation.code + " ";
        return codes;
    }
    [[nodiscard]] U256 total() const {
        U256 sum;
        for (const auto& one : charges({}, "eth-day"))
            sum = *add(sum, one.charge.amount);
        return sum;
    }
};

TEST_F(GateBudgetTest, threads_cannot_overrun_a_policys_budget) {
    activate(policy_of(1, "5", kPay));
    constexpr int kThreads = 6, kEach = 8;
    for (int i = 0; i < kThreads * kEach; ++i)
        insert(std::to_string(i));
    std::atomic<int> allowed = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
        threads.emplace_back([&, thread] {
            policy::Gate gate{*store};
            for (int i = 0; i < kEach; ++i) {
                const auto id = std::to_string(thread * kEach + i);
                const auto outcome = gate.approve(request_of(id, "0.3"));
                ASSERT_TRUE(outcome.has_value()) << outcome.error().detail;
                if (outcome->approved) {
                    ++allowed;
                } else {
                    EXPECT_EQ(outcome->decision.violations.at(0).code, "E_BUDGET");
                }
            }
        });
    }
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(allowed, 16);
    EXPECT_EQ(total(), ether("4.8").value);
    expect_ok(store->verify_audit_chain());
}

TEST_F(GateBudgetTest, two_rules_that_charge_one_budget_add_up) {
    activate(policy_of(1, "5", kPayTwice));
    EXPECT_EQ(ask(request_of("a", "2")), "");
    const auto once = charges({}, "eth-day");
    ASSERT_EQ(once.size(), 1U) << "one charge a meter, the sum";
    EXPECT_EQ(once.front().charge.amount, ether("4").value);
    EXPECT_EQ(ask(request_of("b", "0.6")), "E_BUDGET ");
    EXPECT_EQ(ask(request_of("c", "0.5")), "");
    EXPECT_EQ(total(), ether("5").value);
}

TEST_F(GateBudgetTest, a_policy_that_is_edited_mid_window_keeps_what_was_spent) {
    activate(policy_of(1, "5", kPay));
    EXPECT_EQ(ask(request_of("a", "4")), "");
    activate(policy_of(2, "4.5", kPay));
    EXPECT_EQ(ask(request_of("b", "0.6")), "E_BUDGET ");
    EXPECT_EQ(ask(request_of("c", "0.5")), "");
    activate(policy_of(3, "9", kPay));
    EXPECT_EQ(ask(request_of("d", "4.6")), "E_BUDGET ");
    EXPECT_EQ(ask(request_of("e", "4.5")), "");
    reopen();
    EXPECT_EQ(total(), ether("9").value);
}

TEST_F(GateBudgetTest, a_clock_moved_back_frees_nothing) {
    activate(policy_of(1, "5", kPay));
    EXPECT_EQ(ask(request_of("a", "5")), "");
    expect_ok(store->store_signature("a", {1}, hash_of(1), kNow));
    auto inclusion = inclusion_of(true);
    inclusion.is_final = true;
    expect_ok(store->mark_included("a", inclusion, kNow));
    for (const auto ago : {1h, 24h, 48h, 24h * 400}) {
        auto early = request_of("back-" + std::to_string(ago.count()), "0.1");
        early.now = kNow - ago;
        EXPECT_EQ(ask(early), "E_BUDGET ");
    }
    auto later = request_of("later", "5");
    later.now = kNow + 24h + 1ms;
    EXPECT_EQ(ask(later), "");
}

TEST_F(GateBudgetTest, what_is_still_open_counts_in_every_window_for_ever) {
    activate(policy_of(1, "5", kPay));
    EXPECT_EQ(ask(request_of("a", "5")), "");
    auto later = request_of("later", "0.1");
    later.now = kNow + 24h * 365;
    EXPECT_EQ(ask(later), "E_BUDGET ");
}

TEST_F(GateBudgetTest, a_bound_policy_that_is_not_there_denies) {
    insert("i");
    const auto outcome = policy::Gate{*store}.approve(request_of("i"));
    expect_error(outcome, ErrorCode::denied);
    EXPECT_EQ(outcome.error().reason, "E_POLICY_MISSING");
    EXPECT_TRUE(charges({}, "eth-day").empty());
}

/// The child: asks for one payment after another, telling the answers, until it is killed.
[[noreturn]] void ask_until_killed(const std::filesystem::path& path, int tell, int round) {
    const auto opened = open_sqlite(path, OpenMode::existing);
    if (!opened || !(*opened)->own_lane({kChain, kSigner})) ::_exit(1);
    policy::Gate gate{**opened};
    for (int i = 0;; ++i) {
        const auto id = fmt::format("{}-{}", round, i);
        if (!(*opened)->insert_intent(intent_of(id))) ::_exit(2);
        const auto outcome = gate.approve(request_of(id, "0.1"));
        if (!outcome) ::_exit(3);
        const char done = outcome->approved ? 'x' : '-';
        if (::write(tell, &done, 1) != 1) ::_exit(4);
    }
}

TEST_F(GateBudgetTest, a_process_that_is_killed_again_and_again_cannot_overrun_a_budget) {
    activate(policy_of(1, "3", kPay));
    store.reset();
    std::size_t told = 0;
    for (int round = 0; round < 4; ++round) {
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        const auto child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) ask_until_killed(path(), ends[1], round);
        ::close(ends[1]);
        for (int i = 0; i < 9 + round; ++i) {
            char done = 0;
            ASSERT_EQ(::read(ends[0], &done, 1), 1) << "the child ended by itself";
            if (done == 'x') ++told;
        }
        ::kill(child, SIGKILL);
        ASSERT_EQ(::waitpid(child, nullptr, 0), child);
        ::close(ends[0]);
        store = open();
        EXPECT_GE(charges({}, "eth-day").size(), told);
        EXPECT_LE(total(), ether("3").value);
        expect_ok(store->verify_audit_chain());
        store.reset();
    }
    EXPECT_GE(told, 20U);
}

}  // namespace
}  // namespace chela::sidecar::store
