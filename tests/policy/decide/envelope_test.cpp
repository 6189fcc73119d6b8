#include "policy/decide/envelope_facts.hpp"
#include "tests/policy/decide/build.hpp"

#include <gtest/gtest.h>

namespace chela::policy {
namespace {

/// A payment that the document allows, with one thing to change.
class Payment {
public:
    Payment() { facts.tree = &tree; }
    EffectTree tree = tree_of({pay(5)});
    Facts facts = facts_of(tree);
    Policy policy = document(
        {permit("any", EffectKind::transfer), permit("say", EffectKind::message),
         permit("code", EffectKind::delegate_7702)});
    [[nodiscard]] std::string answered() const { return answer(policy, facts); }
};

TEST(structure, refuses_chain_zero_whatever_is_listed) {
    Payment payment;
    payment.policy.envelope.any_chain = true;
    EXPECT_EQ(payment.answered(), "allow");
    payment.facts.envelope.chain = ChainId{0};
    payment.facts.envelope.node_chain.reset();
    payment.tree = tree_of({pay(5, Asset{ChainId{0}, kUsdc.contract})});
    payment.policy.envelope.chains = {ChainId{0}};
    EXPECT_EQ(payment.answered(), "deny E_CHAIN_ZERO");
}

TEST(structure, refuses_another_chain_than_the_nodes) {
    Payment payment;
    payment.facts.envelope.node_chain = ChainId{1};
    EXPECT_EQ(payment.answered(), "deny E_CHAIN_MISMATCH");
    payment.facts.envelope.node_chain.reset();
    EXPECT_EQ(payment.answered(), "allow") << "nobody was asked";
}

TEST(structure, refuses_an_effect_of_another_chain) {
    Payment payment;
    payment.tree = tree_of({pay(5), pay(5, Asset{ChainId{1}, kUsdc.contract})});
    EXPECT_EQ(payment.answered(), "deny E_CHAIN_MISMATCH");
}

TEST(structure, refuses_authority_on_every_chain) {
    Payment payment;
    Delegate7702 code{.chain = kChain, .authority = kSelf, .delegate = kBob, .nonce = Nonce{1}};
    payment.tree = tree_of({code});
    EXPECT_EQ(payment.answered(), "allow");
    code.chain = ChainId{0};
    payment.tree = tree_of({code});
    EXPECT_EQ(payment.answered(), "deny E_AUTHORIZATION_CHAIN_ZERO");
    payment.facts.envelope.operation = Operation::authorization;
    payment.facts.envelope.chain = ChainId{0};
    payment.facts.envelope.node_chain.reset();
    payment.policy.envelope.any_chain = true;
    EXPECT_EQ(payment.answered(), "deny E_CHAIN_ZERO E_AUTHORIZATION_CHAIN_ZERO");
}

TEST(envelope, allows_only_listed_chains_types_and_operations) {
    Payment payment;
    payment.policy.envelope.chains = {ChainId{1}};
    EXPECT_EQ(payment.answered(), "deny E_CHAIN_NOT_ALLOWED");
    payment.policy.envelope.chains.clear();
    EXPECT_EQ(payment.answered(), "deny E_CHAIN_NOT_ALLOWED") << "an empty list allows none";
    payment.policy.envelope.chains = {ChainId{1}, kChain};
    for (const std::optional<unsigned> type :
         {std::optional{0U}, std::optional{4U}, std::optional<unsigned>{}}) {
        payment.facts.envelope.tx_type = type;
        EXPECT_EQ(payment.answered(), "deny E_TX_TYPE");
    }
    payment.policy.envelope.tx_types.clear();
    payment.facts.envelope.tx_type = 2;
    EXPECT_EQ(payment.answered(), "deny E_TX_TYPE");
    payment.policy.envelope.tx_types = {2};
    payment.policy.envelope.operations = {Operation::typed_data};
    EXPECT_EQ(payment.answered(), "deny E_OPERATION_NOT_ALLOWED");
    payment.policy.envelope.operations.push_back(Operation::transaction);
    EXPECT_EQ(payment.answered(), "allow");
}

TEST(envelope, a_message_names_no_chain_and_must_be_asked_for_by_name) {
    Payment payment;
    payment.tree = tree_of({Message{{'h', 'i'}, std::nullopt}});
    payment.facts.envelope = {};
    payment.facts.envelope.operation = Operation::personal_message;
    EXPECT_EQ(payment.answered(), "deny E_CHAIN_NOT_ALLOWED");
    payment.policy.envelope.any_chain = true;
    EXPECT_EQ(payment.answered(), "deny E_CHAIN_NOT_ALLOWED") << "any chain is not no chain";
    payment.policy.envelope.operations = {Operation::personal_message};
    EXPECT_EQ(payment.answered(), "allow");
    payment.facts.envelope.operation = Operation::typed_data;
    payment.policy.envelope.operations = {Operation::typed_data};
    EXPECT_EQ(payment.answered(), "deny E_CHAIN_NOT_ALLOWED") << "typed data has to name one";
}

TEST(envelope, holds_from_not_before_until_it_expires) {
    Payment payment;
    payment.policy.not_before = kNow;
    payment.policy.expires = kNow + 1ms;
    EXPECT_EQ(payment.answered(), "allow");
    payment.facts.now = kNow + 1ms;
    EXPECT_EQ(payment.answered(), "deny E_POLICY_EXPIRED");
    payment.facts.now = kNow - 1ms;
    EXPECT_EQ(payment.answered(), "deny E_POLICY_NOT_YET");
    payment.facts.ledger.high_water = kNow + 1ms;
    payment.facts.now = kNow;
    EXPECT_EQ(payment.answered(), "deny E_POLICY_EXPIRED") << "the clock was moved back";
}

TEST(fees, must_be_known_and_under_both_caps) {
    Payment payment;
    payment.facts.envelope.max_fee = ether("0.01");
    EXPECT_EQ(payment.answered(), "allow");
    payment.facts.envelope.max_fee = Wei{*add(ether("0.01").value, U256{1})};
    EXPECT_EQ(payment.answered(), "deny E_FEE_OVER_LIMIT");
    payment.facts.envelope.max_fee.reset();
    EXPECT_EQ(payment.answered(), "deny E_FEE_OVER_LIMIT");
    payment.facts.envelope.max_fee = ether("0.005");
    payment.facts.envelope.operator_max_fee = ether("0.004");
    EXPECT_EQ(payment.answered(), "deny E_FEE_OVER_LIMIT");
    payment.facts.envelope.operator_max_fee = ether("0.005");
    EXPECT_EQ(payment.answered(), "allow");
    payment.policy.envelope.max_total_fee.reset();
    EXPECT_EQ(payment.answered(), "deny E_FEE_OVER_LIMIT") << "no cap allows no fee";
    payment.policy.is_compiled = true;
    EXPECT_EQ(payment.answered(), "allow") << "guardrails have the operator's cap alone";
    payment.facts.envelope.max_fee.reset();
    payment.facts.envelope.operator_max_fee.reset();
    EXPECT_EQ(payment.answered(), "deny E_FEE_OVER_LIMIT");
}

TEST(fees, of_gas_hold_for_all_chains_and_for_one) {
    Payment payment;
    payment.policy.envelope.max_fee_per_gas = wei(1'000'000'000);
    payment.policy.envelope.max_gas = Gas{100'000};
    EXPECT_EQ(payment.answered(), "allow");
    payment.policy.envelope.per_chain[kChain.value] = {wei(999'999'999), Gas{99'999}};
    EXPECT_EQ(payment.answered(), "deny E_FEE_OVER_LIMIT E_GAS_OVER_LIMIT");
    payment.policy.envelope.per_chain = {{1, {wei(1), Gas{1}}}};
    EXPECT_EQ(payment.answered(), "allow") << "of another chain";
    payment.facts.envelope.gas.reset();
    payment.facts.envelope.max_fee_per_gas.reset();
    EXPECT_EQ(payment.answered(), "deny E_FEE_OVER_LIMIT E_GAS_OVER_LIMIT") << "unknown is over";
}

TEST(fees, of_user_operations_count_and_of_typed_data_do_not) {
    Payment payment;
    payment.facts.envelope.max_fee = ether("1");
    payment.facts.envelope.operation = Operation::user_operation;
    EXPECT_EQ(payment.answered(), "deny E_FEE_OVER_LIMIT");
    payment.facts.envelope.operation = Operation::typed_data;
    EXPECT_EQ(payment.answered(), "allow");
}

TEST(envelope_facts, say_what_a_transaction_says) {
    auto facts = envelope_facts(chains::Transaction{test::transaction_to(kAlice)});
    EXPECT_EQ(facts.operation, Operation::transaction);
    EXPECT_EQ(facts.chain, kChain);
    EXPECT_EQ(facts.tx_type, 2U);
    EXPECT_EQ(facts.max_fee, wei(21'000'000'000'000));
    EXPECT_EQ(facts.max_fee_per_gas, wei(1'000'000'000));
    EXPECT_EQ(facts.gas, Gas{21'000});
    chains::LegacyTransaction legacy;
    legacy.chain_id = kChain;
    legacy.gas_price = Wei{U256::max()};
    legacy.gas_limit = Gas{2};
    facts = envelope_facts(chains::Transaction{legacy});
    EXPECT_EQ(facts.tx_type, 0U);
    EXPECT_EQ(facts.max_fee_per_gas, Wei{U256::max()}) << "the price itself";
    EXPECT_FALSE(facts.max_fee.has_value()) << "it does not fit";
}

TEST(envelope_facts, say_what_other_signatures_say) {
    EXPECT_EQ(envelope_facts(chains::PersonalMessage{}).operation, Operation::personal_message);
    EXPECT_FALSE(envelope_facts(chains::PersonalMessage{}).chain.has_value());
    EXPECT_EQ(envelope_facts(chains::ValidatorMessage{}).operation, Operation::personal_message);
    const auto code =
        envelope_facts(chains::Authorization{.chain_id = ChainId{0}, .address = kBob, .nonce = {}});
    EXPECT_EQ(code.operation, Operation::authorization);
    EXPECT_EQ(code.chain, ChainId{0});
}

chains::UserOperationToSign operation() {
    chains::UserOperationV07 parts{};
    parts.sender = kSafe;
    parts.call_gas_limit = U256{100};
    parts.verification_gas_limit = U256{200};
    parts.pre_verification_gas = U256{300};
    parts.max_fee_per_gas = U256{7};
    parts.paymaster = chains::UserOperationPaymaster{
        .address = kBob,
        .verification_gas_limit = U256{40},
        .post_op_gas_limit = U256{50},
        .data = {}};
    return {
        .operation =
            {.operation = parts, .entry_point = chains::kEntryPointV07, .chain_id = kChain},
        .form = chains::UserOperationToSign::Form::hash};
}

TEST(envelope_facts, take_all_gas_of_a_user_operation_at_its_highest_price) {
    auto to_sign = operation();
    auto facts = envelope_facts(to_sign);
    EXPECT_EQ(facts.operation, Operation::user_operation);
    EXPECT_EQ(facts.chain, kChain);
    EXPECT_EQ(facts.gas, Gas{690});
    EXPECT_EQ(facts.max_fee_per_gas, wei(7));
    EXPECT_EQ(facts.max_fee, wei(690 * 7));
    auto& parts = std::get<chains::UserOperationV07>(to_sign.operation.operation);
    parts.pre_verification_gas = U256::max();
    facts = envelope_facts(to_sign);
    EXPECT_FALSE(facts.gas.has_value());
    EXPECT_FALSE(facts.max_fee.has_value());
}

}  // namespace
}  // namespace chela::policy
