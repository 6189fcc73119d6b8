#pragma once

#include "policy/gate/gate.hpp"
#include "sidecar/store/store.hpp"
#include "tests/policy/bound.hpp"
#include "tests/policy/build.hpp"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

namespace chela::bench {

/// A store with one agent, whose reservations come `step` apart.
/// Threads: reserve() alone is safe from many at once.
class Reservations {
public:
    static constexpr const char* kAgent = "agent-1";

    Reservations(const std::filesystem::path& path, std::chrono::milliseconds step)
        : store_{open(path)},
          step_{step} {
        sidecar::store::AgentRecord agent;
        agent.id = agent.name = kAgent;
        agent.intents_api_enabled = true;
        agent.guardrails.everywhere.to_allowlist = {test::address(0xa1)};
        agent.guardrails.everywhere.daily_limit = test::ether("1000000");
        agent.api_key_prefix = "ck_bench";
        agent.created_by = "operator";
        agent.created_at = test::kNow;
        expect(
            store_->insert_agent(agent, {test::kNow, "operator", "agent.created", kAgent, "{}"}));
    }

    /// Stores the intents of the next `count` reservations.
    void prepare(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            sidecar::store::IntentRecord intent;
            intent.id = intent.idempotency_hash = intent.fingerprint = std::to_string(prepared_++);
            intent.agent_id = kAgent;
            intent.chain = "base";
            intent.chain_id = test::kChain;
            intent.signing_key_id = "key-1";
            intent.from = test::address(0x51);
            intent.to = test::address(0xa1);
            intent.value = test::ether("1");
            intent.created_at = intent.updated_at = test::kNow;
            expect(store_->insert_intent(intent));
        }
    }
    /// One payment through the gate.
    void reserve() {
        const auto number = reserved_++;
        policy::Gate gate{*store_};
        const auto outcome = gate.approve(test::bound(
            {.intent_id = std::to_string(number),
             .decision_id = "decision-" + std::to_string(number),
             .agent_id = kAgent,
             .fingerprint = std::to_string(number),
             .signer = test::address(0x51),
             .content =
                 chains::Transaction{test::transaction_to(test::address(0xa1), test::ether("1"))},
             .requested_nonce = {},
             .chain_nonce = Nonce{0},
             .chain_max_fee = test::ether("1"),
             .node_chain = test::kChain,
             .now = time_of(number),
             .simulation = policy::SimulationFacts{
                 .id = "simulation",
                 .outcome = chains::simulation::Outcome::success,
                 .is_degraded = true,
                 .age_blocks = 0,
                 .changes = {}}}));
        expect(outcome);
        if (!outcome->approved) bug("the gate denied what is measured");
    }
    /// The chain is done with what was reserved: from here on it leaves the window.
    void settle() {
        for (; settled_ < reserved_; ++settled_) {
            const auto id = std::to_string(settled_);
            TxHash hash;
            for (std::size_t i = 0; i < 4; ++i)
                hash.bytes.at(i) = static_cast<std::uint8_t>(settled_ >> (8 * i));
            expect(store_->store_signature(id, {1}, hash, time_of(settled_)));
            expect(store_->mark_included(
                id, {BlockNumber{1}, {}, Gas{21'000}, true, true}, time_of(settled_)));
        }
    }
    /// What the lane's owner does at least once a second. @return slots that are open
    std::size_t look_at_lane() {
        const auto slots = store_->slots({test::kChain, test::address(0x51)});
        expect(slots);
        return slots->size();
    }
    /// Ends the program unless everything reserved is in the store, in an unbroken audit chain.
    void check() {
        const auto intents = store_->intents(kAgent, ~std::size_t{0});
        expect(intents);
        std::size_t held = 0;
        for (const auto& intent : *intents)
            if (intent.nonce) ++held;
        if (held != static_cast<std::size_t>(reserved_)) bug("reservations are missing");
        expect(store_->verify_audit_chain());
    }

private:
    static std::unique_ptr<sidecar::store::Store> open(const std::filesystem::path& path) {
        auto store = sidecar::store::open_sqlite(path, sidecar::store::OpenMode::create);
        expect(store);
        expect((*store)->own_lane({test::kChain, test::address(0x51)}));
        return *std::move(store);
    }
    template <class T>
    static void expect(const Result<T>& result) {
        if (!result) bug(result.error().detail);
    }
    [[nodiscard]] TimePoint time_of(int number) const { return test::kNow + step_ * number; }

    std::unique_ptr<sidecar::store::Store> store_;
    std::chrono::milliseconds step_;
    int prepared_ = 0;
    std::atomic<int> reserved_ = 0;
    int settled_ = 0;
};

}  // namespace chela::bench
