#include "chains/crypto/keccak.hpp"
#include "tests/policy/decode/calls.hpp"

#include <gmock/gmock.h>

namespace chela::policy::test::calls {
namespace {

using testing::ElementsAre;
using Kind = Authority::Kind;
using Reason = Opaque::Reason;

const Address kContract = address(0xc0);
const Address kProxy = address(0x99);
const Contracts kContracts;

Effect authority(
    Kind kind, std::optional<Address> subject = std::nullopt, const Address& contract = kContract) {
    return Authority{kChain, contract, kind, subject};
}

TEST(authority, every_function_names_the_contract_and_who_gets_control) {
    struct Line {
        std::string signature;
        List arguments;
        Effect effect;
    };
    const Value role{Bytes(32, 1)};
    const std::vector<Line> lines{
        {"transferOwnership(address)", {{kStranger}}, authority(Kind::owner, kStranger)},
        {"renounceOwnership()", {}, authority(Kind::owner, Address{})},
        {"acceptOwnership()", {}, authority(Kind::owner, kSelf)},
        {"setOwner(address)", {{kStranger}}, authority(Kind::owner, kStranger)},
        {"grantRole(bytes32,address)", {role, {kStranger}}, authority(Kind::role, kStranger)},
        {"revokeRole(bytes32,address)", {role, {kStranger}}, authority(Kind::role, kStranger)},
        {"renounceRole(bytes32,address)", {role, {kSelf}}, authority(Kind::role, kSelf)},
        {"beginDefaultAdminTransfer(address)", {{kStranger}}, authority(Kind::admin, kStranger)},
        {"acceptDefaultAdminTransfer()", {}, authority(Kind::admin, kSelf)},
        {"setAuthority(address)", {{kStranger}}, authority(Kind::admin, kStranger)},
        {"pause()", {}, authority(Kind::admin)},
        {"unpause()", {}, authority(Kind::admin)},
        {"upgradeTo(address)", {{kStranger}}, authority(Kind::upgrade, kStranger)},
        {"upgradeToAndCall(address,bytes)",
         {{kStranger}, {Bytes{}}},
         authority(Kind::upgrade, kStranger)},
        {"changeAdmin(address)", {{kStranger}}, authority(Kind::admin, kStranger)},
        {"upgrade(address,address)",
         {{kProxy}, {kStranger}},
         authority(Kind::upgrade, kStranger, kProxy)},
        {"upgradeAndCall(address,address,bytes)",
         {{kProxy}, {kStranger}, {Bytes{}}},
         authority(Kind::upgrade, kStranger, kProxy)},
        {"changeProxyAdmin(address,address)",
         {{kProxy}, {kStranger}},
         authority(Kind::admin, kStranger, kProxy)},
        {"changeThreshold(uint256)", {number(1)}, authority(Kind::threshold)},
        {"enableModule(address)", {{kStranger}}, authority(Kind::module, kStranger)},
        {"disableModule(address,address)",
         {{kFriend}, {kStranger}},
         authority(Kind::module, kStranger)},
        {"setGuard(address)", {{kStranger}}, authority(Kind::guard, kStranger)},
        {"setModuleGuard(address)", {{kStranger}}, authority(Kind::guard, kStranger)},
        {"setFallbackHandler(address)",
         {{kStranger}},
         authority(Kind::fallback_handler, kStranger)},
        {"installModule(uint256,address,bytes)",
         {number(2), {kStranger}, {Bytes{1}}},
         authority(Kind::module, kStranger)},
        {"uninstallModule(uint256,address,bytes)",
         {number(2), {kStranger}, {Bytes{}}},
         authority(Kind::module, kStranger)},
    };
    for (const auto& [signature, arguments, effect] : lines) {
        EXPECT_THAT(
            effects(kContracts, kContract, call_of(signature, arguments)), ElementsAre(effect))
            << signature;
    }
}

TEST(authority, owners_and_threshold_change_together) {
    EXPECT_THAT(
        effects(
            kContracts, kContract,
            call_of("addOwnerWithThreshold(address,uint256)", {{kStranger}, number(1)})),
        ElementsAre(authority(Kind::owner, kStranger), authority(Kind::threshold)));
    EXPECT_THAT(
        effects(
            kContracts, kContract,
            call_of("removeOwner(address,address,uint256)", {{kSelf}, {kFriend}, number(1)})),
        ElementsAre(authority(Kind::owner, kFriend), authority(Kind::threshold)));
    EXPECT_THAT(
        effects(
            kContracts, kContract,
            call_of("swapOwner(address,address,address)", {{kSelf}, {kFriend}, {kStranger}})),
        ElementsAre(authority(Kind::owner, kFriend), authority(Kind::owner, kStranger)));
}

TEST(authority, an_upgrade_that_calls_runs_the_new_code_as_the_proxy) {
    EXPECT_THAT(
        effects(
            kContracts, kContract,
            call_of("upgradeToAndCall(address,bytes)", {{kStranger}, {Bytes{1}}})),
        ElementsAre(
            authority(Kind::upgrade, kStranger),
            Effect{Delegatecall{kChain, kContract, kStranger}}));
    EXPECT_THAT(
        effects(
            kContracts, kContract,
            call_of("upgradeAndCall(address,address,bytes)", {{kProxy}, {kStranger}, {Bytes{1}}})),
        ElementsAre(
            authority(Kind::upgrade, kStranger, kProxy),
            Effect{Delegatecall{kChain, kProxy, kStranger}}));
}

TEST(authority, coins_sent_along_are_a_transfer) {
    EXPECT_THAT(
        effects(kContracts, kContract, call_of("upgradeTo(address)", {{kStranger}}), wei(3)),
        ElementsAre(
            transfer(native(), kSelf, kContract, U256{3}), authority(Kind::upgrade, kStranger)));
}

TEST(authority, dirty_addresses_and_trailing_bytes_are_refused) {
    auto dirty = call_of("transferOwnership(address)", {{kStranger}});
    dirty[4] = 1;
    auto trailing = call_of("renounceOwnership()", {});
    trailing.push_back(0);
    for (const auto& data : {dirty, trailing}) {
        EXPECT_EQ(refusal(effects(kContracts, kContract, data)), Reason::non_canonical);
    }
}

TEST(create2, takes_salt_and_initcode_without_a_selector) {
    Contracts contracts;
    contracts.declare(kChain, kContract, ContractKind::create2_factory);
    const Bytes initcode{0x60, 0x00, 0x60, 0x00};
    const auto data = joined({Bytes(32, 7), initcode});
    EXPECT_THAT(
        effects(contracts, kContract, data, wei(3)),
        ElementsAre(Effect{Deploy{kChain, kContract, wei(3), chains::keccak256(initcode)}}));
    // What looks like a known function is initcode all the same.
    const auto lookalike = transfer_of(kFriend, 5);
    EXPECT_THAT(
        effects(contracts, kContract, lookalike),
        ElementsAre(Effect{
            Deploy{kChain, kContract, {}, chains::keccak256(BytesView{lookalike}.subspan(32))}}));
    EXPECT_EQ(refusal(effects(contracts, kContract, Bytes(31, 0))), Reason::non_canonical);
}

TEST(entry_point, deposits_belong_to_the_account_they_are_made_for) {
    Contracts contracts;
    contracts.declare(kChain, kContract, ContractKind::entry_point);
    const auto deposit = call_of("depositTo(address)", {{kStranger}});
    EXPECT_THAT(
        effects(contracts, kContract, deposit, wei(9)),
        ElementsAre(transfer(native(), kSelf, kStranger, U256{9})));
    EXPECT_THAT(
        effects(
            contracts, kContract, call_of("withdrawTo(address,uint256)", {{kStranger}, number(4)})),
        ElementsAre(transfer(native(), kSelf, kStranger, U256{4})));
    EXPECT_THAT(
        effects(contracts, kContract, call_of("withdrawStake(address)", {{kStranger}})),
        ElementsAre(transfer(native(), kSelf, kStranger, std::nullopt)));
    EXPECT_EQ(refusal(effects({}, kContract, deposit)), Reason::untrusted_contract);
}

TEST(entry_point, stakes_only_what_is_sent_along) {
    Contracts contracts;
    contracts.declare(kChain, kContract, ContractKind::entry_point);
    EXPECT_THAT(
        effects(contracts, kContract, call_of("addStake(uint32)", {number(86'400)}), wei(9)),
        ElementsAre(transfer(native(), kSelf, kContract, U256{9})));
    for (const auto& data :
         {call_of("unlockStake()", {}), call_of("incrementNonce(uint192)", {number(0)})}) {
        EXPECT_THAT(
            effects(contracts, kContract, data),
            ElementsAre(transfer(native(), kSelf, kContract, U256{})));
    }
}

TEST(entry_point, operations_of_others_are_refused) {
    Contracts contracts;
    contracts.declare(kChain, kContract, ContractKind::entry_point);
    for (const std::string operation :
         {"(address,uint256,bytes,bytes,uint256,uint256,uint256,uint256,uint256,bytes,bytes)",
          "(address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes)"}) {
        const auto data =
            call_of("handleOps(" + operation + "[],address)", {list({}), {kStranger}});
        EXPECT_EQ(refusal(effects(contracts, kContract, data)), Reason::unsupported);
    }
}

}  // namespace
}  // namespace chela::policy::test::calls
