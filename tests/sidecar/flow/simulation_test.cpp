// What is simulated is what is signed, whatever the node does in between.
#include "chains/simulation/digest.hpp"
#include "tests/sidecar/flow/world.hpp"
#include "tests/sidecar/node/scripted_client.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::flow {
namespace {

using test::FakeChain;

class simulation_of_an_intent : public World {
protected:
    /// Every call that was simulated for real: the probes go to the zero address.
    std::vector<Json> simulated;
    /// Runs before each real simulation.
    std::function<void()> before_simulation;

    simulation_of_an_intent() {
        node->intercept = [this](const std::string& method, const Json& parameters) {
            return intercept(method, parameters);
        };
    }

public:
    // The process ends after this, and goes on asking until then.
    ~simulation_of_an_intent() override { node->intercept = nullptr; }

protected:
    std::optional<FakeChain::Answer> intercept(const std::string& method, const Json& parameters) {
        if (method != "eth_simulateV1") return std::nullopt;
        const auto& call = parameters.at(0).at("blockStateCalls").at(0).at("calls").at(0);
        if (call.at("to") == "0x" + std::string(40, '0')) return std::nullopt;
        simulated.push_back(call);
        if (before_simulation) before_simulation();
        return std::nullopt;
    }
    [[nodiscard]] store::SimulationRecord kept(const std::string& intent_id) const {
        const auto found = process->store->simulation(intent(intent_id).simulation_id);
        if (!found) bug("the simulation of the intent is not kept");
        return *found;
    }
    [[nodiscard]] std::string first_code(const std::string& id) const {
        return intent(id).error_code;
    }
    std::uint64_t blocks_to_come = 0;  ///< blocks that come before the head is asked for next

    void expect_nothing_signed() {
        EXPECT_EQ(highest_nonce(), std::nullopt);
        EXPECT_EQ(charges(), 0U);
        EXPECT_EQ(token.behaviour.attempts(), 0U);
        EXPECT_TRUE(node->sent.empty());
    }
};

TEST_F(simulation_of_an_intent, is_of_the_exact_gas_fees_value_and_data) {
    const auto id = submitted("a", IntentState::broadcast);
    ASSERT_EQ(simulated.size(), 1U);
    const auto sent = chains::decode_signed(intent(id).signed_bytes);
    ASSERT_TRUE(sent.has_value());
    const auto& transaction = std::get<chains::Eip1559Transaction>(sent->transaction);
    const auto& call = simulated.front();
    EXPECT_EQ(call.at("from"), to_hex(signer));
    EXPECT_EQ(call.at("to"), to_hex(*transaction.to));
    EXPECT_EQ(call.at("value"), to_quantity(transaction.value.value));
    EXPECT_EQ(call.at("gas"), to_quantity(U256{transaction.gas_limit.value}));
    EXPECT_EQ(call.at("maxFeePerGas"), to_quantity(transaction.max_fee_per_gas.value));
    EXPECT_EQ(
        call.at("maxPriorityFeePerGas"), to_quantity(transaction.max_priority_fee_per_gas.value));
}

TEST_F(simulation_of_an_intent, is_kept_with_the_digest_of_what_was_signed) {
    const auto id = submitted("a", IntentState::broadcast);
    const auto sent = chains::decode_signed(intent(id).signed_bytes);
    ASSERT_TRUE(sent.has_value());
    const auto record = kept(id);
    EXPECT_EQ(
        record.transaction_digest,
        chains::simulation::transaction_digest(sent->transaction, signer));
    EXPECT_EQ(record.agent_id, agent_id);
    EXPECT_EQ(record.intent_id, id);
    EXPECT_EQ(record.provider, "eth_simulateV1");
    EXPECT_FALSE(record.is_degraded);
    EXPECT_EQ(record.block_number, BlockNumber{100});
    ASSERT_TRUE(record.block_hash);
    EXPECT_EQ(to_hex(*record.block_hash), fmt::format("0x{:064x}", 100));
    const auto body = parse_json(record.body);
    ASSERT_TRUE(body.has_value());
    EXPECT_EQ(body->at("transaction_digest"), to_hex(*record.transaction_digest));
    EXPECT_EQ(body->at("pinned_by"), "hash");
}

TEST_F(simulation_of_an_intent, that_would_revert_ends_it_with_the_reason_though_no_gas_is_known) {
    node->simulation_reverts = true;
    const auto id = submitted("a", IntentState::simulation_failed);
    EXPECT_EQ(intent(id).error_code, "E_WOULD_REVERT");
    EXPECT_NE(intent(id).error_message.find("no money"), std::string::npos);
    EXPECT_EQ(intent(id).simulation_status, "reverted");
    ASSERT_EQ(simulated.size(), 1U);
    EXPECT_FALSE(simulated.front().contains("gas"));
    EXPECT_FALSE(kept(id).transaction_digest) << "it is of no exact transaction";
    expect_nothing_signed();
}

TEST_F(simulation_of_an_intent, that_succeeds_where_the_estimate_reverts_signs_nothing) {
    node->simulation_reverts = true;
    before_simulation = [this] { node->simulation_reverts = false; };
    const auto refused = submit("a");
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "E_WOULD_REVERT");
    expect_nothing_signed();
}

