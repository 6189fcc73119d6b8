#include "tests/integration/support/fake_node/fixture.hpp"

#include <gmock/gmock.h>

namespace chela::test::fake_node {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class fake_node_chain : public FakeNodeTest {
protected:
    /// A block on which `next_base_fee` is asked.
    static Block parent(std::uint64_t base_fee, std::uint64_t used) {
        Block out;
        out.base_fee = wei(base_fee);
        out.gas_limit = Gas{30'000'000};
        out.gas_used = Gas{used};
        return out;
    }
};

TEST_F(fake_node_chain, the_base_fee_follows_eip_1559) {
    EXPECT_EQ(next_base_fee(parent(1000, 15'000'000)), wei(1000));
    EXPECT_EQ(next_base_fee(parent(1000, 30'000'000)), wei(1125));
    EXPECT_EQ(next_base_fee(parent(1000, 0)), wei(875));
    // Source: go-ethereum, eip1559_test: these round down, and a rise is at least one wei.
    EXPECT_EQ(next_base_fee(parent(7, 15'000'001)), wei(8));
    EXPECT_EQ(next_base_fee(parent(7, 0)), wei(7));
    EXPECT_EQ(next_base_fee(parent(8, 0)), wei(7));
}

TEST_F(fake_node_chain, blocks_are_linked_by_their_hashes) {
    chain->mine_empty(3);
    for (std::uint64_t number = 1; number <= 3; ++number) {
        const Block& block = *chain->block(BlockNumber{number});
        EXPECT_EQ(block.parent, chain->block(BlockNumber{number - 1})->hash);
        EXPECT_EQ(chain->block(block.hash), &block);
    }
    EXPECT_EQ(chain->block(BlockNumber{4}), nullptr);
}

TEST_F(fake_node_chain, a_block_takes_the_best_tips_first_and_keeps_each_senders_order) {
    ASSERT_EQ(send({.nonce = 0, .tip = wei(1)}), "");
    ASSERT_EQ(send({.nonce = 1, .tip = wei(9)}), "");
    ASSERT_EQ(send(signed_bytes(kBob, {.tip = wei(5)})), "");
    chain->mine();
    const auto& mined = chain->head().transactions;
    ASSERT_EQ(mined.size(), 3U);
    EXPECT_EQ(mined[0].signed_tx.sender, bob);
    EXPECT_EQ(chains::nonce(mined[1].signed_tx.transaction), Nonce{0});
    EXPECT_EQ(mined[2].cumulative_gas, Gas{3 * kPlainGas});
    EXPECT_EQ(chain->pool().size(), 0U);
}

TEST_F(fake_node_chain, a_block_is_full_at_its_gas_limit) {
    ChainOptions options;
    options.block_gas_limit = Gas{2 * kPlainGas};
    start(options);
    for (std::uint64_t nonce = 0; nonce < 3; ++nonce)
        ASSERT_EQ(send({.nonce = nonce}), "");
    chain->mine();
    EXPECT_THAT(chain->head().transactions, SizeIs(2));
    // An eighth down after the empty genesis block, an eighth up after this one.
    EXPECT_EQ(chain->base_fee_after(chain->head()), wei(984'375'000));
}

TEST_F(fake_node_chain, takes_value_and_fee_and_gives_the_value_to_the_receiver) {
    ASSERT_EQ(send({.value = ether(2)}), "");
    chain->mine();
    // The genesis block is empty, so that its child's base fee is an eighth lower.
    const Wei fee = times(plus(wei(875'000'000), wei(kGwei)), kPlainGas);
    EXPECT_EQ(chain->spent(alice).value, ether(2));
    EXPECT_EQ(chain->spent(alice).fees, fee);
    EXPECT_EQ(chain->balance(kCarol), ether(2));
    EXPECT_EQ(chain->balance(alice), minus(minus(ether(10), ether(2)), fee));
    const auto canonical = chain->canonical(alice);
    ASSERT_THAT(canonical, SizeIs(1));
    EXPECT_EQ(canonical[0].block_hash, chain->head().hash);
    EXPECT_EQ(canonical[0].to, kCarol);
}

TEST_F(fake_node_chain, one_that_reverts_pays_its_fee_and_uses_its_nonce) {
    chain->set_executes(alice, Nonce{0}, Execution::reverts);
    chain->set_executes(hash_of(kAlice, {.nonce = 1, .value = ether(1)}), Execution::reverts);
    for (std::uint64_t nonce = 0; nonce < 3; ++nonce)
        ASSERT_EQ(send({.nonce = nonce, .value = ether(1)}), "");
    chain->mine();
    EXPECT_EQ(chain->nonce(alice), Nonce{3});
    EXPECT_EQ(chain->balance(kCarol), ether(1));
    EXPECT_EQ(chain->spent(alice).value, ether(1));
    EXPECT_GT(chain->spent(alice).fees, wei(0));
}

TEST_F(fake_node_chain, a_forced_base_fee_lasts_one_block) {
    chain->set_base_fee(wei(80));
    chain->mine_empty();
    EXPECT_EQ(chain->head().base_fee, wei(80));
    chain->mine_empty();
    EXPECT_EQ(chain->head().base_fee, wei(70));
}

TEST_F(fake_node_chain, a_foreign_transaction_takes_the_nonce_from_the_pool) {
    ASSERT_EQ(send({.nonce = 0}), "");
    ASSERT_EQ(send({.nonce = 1}), "");
    const TxHash foreign = chain->foreign_transaction(kAlice, Nonce{0}, bob, ether(1));
    EXPECT_TRUE(chain->find(foreign));
    EXPECT_FALSE(chain->pool().contains(hash_of(kAlice, {.nonce = 0})));
    EXPECT_TRUE(chain->pool().contains(hash_of(kAlice, {.nonce = 1})));
    chain->mine();
    EXPECT_THAT(chain->canonical(alice), SizeIs(2));
    EXPECT_THAT(chain->sent(), IsEmpty());
}

TEST_F(fake_node_chain, a_reorg_returns_transactions_to_the_pool_and_money_to_its_owner) {
    const Payment payment{.value = ether(1)};
    ASSERT_EQ(send(payment), "");
    chain->mine();
    ASSERT_EQ(send({.nonce = 1}), "");
    const BlockHash old = chain->head().hash;
    chain->reorg(1, Fate::back_to_pool);
    EXPECT_EQ(chain->head().number, BlockNumber{1});
    EXPECT_NE(chain->head().hash, old);
    EXPECT_THAT(chain->head().transactions, IsEmpty());
    EXPECT_FALSE(chain->find(hash_of(kAlice, payment)));
    EXPECT_EQ(chain->balance(alice), ether(10));
    EXPECT_EQ(chain->nonce(alice), Nonce{0});
    EXPECT_EQ(chain->spent(alice).fees, wei(0));
    EXPECT_THAT(chain->pool().executable(alice), SizeIs(2));
    chain->mine();
    EXPECT_THAT(chain->canonical(alice), SizeIs(2));
    EXPECT_EQ(chain->canonical(alice)[0].hash, hash_of(kAlice, payment));
    ASSERT_NE(chain->block(old), nullptr);
}

TEST_F(fake_node_chain, a_reorg_may_lose_transactions_so_that_what_follows_waits) {
    ASSERT_EQ(send({.nonce = 0}), "");
    chain->mine();
    ASSERT_EQ(send({.nonce = 1}), "");
    chain->reorg(1, Fate::gone);
    EXPECT_THAT(chain->pool().executable(alice), IsEmpty());
    EXPECT_THAT(chain->pool().queued(alice), SizeIs(1));
    EXPECT_EQ(send({.nonce = 0}), "");
    chain->mine();
    EXPECT_EQ(chain->nonce(alice), Nonce{2});
}

TEST_F(fake_node_chain, a_reorg_may_leave_a_shorter_or_a_longer_chain) {
    chain->mine_empty(5);
    chain->reorg(3, Fate::gone, 0);
    EXPECT_EQ(chain->head().number, BlockNumber{2});
    chain->reorg(1, Fate::gone, 4);
    EXPECT_EQ(chain->head().number, BlockNumber{5});
    EXPECT_EQ(chain->block(BlockNumber{3})->parent, chain->block(BlockNumber{2})->hash);
}

TEST_F(fake_node_chain, a_finalized_block_stays) {
    ChainOptions options;
    options.finalized_lag = 2;
    start(options);
    chain->mine_empty(10);
    EXPECT_EQ(chain->finalized(), BlockNumber{8});
    chain->reorg(2, Fate::gone, 0);
    EXPECT_EQ(chain->finalized(), BlockNumber{8});
    EXPECT_DEATH(chain->reorg(1, Fate::gone), "none that is finalized");
}

TEST_F(fake_node_chain, money_that_a_test_gives_outlives_a_reorg) {
    chain->mine_empty(2);
    chain->fund(kCarol, ether(1));
    chain->delegate(kCarol);
    chain->reorg(2, Fate::gone);
    EXPECT_EQ(chain->balance(kCarol), ether(1));
    EXPECT_FALSE(chain->head().state.at(kCarol).code.empty());
}

}  // namespace
}  // namespace chela::test::fake_node
