#include "policy/decode/decoder.hpp"
#include "tests/policy/decode/decoding.hpp"

#include <array>

#include <gmock/gmock.h>

namespace chela::policy::test {
namespace {

using testing::ElementsAre;

const Bytes kNoData;
const Bytes kSomeData{0xab};
const abi::Value kHash = val(Bytes(32, 0x11));

Effect moved(const Address& from, const Address& to, std::uint64_t amount) {
    return Transfer{kAsset, from, to, U256{amount}, std::nullopt};
}
Effect granted(const Address& owner, Bound amount) {
    return Grant{kAsset, owner, kAlice, amount, std::nullopt};
}
Effect taken_back(const Address& owner, const Address& spender) {
    return Revoke{kAsset, owner, spender};
}

struct Line {
    std::string data;
    Effect effect;
};

void expect_lines(const std::vector<Line>& lines, const Contracts& contracts = {}) {
    for (const auto& [data, effect] : lines) {
        EXPECT_THAT(decode(kToken, data, contracts), ElementsAre(effect)) << data;
        EXPECT_EQ(refusal(decode(kToken, data + "00", contracts)), Opaque::Reason::non_canonical);
    }
}

TEST(erc20, says_what_each_call_does) {
    const auto permit = "d505accf" + word(kBob) + word(kAlice);
    const auto signature = word(27) + kMax + kMax;
    expect_lines(
        {{"a9059cbb" + word(kAlice) + word(9), moved(kSigner, kAlice, 9)},
         {"a9059cbb" + word(kAlice) + word(0), moved(kSigner, kAlice, 0)},
         {"23b872dd" + word(kBob) + word(kAlice) + word(9), moved(kBob, kAlice, 9)},
         {"095ea7b3" + word(kAlice) + word(9), granted(kSigner, U256{9})},
         {"095ea7b3" + word(kAlice) + kMax, granted(kSigner, std::nullopt)},
         {"39509351" + word(kAlice) + word(9), granted(kSigner, U256{9})},
         {"39509351" + word(kAlice) + kMax, granted(kSigner, std::nullopt)},
         {call("increaseApproval(address,uint256)", {val(kAlice), num(9)}),
          granted(kSigner, U256{9})},
         {"a457c2d7" + word(kAlice) + word(9), taken_back(kSigner, kAlice)},
         {call("decreaseApproval(address,uint256)", {val(kAlice), num(9)}),
          taken_back(kSigner, kAlice)},
         {permit + word(9) + word(1) + signature, granted(kBob, U256{9})},
         {permit + kMax + word(1) + signature, granted(kBob, std::nullopt)},
         {permit + word(0) + word(1) + signature, taken_back(kBob, kAlice)},
         {call(
              "permit(address,address,uint256,uint256,bytes)",
              {val(kBob), val(kAlice), num(9), num(1), val(kSomeData)}),
          granted(kBob, U256{9})}});
}

TEST(erc20, an_approval_of_nothing_takes_back_only_where_numbers_count) {
    const auto data = "095ea7b3" + word(kAlice) + word(0);
    for (const auto kind : {ContractKind::token, ContractKind::wrapped_native}) {
        EXPECT_THAT(
            decode(kToken, data, declared(kToken, kind)), ElementsAre(taken_back(kSigner, kAlice)));
    }
    // An ERC-721 collection would let kAlice take its token 0.
    EXPECT_THAT(decode(kToken, data), ElementsAre(granted(kSigner, U256{1})));
    EXPECT_THAT(
        decode(kToken, "23b872dd" + word(kSigner) + word(kAlice) + word(0)),
        ElementsAre(moved(kSigner, kAlice, 1)));
    EXPECT_THAT(
        decode(
            kToken, "23b872dd" + word(kSigner) + word(kAlice) + word(0),
            declared(kToken, ContractKind::token)),
        ElementsAre(moved(kSigner, kAlice, 0)));
}

TEST(erc20, one_below_the_highest_number_is_an_amount) {
    EXPECT_THAT(
        decode(kToken, "095ea7b3" + word(kAlice) + kMax.substr(1) + "e"),
        testing::Not(ElementsAre(granted(kSigner, std::nullopt))));
    const auto almost = subtract(U256::max(), U256{1});
    ASSERT_TRUE(almost);
    EXPECT_THAT(
        decode(kToken, "095ea7b3" + word(kAlice) + kMax.substr(1) + "e"),
        ElementsAre(granted(kSigner, *almost)));
}

TEST(erc721, moves_one_token_by_its_id) {
    const Effect one = Transfer{kAsset, kBob, kAlice, U256{1}, U256{77}};
    expect_lines(
        {{"42842e0e" + word(kBob) + word(kAlice) + word(77), one},
         {"b88d4fde" + word(kBob) + word(kAlice) + word(77) + word(0x80) + word(0), one},
         {"a22cb465" + word(kAlice) + word(1), granted(kSigner, std::nullopt)},
         {"a22cb465" + word(kAlice) + word(0), taken_back(kSigner, kAlice)}});
}

TEST(erc721, a_declared_collection_reads_numbers_as_ids) {
    const auto contracts = declared(kToken, ContractKind::nft);
    expect_lines(
        {{"23b872dd" + word(kBob) + word(kAlice) + word(0),
          Transfer{kAsset, kBob, kAlice, U256{1}, U256{}}},
         {"095ea7b3" + word(kAlice) + word(0), granted(kSigner, U256{1})},
         {"095ea7b3" + word(kAlice) + kMax, granted(kSigner, U256{1})},
         {"095ea7b3" + word(Address{}) + word(5), taken_back(kSigner, Address{})}},
        contracts);
}

TEST(erc1155, moves_an_amount_of_an_id) {
    expect_lines(
        {{"f242432a" + word(kBob) + word(kAlice) + word(77) + word(6) + word(0xa0) + word(0),
          Transfer{kAsset, kBob, kAlice, U256{6}, U256{77}}}});
}

TEST(erc1155, every_entry_of_a_batch_is_an_effect) {
    const auto head = "2eb2c2d6" + word(kBob) + word(kAlice);
    EXPECT_THAT(
        decode(
            kToken, head + word(0xa0) + word(0x100) + word(0x160) + word(2) + word(70) + word(71) +
                        word(2) + word(5) + word(6) + word(0)),
        ElementsAre(
            Effect{Transfer{kAsset, kBob, kAlice, U256{5}, U256{70}}},
            Effect{Transfer{kAsset, kBob, kAlice, U256{6}, U256{71}}}));
    EXPECT_THAT(
        decode(kToken, head + word(0xa0) + word(0xc0) + word(0xe0) + word(0) + word(0) + word(0)),
        ElementsAre(moved(kBob, kAlice, 0)));
}

std::string batch(std::size_t ids, std::size_t amounts) {
    const abi::Value::List some_ids(ids, num(1));
    const abi::Value::List some_amounts(amounts, num(1));
    return call(
        "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)",
        {val(kBob), val(kAlice), list(some_ids), list(some_amounts), val(kNoData)});
}

TEST(erc1155, refuses_batches_that_no_token_would_take) {
    EXPECT_EQ(refusal(decode(kToken, batch(2, 1))), Opaque::Reason::non_canonical);
    EXPECT_EQ(refusal(decode(kToken, batch(0, 1))), Opaque::Reason::non_canonical);
}

TEST(erc1155, batches_are_bounded) {
    EXPECT_EQ(decode(kToken, batch(kMaxNodes, kMaxNodes)).size(), kMaxNodes);
    EXPECT_EQ(refusal(decode(kToken, batch(kMaxNodes + 1, kMaxNodes + 1))), Opaque::Reason::limit);
}

TEST(erc777, says_what_each_call_does) {
    expect_lines(
        {{call("send(address,uint256,bytes)", {val(kAlice), num(9), val(kNoData)}),
          moved(kSigner, kAlice, 9)},
         {call(
              "operatorSend(address,address,uint256,bytes,bytes)",
              {val(kBob), val(kAlice), num(9), val(kNoData), val(kNoData)}),
          moved(kBob, kAlice, 9)},
         {call("burn(uint256,bytes)", {num(9), val(kSomeData)}), moved(kSigner, Address{}, 9)},
         {call(
              "operatorBurn(address,uint256,bytes,bytes)",
              {val(kBob), num(9), val(kSomeData), val(kSomeData)}),
          moved(kBob, Address{}, 9)},
         {call("authorizeOperator(address)", {val(kAlice)}), granted(kSigner, std::nullopt)},
         {call("revokeOperator(address)", {val(kAlice)}), taken_back(kSigner, kAlice)}});
}

TEST(erc1363, says_what_each_call_does) {
    expect_lines(
        {{call("transferAndCall(address,uint256)", {val(kAlice), num(9)}),
          moved(kSigner, kAlice, 9)},
         {call("transferAndCall(address,uint256,bytes)", {val(kAlice), num(9), val(kNoData)}),
          moved(kSigner, kAlice, 9)},
         {call("transferFromAndCall(address,address,uint256)", {val(kBob), val(kAlice), num(9)}),
          moved(kBob, kAlice, 9)},
         {call(
              "transferFromAndCall(address,address,uint256,bytes)",
              {val(kBob), val(kAlice), num(9), val(kNoData)}),
          moved(kBob, kAlice, 9)},
         {call("approveAndCall(address,uint256)", {val(kAlice), num(9)}),
          granted(kSigner, U256{9})},
         {call(
              "approveAndCall(address,uint256,bytes)",
              {val(kAlice), val(U256::max()), val(kNoData)}),
          granted(kSigner, std::nullopt)},
         // The spender's code runs all the same.
         {call("approveAndCall(address,uint256)", {val(kAlice), num(0)}),
          granted(kSigner, U256{})}});
}

TEST(token_hooks, data_for_the_receivers_code_is_never_understood) {
    for (const auto& data :
         {call("transferAndCall(address,uint256,bytes)", {val(kAlice), num(9), val(kSomeData)}),
          call("approveAndCall(address,uint256,bytes)", {val(kAlice), num(9), val(kSomeData)}),
          call(
              "transferFromAndCall(address,address,uint256,bytes)",
              {val(kBob), val(kAlice), num(9), val(kSomeData)}),
          call("send(address,uint256,bytes)", {val(kAlice), num(9), val(kSomeData)}),
          call(
              "operatorSend(address,address,uint256,bytes,bytes)",
              {val(kBob), val(kAlice), num(9), val(kNoData), val(kSomeData)}),
          call(
              "safeTransferFrom(address,address,uint256,bytes)",
              {val(kBob), val(kAlice), num(77), val(kSomeData)}),
          call(
              "safeTransferFrom(address,address,uint256,uint256,bytes)",
              {val(kBob), val(kAlice), num(77), num(6), val(kSomeData)})}) {
        const auto effects = decode(kToken, data);
        ASSERT_EQ(effects.size(), 2U) << data;
        const auto* opaque = std::get_if<Opaque>(&effects[1]);
        ASSERT_NE(opaque, nullptr) << data;
        EXPECT_EQ(opaque->reason, Opaque::Reason::unsupported);
        EXPECT_EQ(opaque->target, kAlice);
    }
}

TEST(erc3009, moves_what_was_authorized) {
    const abi::Value::List head{val(kBob), val(kAlice), num(9), num(0), num(99), kHash};
    auto split = head;
    split.insert(split.end(), {num(27), kHash, kHash});
    auto whole = head;
    whole.push_back(val(kSomeData));
    std::vector<Line> lines;
    for (const std::string name : {"transferWithAuthorization", "receiveWithAuthorization"}) {
        const auto types = name + "(address,address,uint256,uint256,uint256,bytes32,";
        lines.push_back({call(types + "uint8,bytes32,bytes32)", split), moved(kBob, kAlice, 9)});
        lines.push_back({call(types + "bytes)", whole), moved(kBob, kAlice, 9)});
    }
    lines.push_back(
        {call(
             "cancelAuthorization(address,bytes32,uint8,bytes32,bytes32)",
             {val(kBob), kHash, num(27), kHash, kHash}),
         taken_back(kBob, Address{})});
    lines.push_back(
        {call("cancelAuthorization(address,bytes32,bytes)", {val(kBob), kHash, val(kSomeData)}),
         taken_back(kBob, Address{})});
    expect_lines(lines);
}

TEST(dai_permit, gives_all_or_nothing) {
    const auto permit = [](bool is_allowed) {
        return call(
            "permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)",
            {val(kBob), val(kAlice), num(0), num(0), val(is_allowed), num(27), kHash, kHash});
    };
    expect_lines(
        {{permit(true), granted(kBob, std::nullopt)}, {permit(false), taken_back(kBob, kAlice)}});
}

TEST(wrapped_native, wraps_the_value_of_the_call) {
    const Asset weth{kChain, kWeth};
    EXPECT_THAT(
        decode(kWeth, "d0e30db0", {}, wei(5)),
        ElementsAre(Effect{Wrap{weth, Wrap::Direction::wrap, kSigner, U256{5}}}));
    EXPECT_THAT(
        decode(kWeth, call("withdraw(uint256)", {num(5)})),
        ElementsAre(Effect{Wrap{weth, Wrap::Direction::unwrap, kSigner, U256{5}}}));
    EXPECT_EQ(refusal(decode(kWeth, "d0e30db000")), Opaque::Reason::non_canonical);
    // Coins that come with a withdrawal are not part of it.
    EXPECT_EQ(decode(kWeth, call("withdraw(uint256)", {num(5)}), {}, wei(1)).size(), 2U);
}

TEST(wrapped_native, coins_of_somebody_else_leave_him) {
    const Contracts contracts;
    Decoder decoder{kSigner, contracts};
    const Bytes deposit{0xd0, 0xe3, 0x0d, 0xb0};
    const auto nodes = decoder.call(
        {.chain = kChain,
         .actor = kBob,
         .target = kWeth,
         .value = wei(5),
         .data = deposit,
         .at = 0,
         .depth = 1,
         .payer = kSigner});
    ASSERT_EQ(nodes.size(), 2U);
    EXPECT_EQ(
        effect_of(nodes[0]), (Effect{Transfer{kNative, kSigner, kWeth, U256{5}, std::nullopt}}));
    EXPECT_EQ(
        effect_of(nodes[1]), (Effect{Wrap{{kChain, kWeth}, Wrap::Direction::wrap, kBob, U256{5}}}));
}

TEST(wrapped_native, is_not_trusted_at_other_contracts) {
    for (const auto& data : {std::string{"d0e30db0"}, call("withdraw(uint256)", {num(5)})}) {
        EXPECT_EQ(refusal(decode(kToken, data)), Opaque::Reason::untrusted_contract);
        EXPECT_EQ(
            refusal(decode(kToken, data, declared(kToken, ContractKind::token))),
            Opaque::Reason::untrusted_contract);
    }
}

}  // namespace
}  // namespace chela::policy::test
