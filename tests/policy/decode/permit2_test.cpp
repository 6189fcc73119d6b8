#include "policy/decode/decoder.hpp"
#include "tests/policy/decode/decoding.hpp"

#include <gmock/gmock.h>

namespace chela::policy::test {
namespace {

using testing::ElementsAre;

const Bytes kSignature(65, 0x22);
const abi::Value kHash = val(Bytes(32, 0x11));
const Asset kOther{kChain, kBob};
const U256 kUnlimited160{{~0ULL, ~0ULL, 0xffffffffULL, 0}};

Effect granted(const Address& owner, Bound amount, std::uint64_t until) {
    return Grant{kAsset, owner, kAlice, amount, U256{until}};
}
Effect moved(const Asset& asset, const Address& to, std::uint64_t amount) {
    return Transfer{asset, kBob, to, U256{amount}, std::nullopt};
}

std::string approve(const U256& amount, std::uint64_t expiration) {
    return call(
        "approve(address,address,uint160,uint48)",
        {val(kToken), val(kAlice), val(amount), num(expiration)});
}

abi::Value details(const Address& token, const U256& amount, std::uint64_t expiration) {
    return list({val(token), val(amount), num(expiration), num(3)});
}

TEST(permit2, approve_ends_at_its_expiration) {
    EXPECT_THAT(decode(kPermit2, approve(U256{9}, 77)), ElementsAre(granted(kSigner, U256{9}, 77)));
    EXPECT_THAT(
        decode(kPermit2, approve(kUnlimited160, 77)),
        ElementsAre(granted(kSigner, std::nullopt, 77)));
    EXPECT_THAT(
        decode(kPermit2, approve(U256{0}, 77)),
        ElementsAre(Effect{Revoke{kAsset, kSigner, kAlice}}));
    EXPECT_THAT(decode(kPermit2, approve(U256{9}, 0)), ElementsAre(granted(kSigner, U256{9}, 0)));
}

TEST(permit2, permit_grants_for_the_owner_that_it_names) {
    const auto permit = [](const U256& amount, std::uint64_t expiration) {
        return call(
            "permit(address,((address,uint160,uint48,uint48),address,uint256),bytes)",
            {val(kBob), list({details(kToken, amount, expiration), val(kAlice), num(55)}),
             val(kSignature)});
    };
    EXPECT_THAT(decode(kPermit2, permit(U256{9}, 77)), ElementsAre(granted(kBob, U256{9}, 77)));
    // It lasts for the block in which it is given, at the latest that of the deadline.
    EXPECT_THAT(decode(kPermit2, permit(U256{9}, 0)), ElementsAre(granted(kBob, U256{9}, 55)));
    EXPECT_THAT(
        decode(kPermit2, permit(U256{0}, 77)), ElementsAre(Effect{Revoke{kAsset, kBob, kAlice}}));
    EXPECT_EQ(refusal(decode(kPermit2, permit(U256{9}, 77) + "00")), Opaque::Reason::non_canonical);
}

std::string permit_batch(abi::Value::List entries) {
    return call(
        "permit(address,((address,uint160,uint48,uint48)[],address,uint256),bytes)",
        {val(kBob), list({list(std::move(entries)), val(kAlice), num(55)}), val(kSignature)});
}

TEST(permit2, every_entry_of_a_batch_is_a_grant) {
    EXPECT_THAT(
        decode(
            kPermit2,
            permit_batch({details(kToken, U256{9}, 77), details(kBob, kUnlimited160, 78)})),
        ElementsAre(
            granted(kBob, U256{9}, 77),
            Effect{Grant{kOther, kBob, kAlice, std::nullopt, U256{78}}}));
    EXPECT_EQ(refusal(decode(kPermit2, permit_batch({}))), Opaque::Reason::non_canonical);
    EXPECT_EQ(
        refusal(decode(
            kPermit2, permit_batch(abi::Value::List(kMaxNodes + 1, details(kToken, U256{9}, 77))))),
        Opaque::Reason::limit);
}

TEST(permit2, transfers_name_their_parties) {
    EXPECT_THAT(
        decode(
            kPermit2, call(
                          "transferFrom(address,address,uint160,address)",
                          {val(kBob), val(kAlice), num(9), val(kToken)})),
        ElementsAre(moved(kAsset, kAlice, 9)));
    const auto entry = [](const Address& to, const Address& token) {
        return list({val(kBob), val(to), num(9), val(token)});
    };
    const auto batch = [](abi::Value::List entries) {
        return call(
            "transferFrom((address,address,uint160,address)[])", {list(std::move(entries))});
    };
    EXPECT_THAT(
        decode(kPermit2, batch({entry(kAlice, kToken), entry(kSigner, kBob)})),
        ElementsAre(moved(kAsset, kAlice, 9), moved(kOther, kSigner, 9)));
    EXPECT_EQ(refusal(decode(kPermit2, batch({}))), Opaque::Reason::non_canonical);
}

TEST(permit2, a_signature_transfer_moves_what_is_asked_for) {
    const abi::Value::List head{
        list({list({val(kToken), num(100)}), num(1), num(55)}), list({val(kAlice), num(9)}),
        val(kBob)};
    auto plain = head;
    plain.push_back(val(kSignature));
    auto witness = head;
    witness.insert(witness.end(), {kHash, val(std::string{"Witness witness)"}), val(kSignature)});
    const std::string types = "(((address,uint256),uint256,uint256),(address,uint256),address,";
    EXPECT_THAT(
        decode(kPermit2, call("permitTransferFrom" + types + "bytes)", plain)),
        ElementsAre(moved(kAsset, kAlice, 9)));
    EXPECT_THAT(
        decode(
            kPermit2, call("permitWitnessTransferFrom" + types + "bytes32,string,bytes)", witness)),
        ElementsAre(moved(kAsset, kAlice, 9)));
}

std::string transfer_batch(abi::Value::List permitted, abi::Value::List wanted) {
    return call(
        "permitTransferFrom(((address,uint256)[],uint256,uint256),(address,uint256)[],address,"
        "bytes)",
        {list({list(std::move(permitted)), num(1), num(55)}), list(std::move(wanted)), val(kBob),
         val(kSignature)});
}

TEST(permit2, a_batch_of_signature_transfers_pairs_tokens_and_recipients) {
    const auto token = list({val(kToken), num(100)});
    const auto other = list({val(kBob), num(100)});
    const auto to_alice = list({val(kAlice), num(9)});
    const auto to_signer = list({val(kSigner), num(8)});
    EXPECT_THAT(
        decode(kPermit2, transfer_batch({token, other}, {to_alice, to_signer})),
        ElementsAre(moved(kAsset, kAlice, 9), moved(kOther, kSigner, 8)));
    EXPECT_EQ(
        refusal(decode(kPermit2, transfer_batch({token, other}, {to_alice}))),
        Opaque::Reason::non_canonical);
    EXPECT_EQ(refusal(decode(kPermit2, transfer_batch({}, {}))), Opaque::Reason::non_canonical);
}

TEST(permit2, what_ends_grants_revokes) {
    const auto pair = list({val(kToken), val(kAlice)});
    EXPECT_THAT(
        decode(kPermit2, call("lockdown((address,address)[])", {list({pair, pair})})),
        ElementsAre(
            Effect{Revoke{kAsset, kSigner, kAlice}}, Effect{Revoke{kAsset, kSigner, kAlice}}));
    EXPECT_EQ(
        refusal(decode(kPermit2, call("lockdown((address,address)[])", {list({})}))),
        Opaque::Reason::non_canonical);
    EXPECT_THAT(
        decode(
            kPermit2,
            call("invalidateNonces(address,address,uint48)", {val(kToken), val(kAlice), num(9)})),
        ElementsAre(Effect{Revoke{kAsset, kSigner, kAlice}}));
    EXPECT_THAT(
        decode(kPermit2, call("invalidateUnorderedNonces(uint256,uint256)", {num(1), num(2)})),
        ElementsAre(Effect{Revoke{{kChain, kPermit2}, kSigner, Address{}}}));
}

TEST(permit2, dirty_bits_of_narrow_numbers_are_not_canonical) {
    auto data = approve(U256{9}, 77);
    // the highest byte of the uint160, then of the uint48
    for (const std::size_t at : {8U + 2U * 64U, 8U + 3U * 64U}) {
        auto dirty = data;
        dirty[at + 1] = '1';
        EXPECT_EQ(refusal(decode(kPermit2, dirty)), Opaque::Reason::non_canonical) << at;
    }
}

TEST(permit2, is_not_trusted_at_other_contracts) {
    EXPECT_EQ(refusal(decode(kToken, approve(U256{9}, 77))), Opaque::Reason::untrusted_contract);
    EXPECT_THAT(
        decode(kToken, approve(U256{9}, 77), declared(kToken, ContractKind::permit2)),
        ElementsAre(granted(kSigner, U256{9}, 77)));
}

}  // namespace
}  // namespace chela::policy::test