TEST_F(simulation_of_an_intent, that_reverts_where_the_estimate_did_not_signs_nothing) {
    before_simulation = [this] { node->simulation_reverts = true; };
    const auto id = submitted("a", IntentState::simulation_failed);
    EXPECT_EQ(first_code(id), "E_WOULD_REVERT");
    expect_nothing_signed();
}

TEST_F(simulation_of_an_intent, whose_fees_the_node_changes_afterwards_is_signed_as_it_was) {
    // Asked again, the node would give other fees and another gas limit.
    before_simulation = [this] {
        auto simulate = node->intercept;
        node->intercept = [simulate](
                              const std::string& method,
                              const Json& parameters) -> std::optional<FakeChain::Answer> {
            if (method == "eth_estimateGas") return test::rpc_result("0xffffff");
            if (method == "eth_feeHistory") {
                return test::rpc_result(Json{
                    {"baseFeePerGas", Json::array({"0xffff", "0xffff"})},
                    {"reward", Json::array({Json::array({"0xffff"})})}});
            }
            return simulate(method, parameters);
        };
        before_simulation = nullptr;
    };
    const auto id = submitted("a", IntentState::broadcast);
    const auto sent = chains::decode_signed(intent(id).signed_bytes);
    ASSERT_TRUE(sent.has_value());
    EXPECT_EQ(
        kept(id).transaction_digest,
        chains::simulation::transaction_digest(sent->transaction, signer));
    EXPECT_EQ(intent(id).max_fee_per_gas, "210");
}

TEST_F(simulation_of_an_intent, that_shows_a_loss_which_was_not_declared_signs_nothing) {
    const auto word = [](const Address& address) {
        return "0x" + std::string(24, '0') + to_hex(address).substr(2);
    };
    node->simulated_logs = Json::array({Json{
        {"address", to_hex(test::address(0x70))},
        {"topics",
         {"0xc3d58168c5ae7397731d063d5bbf3d657854427343f4c083240f7aacaa2d0f62", word(signer),
          word(signer), word(test::address(0xee))}},
        {"data", "0x" + test::word(7) + test::word(5)}}});
    const auto id = submitted("a", IntentState::denied);
    EXPECT_EQ(first_code(id), "E_SIMULATION_MISMATCH");
    expect_nothing_signed();
}

TEST_F(simulation_of_an_intent, that_cannot_be_read_signs_nothing) {
    const auto word = "0x" + std::string(62, '0') + "11";
    node->simulated_logs = Json::array({Json{
        {"address", to_hex(test::address(0x70))},
        {"topics",
         {"0x4a39dc06d4c0dbc64b70af90fd698a233a518aa5d07e595d983b8c0526c8f7fb", word, word, word}},
        {"data", "0x"}}});
    const auto id = submitted("a", IntentState::simulation_failed);
    EXPECT_EQ(first_code(id), "E_SIMULATION_ERROR");
    expect_nothing_signed();
}

TEST_F(simulation_of_an_intent, that_grew_too_old_is_made_once_more) {
    before_simulation = [this] {
        // The chain moves on while the first one is under way.
        if (simulated.size() == 1) blocks_to_come = 4;
    };
    auto simulate = node->intercept;
    node->intercept = [this, simulate](const std::string& method, const Json& parameters) {
        if (method == "eth_blockNumber") node->head += std::exchange(blocks_to_come, 0);
        return simulate(method, parameters);
    };
    const auto id = submitted("a", IntentState::broadcast);
    EXPECT_EQ(simulated.size(), 2U);
    EXPECT_EQ(kept(id).block_number, BlockNumber{104});
}

