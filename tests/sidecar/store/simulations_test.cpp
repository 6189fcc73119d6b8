#include "tests/sidecar/store/fixture.hpp"

namespace chela::sidecar::store {
namespace {

SimulationRecord simulation_of(std::string id) {
    SimulationRecord out;
    out.id = std::move(id);
    out.agent_id = kAgent;
    out.body = "{}";
    out.created_at = kNow;
    return out;
}

using SimulationsTest = StoreTest;

TEST_F(SimulationsTest, are_kept_for_known_agents_once) {
    auto simulation = simulation_of("s");
    expect_ok(store->insert_simulation(simulation));
    expect_error(store->insert_simulation(simulation), ErrorCode::conflict);
    simulation = simulation_of("t");
    simulation.agent_id = "nobody";
    expect_error(store->insert_simulation(simulation), ErrorCode::not_found);
    expect_error(store->simulation("t"), ErrorCode::not_found);
}

TEST_F(SimulationsTest, that_belong_to_no_intent_are_kept_for_a_while) {
    auto of_an_intent = simulation_of("kept");
    of_an_intent.intent_id = "i";
    expect_ok(store->insert_simulation(of_an_intent));
    for (std::size_t i = 0; i <= SimulationStore::kKeptSimulations; ++i)
        expect_ok(store->insert_simulation(simulation_of("s" + std::to_string(i))));
    expect_error(store->simulation("s0"), ErrorCode::not_found);
    EXPECT_TRUE(store->simulation("s1").has_value());
    EXPECT_TRUE(store->simulation("kept").has_value());
}

TEST_F(SimulationsTest, come_back_as_they_were_kept) {
    auto simulation = simulation_of("s");
    simulation.intent_id = "i";
    simulation.body = R"({"status":"success"})";
    simulation.provider = "eth_simulateV1";
    simulation.is_degraded = true;
    simulation.transaction_digest = Hash256{};
    simulation.transaction_digest->bytes[0] = 7;
    simulation.block_number = BlockNumber{16};
    simulation.block_hash = BlockHash{};
    simulation.block_hash->bytes[31] = 9;
    expect_ok(store->insert_simulation(simulation));
    const auto found = store->simulation("s");
    ASSERT_TRUE(found.has_value()) << found.error().detail;
    EXPECT_EQ(found->agent_id, kAgent);
    EXPECT_EQ(found->intent_id, "i");
    EXPECT_EQ(found->body, simulation.body);
    EXPECT_EQ(found->created_at, kNow);
    EXPECT_EQ(found->provider, simulation.provider);
    EXPECT_TRUE(found->is_degraded);
    EXPECT_EQ(found->transaction_digest, simulation.transaction_digest);
    EXPECT_EQ(found->block_number, simulation.block_number);
    EXPECT_EQ(found->block_hash, simulation.block_hash);
}

TEST_F(SimulationsTest, without_a_block_or_transaction_say_so) {
    expect_ok(store->insert_simulation(simulation_of("s")));
    const auto found = store->simulation("s");
    ASSERT_TRUE(found.has_value());
    EXPECT_FALSE(found->transaction_digest || found->block_number || found->block_hash);
    auto too_high = simulation_of("t");
    too_high.block_number = BlockNumber{~std::uint64_t{0}};
    expect_error(store->insert_simulation(too_high), ErrorCode::out_of_range);
}

TEST_F(SimulationsTest, a_damaged_digest_is_an_error) {
    auto simulation = simulation_of("s");
    simulation.transaction_digest = Hash256{};
    expect_ok(store->insert_simulation(simulation));
    Raw{path()}.run("UPDATE simulations SET transaction_digest = '0x12'");
    expect_error(store->simulation("s"), ErrorCode::internal);
}

}  // namespace
}  // namespace chela::sidecar::store
