#include "chains/crypto/keccak.hpp"
#include "tests/policy/decode/decoding.hpp"

#include <gmock/gmock.h>

namespace chela::policy::test {
namespace {

using testing::ElementsAre;

const Address kAccount = address(0xac);
const Address kFactory = address(0xfa);
const Address kPaymaster = address(0xbe);

std::string transfer_of_9() {
    return "a9059cbb" + word(kAlice) + word(9);
}
Bytes execute() {
    return from_digits(call(
        "execute(address,uint256,bytes)",
        {val(kToken), num(0), val(from_digits(transfer_of_9()))}));
}

chains::UserOperationV06 v06() {
    chains::UserOperationV06 out;
    out.sender = kAccount;
    out.call_data = execute();
    out.call_gas_limit = U256{100};
    out.verification_gas_limit = U256{10};
    out.pre_verification_gas = U256{1};
    out.max_fee_per_gas = U256{2};
    return out;
}

chains::UserOperationV07 v07() {
    chains::UserOperationV07 out;
    out.sender = kAccount;
    out.call_data = execute();
    out.call_gas_limit = U256{100};
    out.verification_gas_limit = U256{10};
    out.pre_verification_gas = U256{1};
    out.max_fee_per_gas = U256{2};
    return out;
}

EffectTree decode_op(const chains::UserOperation& operation, const Contracts& contracts = {}) {
    return decode_user_operation({.operation = operation}, kSigner, contracts);
}
EffectTree decode_op(chains::UserOperationV06 operation) {
    return decode_op({std::move(operation), chains::kEntryPointV06, kChain});
}
EffectTree decode_op(chains::UserOperationV07 operation) {
    return decode_op({std::move(operation), chains::kEntryPointV07, kChain});
}
EffectTree decode_op(chains::UserOperationV08 operation) {
    return decode_op({std::move(operation), chains::kEntryPointV08, kChain});
}

UserOp op(const Address& entry_point, std::uint64_t prefund) {
    return {kChain, entry_point, kAccount, wei(prefund), std::nullopt, std::nullopt};
}
const Effect kMoved = Transfer{kAsset, kAccount, kAlice, U256{9}, std::nullopt};

TEST(user_operation, says_what_the_account_does) {
    const auto tree = decode_op(v07());
    EXPECT_THAT(effects_in(tree), ElementsAre(Effect{op(chains::kEntryPointV07, 222)}, kMoved));
    ASSERT_EQ(tree.roots.size(), 1U);
    EXPECT_EQ(tree.roots[0].actor, kSigner);
    EXPECT_EQ(tree.roots[0].target, chains::kEntryPointV07);
    EXPECT_EQ(tree.roots[0].range, (ByteRange{0, execute().size()}));
    const auto* moved = effects_of(tree).back();
    EXPECT_EQ(moved->actor, kAccount);
    EXPECT_EQ(moved->range, (ByteRange{4 + 4 * 32, 4 + 4 * 32 + 68}));
    EXPECT_THAT(
        effects_in(decode_op(v06())), ElementsAre(Effect{op(chains::kEntryPointV06, 222)}, kMoved));
    EXPECT_THAT(
        effects_in(decode_op(chains::UserOperationV08{v07(), std::nullopt})),
        ElementsAre(Effect{op(chains::kEntryPointV08, 222)}, kMoved));
}

TEST(user_operation, the_form_that_is_signed_changes_nothing) {
    const chains::UserOperation operation{v06(), chains::kEntryPointV06, kChain};
    using Form = chains::UserOperationToSign::Form;
    EXPECT_EQ(
        effects_in(decode_user_operation({operation, Form::hash}, kSigner, {})),
        effects_in(decode_user_operation({operation, Form::personal_message}, kSigner, {})));
}

TEST(user_operation, without_call_data_only_costs) {
    auto operation = v07();
    operation.call_data.clear();
    EXPECT_THAT(
        effects_in(decode_op(operation)), ElementsAre(Effect{op(chains::kEntryPointV07, 222)}));
}

TEST(user_operation, the_prefund_counts_what_a_paymaster_may_use) {
    auto old = v06();
    old.paymaster_and_data = Bytes(kPaymaster.bytes.begin(), kPaymaster.bytes.end());
    auto expected = op(chains::kEntryPointV06, (100 + 3 * 10 + 1) * 2);
    expected.paymaster = kPaymaster;
    EXPECT_EQ(effects_in(decode_op(old)).front(), Effect{expected});

    auto recent = v07();
    recent.paymaster = {kPaymaster, U256{1000}, U256{10000}, {}};
    expected = op(chains::kEntryPointV07, (100 + 10 + 1 + 1000 + 10000) * 2);
    expected.paymaster = kPaymaster;
    EXPECT_EQ(effects_in(decode_op(recent)).front(), Effect{expected});
}

TEST(user_operation, a_prefund_that_does_not_fit_is_refused) {
    auto too_much = v06();
    too_much.max_fee_per_gas = U256::max();
    EXPECT_EQ(refusal(effects_in(decode_op(too_much))), Opaque::Reason::non_canonical);
    auto too_much_gas = v06();
    too_much_gas.call_gas_limit = U256::max();
    EXPECT_EQ(refusal(effects_in(decode_op(too_much_gas))), Opaque::Reason::non_canonical);
    auto times_three = v06();
    times_three.verification_gas_limit = U256::max();
    times_three.call_gas_limit = {};
    times_three.pre_verification_gas = {};
    times_three.max_fee_per_gas = U256{1};
    EXPECT_EQ(refusal(effects_in(decode_op(times_three))), std::nullopt);
    times_three.paymaster_and_data = Bytes(20, 1);
    EXPECT_EQ(refusal(effects_in(decode_op(times_three))), Opaque::Reason::non_canonical);
}

TEST(user_operation, a_factory_deploys) {
    auto recent = v07();
    recent.call_data.clear();
    recent.factory = {kFactory, {0xab}};
    Bytes init_code(kFactory.bytes.begin(), kFactory.bytes.end());
    init_code.push_back(0xab);
    auto expected = op(chains::kEntryPointV07, 222);
    expected.factory = kFactory;
    const Effect deployed = Deploy{kChain, kFactory, {}, chains::keccak256(init_code)};
    EXPECT_THAT(effects_in(decode_op(recent)), ElementsAre(Effect{expected}, deployed));

    auto old = v06();
    old.call_data.clear();
    old.init_code = init_code;
    expected.entry_point = chains::kEntryPointV06;
    EXPECT_THAT(effects_in(decode_op(old)), ElementsAre(Effect{expected}, deployed));
}

TEST(user_operation, init_code_or_paymaster_shorter_than_an_address_is_refused) {
    auto factory = v06();
    factory.init_code = Bytes(19, 1);
    EXPECT_EQ(refusal(effects_in(decode_op(factory))), Opaque::Reason::non_canonical);
    auto paymaster = v06();
    paymaster.paymaster_and_data = Bytes(19, 1);
    EXPECT_EQ(refusal(effects_in(decode_op(paymaster))), Opaque::Reason::non_canonical);
}

TEST(user_operation, a_delegate_only_binds_the_operation) {
    chains::UserOperationV08 operation{v07(), kBob};
    operation.parts.factory = {chains::kEip7702Marker, {}};
    auto expected = op(chains::kEntryPointV08, 222);
    expected.factory = chains::kEip7702Marker;
    EXPECT_THAT(effects_in(decode_op(operation)), ElementsAre(Effect{expected}, kMoved));

    operation.parts.factory->data = {0xab};
    const auto effects = effects_in(decode_op(operation));
    ASSERT_EQ(effects.size(), 3U);
    EXPECT_EQ(std::get<Opaque>(effects[1]).reason, Opaque::Reason::unsupported);
}

TEST(user_operation, a_delegate_and_the_marker_come_together) {
    chains::UserOperationV08 no_marker{v07(), kBob};
    EXPECT_EQ(refusal(effects_in(decode_op(no_marker))), Opaque::Reason::non_canonical);
    chains::UserOperationV08 no_delegate{v07(), std::nullopt};
    no_delegate.parts.factory = {chains::kEip7702Marker, {}};
    EXPECT_EQ(refusal(effects_in(decode_op(no_delegate))), Opaque::Reason::non_canonical);
}

TEST(user_operation, an_unknown_entry_point_is_not_trusted) {
    const chains::UserOperation operation{v07(), kBob, kChain};
    EXPECT_EQ(refusal(effects_in(decode_op(operation))), Opaque::Reason::untrusted_contract);
    EXPECT_EQ(
        effects_in(decode_op(operation, declared(kBob, ContractKind::entry_point))).back(), kMoved);
}

TEST(user_operation, an_entry_point_of_another_version_is_refused) {
    EXPECT_EQ(
        refusal(effects_in(decode_op({v07(), chains::kEntryPointV06, kChain}))),
        Opaque::Reason::non_canonical);
    EXPECT_EQ(
        refusal(effects_in(decode_op({v07(), chains::kEntryPointV08, kChain}))),
        Opaque::Reason::non_canonical);
}

std::optional<Opaque::Reason> reason_inside(
    const Bytes& call_data, const Contracts& contracts = {}) {
    auto operation = v07();
    operation.call_data = call_data;
    const auto effects =
        effects_in(decode_op({operation, chains::kEntryPointV07, kChain}, contracts));
    const auto* opaque = effects.size() == 2 ? std::get_if<Opaque>(&effects[1]) : nullptr;
    return opaque == nullptr ? std::nullopt : std::optional{opaque->reason};
}

TEST(user_operation, call_data_is_read_only_as_an_account_reads_it) {
    // As calls of a token these would be a transfer, and a revocation that nobody need allow.
    EXPECT_EQ(reason_inside(from_digits(transfer_of_9())), Opaque::Reason::unsupported);
    EXPECT_EQ(
        reason_inside(from_digits("a457c2d7" + word(kAlice) + word(9))),
        Opaque::Reason::unsupported);
    EXPECT_EQ(
        reason_inside(
            from_digits("a457c2d7" + word(kAlice) + word(9)),
            declared(kAccount, ContractKind::token)),
        Opaque::Reason::unsupported);
    EXPECT_EQ(reason_inside({0x12, 0x34, 0x56, 0x78}), Opaque::Reason::unknown_selector);
    EXPECT_EQ(reason_inside({0x12}), Opaque::Reason::unknown_selector);
    auto trailing = execute();
    trailing.push_back(0);
    EXPECT_EQ(reason_inside(trailing), Opaque::Reason::non_canonical);
}

TEST(user_operation, what_the_entry_point_would_replace_is_refused) {
    // A canonical call with another operation inside: the entry point passes on this one instead.
    const Bytes none;
    const abi::Value hash = val(Bytes(32, 0));
    const auto inner = list(
        {val(kAccount), num(0), val(none), val(execute()), hash, num(0), hash, val(none),
         val(none)});
    EXPECT_EQ(
        reason_inside(from_digits(call(
            "executeUserOp((address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes),"
            "bytes32)",
            {inner, hash}))),
        Opaque::Reason::unsupported);
}

TEST(user_operation, a_pinned_function_of_the_account_is_a_call) {
    const auto pinned = abi::parse_signature("claim(uint256 amount)");
    ASSERT_TRUE(pinned);
    Contracts contracts;
    contracts.pin({kChain, kAccount, *pinned});
    auto operation = v07();
    operation.call_data = from_digits(call("claim(uint256)", {num(9)}));
    const auto effects =
        effects_in(decode_op({operation, chains::kEntryPointV07, kChain}, contracts));
    ASSERT_EQ(effects.size(), 2U);
    EXPECT_EQ(kind_of(effects[1]), EffectKind::call);
}

}  // namespace
}  // namespace chela::policy::test
