#include "chains/node/send_outcome.hpp"
#include "tests/integration/support/fake_node/fixture.hpp"

#include <gmock/gmock.h>

namespace chela::test::fake_node {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class fake_node_pool : public FakeNodeTest {
protected:
    std::vector<std::uint64_t> nonces(const Line& line) {
        std::vector<std::uint64_t> out;
        for (const auto& [nonce, signed_tx] : line)
            out.push_back(nonce);
        return out;
    }
    std::vector<std::uint64_t> executable() { return nonces(chain->pool().executable(alice)); }
    std::vector<std::uint64_t> queued() { return nonces(chain->pool().queued(alice)); }
};

TEST_F(fake_node_pool, knows_the_same_bytes_again) {
    EXPECT_EQ(send(Payment{}), "");
    EXPECT_EQ(send(Payment{}), "already known");
}

TEST_F(fake_node_pool, bytes_that_are_mined_have_a_nonce_too_low) {
    EXPECT_EQ(send(Payment{}), "");
    chain->mine();
    EXPECT_EQ(send(Payment{}), "nonce too low: next nonce 1, tx nonce 0");
}

TEST_F(fake_node_pool, replaces_at_ten_percent_of_both_fees_and_not_a_wei_below) {
    const Payment old{.tip = wei(1000), .cap = wei(2 * kGwei)};
    ASSERT_EQ(send(old), "");
    const std::string underpriced = "replacement transaction underpriced";
    EXPECT_EQ(send({.tip = wei(1099), .cap = wei(22 * kGwei / 10)}), underpriced);
    EXPECT_EQ(send({.tip = wei(1100), .cap = wei(22 * kGwei / 10 - 1)}), underpriced);
    EXPECT_EQ(send({.tip = wei(1100), .cap = wei(22 * kGwei / 10)}), "");
    EXPECT_EQ(chain->pool().size(), 1U);
    EXPECT_FALSE(chain->pool().contains(hash_of(kAlice, old)));
}

TEST_F(fake_node_pool, replaces_what_waits_by_the_same_rule) {
    ASSERT_EQ(send({.nonce = 5, .tip = wei(100)}), "");
    EXPECT_EQ(
        send({.nonce = 5, .tip = wei(109), .cap = wei(4 * kGwei)}),
        "replacement transaction underpriced");
    EXPECT_EQ(send({.nonce = 5, .tip = wei(110), .cap = wei(4 * kGwei)}), "");
    EXPECT_THAT(queued(), ElementsAre(5));
}

TEST_F(fake_node_pool, a_gap_waits_until_it_is_filled) {
    EXPECT_EQ(send({.nonce = 2}), "");
    EXPECT_EQ(send({.nonce = 1}), "");
    EXPECT_THAT(executable(), IsEmpty());
    EXPECT_THAT(queued(), ElementsAre(1, 2));
    EXPECT_EQ(send({.nonce = 0}), "");
    EXPECT_THAT(executable(), ElementsAre(0, 1, 2));
    EXPECT_THAT(queued(), IsEmpty());
}

TEST_F(fake_node_pool, sixty_four_of_a_sender_wait_and_the_sixty_fifth_is_dropped_without_a_word) {
    for (std::uint64_t nonce = 1; nonce <= 65; ++nonce)
        ASSERT_EQ(send({.nonce = nonce}), "") << nonce;
    EXPECT_THAT(queued(), SizeIs(64));
    EXPECT_FALSE(chain->pool().contains(hash_of(kAlice, {.nonce = 65})));
}

TEST_F(fake_node_pool, sixteen_executable_ones_of_a_sender_survive_a_full_pool) {
    ChainOptions options;
    options.pool.global_slots = 20;
    start(options);
    for (std::uint64_t nonce = 0; nonce < 30; ++nonce) {
        ASSERT_EQ(send({.nonce = nonce}), "") << nonce;
        if (nonce < 10) ASSERT_EQ(send(signed_bytes(kBob, {.nonce = nonce})), "");
    }
    EXPECT_THAT(executable(), SizeIs(16));
    EXPECT_THAT(nonces(chain->pool().executable(bob)), SizeIs(10));
}

TEST_F(fake_node_pool, when_it_is_full_only_a_dearer_one_comes_in_and_the_cheapest_leaves) {
    ChainOptions options;
    options.pool.global_slots = 1;
    options.pool.global_queue = 1;
    start(options);
    ASSERT_EQ(send(Payment{}), "");
    ASSERT_EQ(send({.nonce = 5}), "");
    EXPECT_EQ(send(signed_bytes(kBob, Payment{})), "transaction underpriced");
    EXPECT_EQ(
        send(signed_bytes(kBob, {.nonce = 1, .cap = wei(4 * kGwei)})),
        "future transaction tries to replace pending");
    EXPECT_EQ(send(signed_bytes(kBob, {.cap = wei(4 * kGwei)})), "");
    EXPECT_FALSE(chain->pool().contains(hash_of(kAlice, Payment{})));
}

TEST_F(fake_node_pool, needs_a_tip_of_one_wei) {
    EXPECT_EQ(
        send({.tip = wei(0)}),
        "transaction gas price below minimum: gas tip cap 0, minimum needed 1");
    EXPECT_EQ(send({.tip = wei(1)}), "");
}

TEST_F(fake_node_pool, keeps_what_the_base_fee_is_too_high_for) {
    const Wei low = wei(kGwei / 2);
    EXPECT_EQ(send({.tip = wei(1), .cap = low}), "");
    chain->mine();
    EXPECT_THAT(chain->canonical(alice), IsEmpty());
    chain->set_base_fee(low);
    chain->mine();
    EXPECT_THAT(chain->canonical(alice), SizeIs(1));
}

TEST_F(fake_node_pool, asks_for_the_worst_cost_to_the_last_wei) {
    const Wei cost = times(wei(3 * kGwei), kPlainGas);
    const Wei rest = minus(ether(10), cost);
    EXPECT_EQ(
        send({.value = plus(rest, wei(1))}),
        "insufficient funds for gas * price + value: balance 10000000000000000000, tx cost "
        "10000000000000000001, overshot 1");
    EXPECT_EQ(send({.value = rest}), "");
}

TEST_F(fake_node_pool, asks_for_the_sum_of_what_is_executable) {
    ASSERT_EQ(send({.value = ether(6)}), "");
    EXPECT_EQ(
        send({.nonce = 1, .value = ether(5)}),
        "insufficient funds for gas * price + value: balance 10000000000000000000, queued cost "
        "6000063000000000000, tx cost 5000063000000000000, overshot 1000126000000000000");
    // A replacement counts by what it adds.
    EXPECT_EQ(send({.tip = wei(2 * kGwei), .cap = wei(6 * kGwei), .value = ether(9)}), "");
    // What waits is not in the sum.
    ASSERT_EQ(send(signed_bytes(kBob, {.nonce = 3, .value = ether(6)})), "");
    EXPECT_EQ(send(signed_bytes(kBob, {.nonce = 4, .value = ether(6)})), "");
}

TEST_F(fake_node_pool, names_what_a_replacement_adds_when_the_sum_is_too_high) {
    ASSERT_EQ(send({.value = ether(4)}), "");
    ASSERT_EQ(send({.nonce = 1, .value = ether(4)}), "");
    const auto words = send({.tip = wei(2 * kGwei), .cap = wei(6 * kGwei), .value = ether(7)});
    EXPECT_THAT(words, testing::HasSubstr("queued cost 8000126000000000000, tx bumped 3000063"));
}

TEST_F(fake_node_pool, refuses_what_no_block_can_hold) {
    EXPECT_EQ(send({.gas = Gas{20'999}}), "intrinsic gas too low: gas 20999, minimum needed 21000");
    // 16 a byte, and EIP-7623's floor of 40.
    EXPECT_EQ(
        send({.gas = Gas{21'039}, .data = {1}}),
        "insufficient gas for floor data gas cost: gas 21039, minimum needed 21040");
    EXPECT_EQ(send({.gas = Gas{21'040}, .data = {1}}), "");
    EXPECT_EQ(
        send({.gas = Gas{16'777'217}}),
        "transaction gas limit too high (cap: 16777216, tx: 16777217)");
    EXPECT_EQ(
        send({.chain_id = ChainId{1}}),
        "invalid sender: invalid chain id for signer: have 1 want 31337");
    EXPECT_THAT(
        send({.gas = Gas{6'000'000}, .data = Bytes(131'072)}),
        testing::StartsWith("oversized data: "));
    EXPECT_EQ(
        send({.cap = wei(2'000'000 * kGwei), .gas = Gas{1'000'000}}),
        "tx fee (2000.00 ether) exceeds the configured cap (1.00 ether)");
    EXPECT_EQ(send(Bytes{0x02, 0xc0}), "rlp: value size exceeds available input length");
}

TEST_F(fake_node_pool, blobs_and_other_transactions_of_a_sender_exclude_each_other) {
    const Offer offer{wei(kGwei), wei(3 * kGwei), wei(kGwei)};
    ASSERT_EQ(send(blob_bytes(kAlice, 0, offer)), "");
    EXPECT_EQ(send({.nonce = 1}), "address already reserved");
    ASSERT_EQ(send(signed_bytes(kBob, Payment{})), "");
    EXPECT_EQ(send(blob_bytes(kBob, 1, offer)), "nonce too high: tx nonce 1, gapped nonce 0");
    EXPECT_EQ(send(blob_bytes(kBob, 0, offer)), "address already reserved");
    chain->mine();
    EXPECT_EQ(send({.nonce = 1}), "");
}

TEST_F(fake_node_pool, blobs_double_all_three_prices_to_replace) {
    const Offer old{wei(10), wei(2 * kGwei), wei(10)};
    ASSERT_EQ(send(blob_bytes(kAlice, 0, old)), "");
    EXPECT_EQ(
        send(blob_bytes(kAlice, 0, {wei(19), wei(4 * kGwei), wei(20)})),
        "replacement transaction underpriced: new tx gas tip cap 19 < 10 queued + 100% replacement "
        "penalty");
    EXPECT_EQ(send(blob_bytes(kAlice, 0, {wei(20), wei(4 * kGwei), wei(20)})), "");
}

TEST_F(fake_node_pool, holds_sixteen_blob_transactions_of_a_sender) {
    const Offer offer{wei(1), wei(2 * kGwei), wei(1)};
    for (std::uint64_t nonce = 0; nonce < 16; ++nonce)
        ASSERT_EQ(send(blob_bytes(kAlice, nonce, offer)), "");
    EXPECT_EQ(send(blob_bytes(kAlice, 16, offer)), "account limit exceeded: pooled 16 txs");
}

TEST_F(fake_node_pool, a_delegated_sender_has_one_in_flight_and_no_gap) {
    chain->delegate(alice);
    EXPECT_EQ(send({.nonce = 1}), "gapped-nonce tx from delegated accounts");
    EXPECT_EQ(send({.nonce = 0}), "");
    EXPECT_EQ(send({.nonce = 1}), "in-flight transaction limit reached for delegated accounts");
    EXPECT_EQ(send({.nonce = 0, .tip = wei(2 * kGwei), .cap = wei(6 * kGwei)}), "");
    chain->mine();
    EXPECT_EQ(send({.nonce = 1}), "");
}

TEST_F(fake_node_pool, an_authorization_in_the_pool_limits_its_authority_and_delegates_once_mined) {
    chains::SignedAuthorization signed_authorization;
    signed_authorization.authorization = {
        .chain_id = ChainId{31337}, .address = kCarol, .nonce = Nonce{0}};
    const auto signature = kBob.sign(chains::signing_hash(signed_authorization.authorization));
    signed_authorization.r = signature.r;
    signed_authorization.s = signature.s;
    signed_authorization.y_parity = signature.y_parity;
    const chains::Transaction tx = chains::Eip7702Transaction{
        .chain_id = ChainId{31337},
        .nonce = Nonce{0},
        .max_priority_fee_per_gas = wei(kGwei),
        .max_fee_per_gas = wei(3 * kGwei),
        .gas_limit = Gas{100'000},
        .to = kCarol,
        .value = {},
        .data = {},
        .access_list = {},
        .authorization_list = {signed_authorization}};
    ASSERT_EQ(send(signed_bytes(kBob, {.nonce = 0})), "");
    ASSERT_EQ(send(signed_bytes(kBob, {.nonce = 1})), "");
    EXPECT_EQ(send(signed_bytes(kAlice, tx)), "authority already reserved");
    ASSERT_TRUE(chain->evict(hash_of(kBob, {.nonce = 1})));
    ASSERT_TRUE(chain->evict(hash_of(kBob, {.nonce = 0})));
    EXPECT_EQ(send(signed_bytes(kAlice, tx)), "");
    EXPECT_EQ(send(signed_bytes(kBob, {.nonce = 1})), "gapped-nonce tx from delegated accounts");
    chain->mine();
    EXPECT_EQ(chain->head().state.at(bob).code, delegation(kCarol));
    EXPECT_EQ(chain->nonce(bob), Nonce{1});
}

TEST_F(fake_node_pool, eviction_sends_what_came_after_back_to_wait) {
    for (std::uint64_t nonce = 0; nonce < 3; ++nonce)
        ASSERT_EQ(send({.nonce = nonce}), "");
    EXPECT_TRUE(chain->evict(hash_of(kAlice, {.nonce = 1})));
    EXPECT_FALSE(chain->evict(hash_of(kAlice, {.nonce = 1})));
    EXPECT_THAT(executable(), ElementsAre(0));
    EXPECT_THAT(queued(), ElementsAre(2));
    EXPECT_EQ(send({.nonce = 1}), "");
    EXPECT_THAT(executable(), ElementsAre(0, 1, 2));
}

TEST_F(fake_node_pool, what_waits_longer_than_its_lifetime_is_dropped) {
    ChainOptions options;
    options.pool.lifetime_blocks = 5;
    start(options);
    ASSERT_EQ(send({.nonce = 1}), "");
    chain->mine_empty(5);
    EXPECT_THAT(queued(), ElementsAre(1));
    chain->mine_empty();
    EXPECT_THAT(queued(), IsEmpty());
}

TEST_F(fake_node_pool, what_the_sender_can_no_more_pay_is_dropped_and_the_rest_waits) {
    ASSERT_EQ(send({.nonce = 0, .value = ether(8)}), "");
    ASSERT_EQ(send({.nonce = 1, .value = ether(1)}), "");
    ASSERT_EQ(send({.nonce = 2}), "");
    chain->foreign_transaction(kAlice, Nonce{0}, kCarol, minus(ether(9), wei(kGwei)));
    EXPECT_THAT(executable(), IsEmpty());
    EXPECT_THAT(queued(), ElementsAre(2));
}

TEST_F(fake_node_pool, speaks_in_the_words_of_other_clients_that_mean_the_same) {
    using chains::node::classify_send_error;
    using chains::node::SendOutcome;
    const std::vector<std::pair<RefusalKind, SendOutcome>> rows{
        {RefusalKind::already_known, SendOutcome::known},
        {RefusalKind::nonce_too_low, SendOutcome::nonce_low},
        {RefusalKind::nonce_gap, SendOutcome::nonce_high},
        {RefusalKind::replacement_underpriced, SendOutcome::replacement_underpriced},
        {RefusalKind::insufficient_funds, SendOutcome::never_accepted},
        {RefusalKind::below_minimum_tip, SendOutcome::underpriced},
        {RefusalKind::over_block_gas, SendOutcome::never_accepted}};
    for (const auto flavour : {Flavour::geth, Flavour::besu, Flavour::nethermind, Flavour::anvil}) {
        for (const auto& [kind, outcome] : rows) {
            const auto words = to_error({kind, {}}, flavour);
            EXPECT_EQ(classify_send_error(words.message), outcome) << words.message;
            EXPECT_LT(words.code, 0);
        }
    }
}

}  // namespace
}  // namespace chela::test::fake_node