TEST_F(simulation_of_an_intent, that_is_too_old_again_signs_nothing) {
    auto simulate = node->intercept;
    node->intercept = [this, simulate](const std::string& method, const Json& parameters) {
        if (method == "eth_blockNumber") node->head += 4;
        return simulate(method, parameters);
    };
    const auto id = submitted("a", IntentState::denied);
    EXPECT_EQ(first_code(id), "E_SIMULATION_STALE");
    EXPECT_EQ(simulated.size(), 2U) << "once more, and no further";
    expect_nothing_signed();
}

TEST_F(simulation_of_an_intent, of_the_last_allowed_age_is_not_repeated) {
    auto simulate = node->intercept;
    node->intercept = [this, simulate](const std::string& method, const Json& parameters) {
        if (method == "eth_blockNumber") node->head += policy::kMaxSimulationAge;
        return simulate(method, parameters);
    };
    submitted("a", IntentState::broadcast);
    EXPECT_EQ(simulated.size(), 1U);
}

TEST_F(simulation_of_an_intent, that_reverts_once_it_is_repeated_signs_nothing) {
    auto simulate = node->intercept;
    node->intercept = [this, simulate](const std::string& method, const Json& parameters) {
        if (method == "eth_blockNumber") node->head += 4;
        if (simulated.size() == 1) node->simulation_reverts = true;
        return simulate(method, parameters);
    };
    const auto id = submitted("a", IntentState::simulation_failed);
    EXPECT_EQ(first_code(id), "E_WOULD_REVERT");
    expect_nothing_signed();
}

TEST_F(simulation_of_an_intent, that_nobody_can_make_is_a_passing_failure) {
    auto simulate = node->intercept;
    node->intercept = [](const std::string& method,
                         const Json&) -> std::optional<FakeChain::Answer> {
        if (method == "eth_simulateV1") return fail(ErrorCode::timed_out, "slow");
        return std::nullopt;
    };
    EXPECT_FALSE(submit("a").has_value());
    expect_nothing_signed();
    node->intercept = simulate;
    submitted("a", IntentState::broadcast);
}

TEST_F(simulation_of_an_intent, of_a_bundle_lets_each_see_those_before_it) {
    SimulationOrder order{
        .agent_id = agent_id,
        .intent_id = {},
        .chain = base_chain(),
        .transactions = {
            to_simulate(request_to_alice(wei(1)), signer),
            to_simulate(request_to_alice(wei(2)), signer)}};
    std::size_t in_one_block = 0;
    node->intercept = [&](const std::string& method,
                          const Json& parameters) -> std::optional<FakeChain::Answer> {
        if (method == "eth_simulateV1") {
            in_one_block = parameters.at(0).at("blockStateCalls").at(0).at("calls").size();
        }
        return std::nullopt;
    };
    const auto results = test::await(process->context, simulate(process->services, order, soon()));
    ASSERT_TRUE(results.has_value()) << results.error().detail;
    ASSERT_EQ(results->size(), 2U);
    EXPECT_EQ(in_one_block, 2U);
    std::vector<store::SimulationRecord> records;
    for (const auto& one : *results) {
        EXPECT_FALSE(process->store->simulation(one.id).has_value()) << "nobody has seen its id";
        records.push_back(one.record);
    }
    ASSERT_TRUE(test::await(process->context, keep(process->services, records, soon())));
    for (const auto& one : *results)
        EXPECT_EQ(process->store->simulation(one.id)->body, one.record.body);
}

TEST_F(simulation_of_an_intent, is_no_longer_worth_anything_once_the_agent_is_stopped) {
    before_simulation = [this] { deactivate_agent(); };
    const auto refused = submit("a");
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "E_AGENT_INACTIVE");
    expect_nothing_signed();
    const auto audit = process->store->audit_records(0, 100);
    ASSERT_TRUE(audit.has_value());
    EXPECT_EQ(std::ranges::count(*audit, "intent.denied", &store::AuditRecord::action), 1)
        << "what the gate wrote down is committed, though it decided nothing";
}

}  // namespace
}  // namespace chela::sidecar::flow
