#include "policy/decode/decoder.hpp"
#include "tests/policy/decode/typed.hpp"

#include <gmock/gmock.h>

namespace chela::policy::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kDetails =
    "PermitDetails(address token,uint160 amount,uint48 expiration,uint48 nonce)";
const std::string kSingle =
    "PermitSingle(PermitDetails details,address spender,uint256 sigDeadline)" + kDetails;
const std::string kBatch =
    "PermitBatch(PermitDetails[] details,address spender,uint256 sigDeadline)" + kDetails;
const std::string kPermissions = "TokenPermissions(address token,uint256 amount)";
const std::string kTransfer =
    "PermitTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 "
    "deadline)" +
    kPermissions;
const std::string kBatchTransfer =
    "PermitBatchTransferFrom(TokenPermissions[] permitted,address spender,uint256 nonce,uint256 "
    "deadline)" +
    kPermissions;
const std::string kDai =
    "Permit(address holder,address spender,uint256 nonce,uint256 expiry,bool allowed)";
const std::string kMaxNumber = to_decimal(U256::max());
const std::string kMax160 = "1461501637330902918203684832716283019655932542975";

Json changed(Json message, const std::string& member, Json value) {
    message[member] = std::move(value);
    return message;
}

std::optional<Opaque> refused(const EffectTree& tree) {
    const auto effects = effects_in(tree);
    const auto* opaque = effects.size() == 1 ? std::get_if<Opaque>(&effects.front()) : nullptr;
    return opaque == nullptr ? std::nullopt : std::optional{*opaque};
}

std::optional<Opaque::Reason> reason(const EffectTree& tree) {
    return refusal(effects_in(tree));
}

TEST(typed_permit, grants_what_the_transaction_would) {
    const auto tree = decode_typed(kPermitText, permit_message(), domain_of(kToken));
    const auto data = call("approve(address,uint256)", {val(kAlice), num(9)});
    EXPECT_EQ(effects_in(tree), decode(kToken, data));
    EXPECT_EQ(tree.valid_until, U256{55});
    EXPECT_EQ(tree.roots[0].actor, kSigner);
    EXPECT_EQ(tree.roots[0].target, kToken);
    EXPECT_EQ(tree.roots[0].range, ByteRange{});
}

TEST(typed_permit, tells_no_limit_and_nothing_apart) {
    EXPECT_THAT(
        effects_in(decode_typed(
            kPermitText, changed(permit_message(), "value", kMaxNumber), domain_of(kToken))),
        ElementsAre(Effect{Grant{kAsset, kSigner, kAlice, std::nullopt, std::nullopt}}));
    EXPECT_THAT(
        effects_in(
            decode_typed(kPermitText, changed(permit_message(), "value", 0), domain_of(kToken))),
        ElementsAre(Effect{Revoke{kAsset, kSigner, kAlice}}));
}

TEST(typed_permit, names_the_owner_of_the_message_not_the_signer) {
    EXPECT_THAT(
        effects_in(decode_typed(
            kPermitText, changed(permit_message(), "owner", to_checksum(kBob)), domain_of(kToken))),
        ElementsAre(Effect{Grant{kAsset, kBob, kAlice, U256{9}, std::nullopt}}));
}

TEST(typed_permit, of_an_account_that_takes_the_signers_signature_is_an_act_of_that_account) {
    const auto tree = decode_typed(
        kPermitText, changed(permit_message(), "owner", to_checksum(kBob)), domain_of(kToken));
    EXPECT_EQ(effects_of(tree).front()->actor, kBob);
    EXPECT_EQ(
        effects_of(decode_typed(kPermitText, permit_message(), domain_of(kToken))).front()->actor,
        kSigner);
}

TEST(typed_permit, is_keyed_by_chain_and_contract_not_by_name) {
    auto domain = domain_of(kBob, 1);
    domain["name"] = "USD Coin";
    domain["version"] = "2";
    EXPECT_THAT(
        effects_in(decode_typed(kPermitText, permit_message(), domain)),
        ElementsAre(Effect{Grant{{ChainId{1}, kBob}, kSigner, kAlice, U256{9}, std::nullopt}}));
}

TEST(typed_dai_permit, gives_all_or_nothing) {
    Json message{
        {"holder", to_checksum(kSigner)},
        {"spender", to_checksum(kAlice)},
        {"nonce", 0},
        {"expiry", 55},
        {"allowed", true}};
    const auto tree = decode_typed(kDai, message, domain_of(kToken));
    EXPECT_THAT(
        effects_in(tree),
        ElementsAre(Effect{Grant{kAsset, kSigner, kAlice, std::nullopt, std::nullopt}}));
    EXPECT_EQ(tree.valid_until, U256{55});
    message["expiry"] = 0;
    EXPECT_EQ(decode_typed(kDai, message, domain_of(kToken)).valid_until, std::nullopt);
    message["allowed"] = false;
    EXPECT_THAT(
        effects_in(decode_typed(kDai, message, domain_of(kToken))),
        ElementsAre(Effect{Revoke{kAsset, kSigner, kAlice}}));
}

TEST(typed_erc3009, moves_what_is_authorized) {
    const std::string members =
        "(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 "
        "nonce)";
    const Json message{
        {"from", to_checksum(kSigner)},
        {"to", to_checksum(kAlice)},
        {"value", 9},
        {"validAfter", 0},
        {"validBefore", 55},
        {"nonce", "0x" + kMax}};
    for (const std::string name : {"TransferWithAuthorization", "ReceiveWithAuthorization"}) {
        const auto tree = decode_typed(name + members, message, domain_of(kToken));
        EXPECT_THAT(
            effects_in(tree),
            ElementsAre(Effect{Transfer{kAsset, kSigner, kAlice, U256{9}, std::nullopt}}));
        EXPECT_EQ(tree.valid_until, U256{55});
    }
    EXPECT_THAT(
        effects_in(decode_typed(
            "CancelAuthorization(address authorizer,bytes32 nonce)",
            {{"authorizer", to_checksum(kSigner)}, {"nonce", "0x" + kMax}}, domain_of(kToken))),
        ElementsAre(Effect{Revoke{kAsset, kSigner, Address{}}}));
}

Json details(const Address& token, const Json& amount, std::uint64_t expiration) {
    return {
        {"token", to_checksum(token)},
        {"amount", amount},
        {"expiration", expiration},
        {"nonce", 0}};
}
Json allowance_message(Json details) {
    return {{"details", std::move(details)}, {"spender", to_checksum(kAlice)}, {"sigDeadline", 55}};
}

TEST(typed_permit2, a_single_permit_ends_at_its_expiration) {
    const auto decode_single = [](const Json& amount, std::uint64_t expiration) {
        return decode_typed(
            kSingle, allowance_message(details(kToken, amount, expiration)), domain_of(kPermit2));
    };
    const auto tree = decode_single(9, 77);
    EXPECT_THAT(
        effects_in(tree), ElementsAre(Effect{Grant{kAsset, kSigner, kAlice, U256{9}, U256{77}}}));
    EXPECT_EQ(tree.valid_until, U256{55});
    EXPECT_THAT(
        effects_in(decode_single(kMax160, 77)),
        ElementsAre(Effect{Grant{kAsset, kSigner, kAlice, std::nullopt, U256{77}}}));
    EXPECT_THAT(
        effects_in(decode_single(9, 0)),
        ElementsAre(Effect{Grant{kAsset, kSigner, kAlice, U256{9}, U256{55}}}));
    EXPECT_THAT(
        effects_in(decode_single(0, 77)), ElementsAre(Effect{Revoke{kAsset, kSigner, kAlice}}));
}

TEST(typed_permit2, every_entry_of_a_batch_is_a_grant) {
    const auto decode_batch = [](Json entries) {
        return decode_typed(kBatch, allowance_message(std::move(entries)), domain_of(kPermit2));
    };
    EXPECT_THAT(
        effects_in(decode_batch({details(kToken, 9, 77), details(kBob, kMax160, 78)})),
        ElementsAre(
            Effect{Grant{kAsset, kSigner, kAlice, U256{9}, U256{77}}},
            Effect{Grant{{kChain, kBob}, kSigner, kAlice, std::nullopt, U256{78}}}));
    EXPECT_EQ(reason(decode_batch(Json::array())), Opaque::Reason::unsupported);
    EXPECT_EQ(
        reason(decode_batch(Json(kMaxNodes + 1, details(kToken, 9, 77)))), Opaque::Reason::limit);
}

TEST(typed_permit2, a_signature_transfer_is_a_grant_until_its_deadline) {
    const auto permission = [](const Address& token, const Json& amount) {
        return Json{{"token", to_checksum(token)}, {"amount", amount}};
    };
    const auto message = [](Json permitted) {
        return Json{
            {"permitted", std::move(permitted)},
            {"spender", to_checksum(kAlice)},
            {"nonce", 1},
            {"deadline", 55}};
    };
    const auto tree = decode_typed(kTransfer, message(permission(kToken, 9)), domain_of(kPermit2));
    EXPECT_THAT(
        effects_in(tree), ElementsAre(Effect{Grant{kAsset, kSigner, kAlice, U256{9}, U256{55}}}));
    EXPECT_EQ(tree.valid_until, U256{55});
    EXPECT_THAT(
        effects_in(
            decode_typed(kTransfer, message(permission(kToken, kMaxNumber)), domain_of(kPermit2))),
        ElementsAre(Effect{Grant{kAsset, kSigner, kAlice, std::nullopt, U256{55}}}));
    EXPECT_THAT(
        effects_in(decode_typed(
            kBatchTransfer, message(Json::array({permission(kToken, 9), permission(kBob, 0)})),
            domain_of(kPermit2))),
        ElementsAre(
            Effect{Grant{kAsset, kSigner, kAlice, U256{9}, U256{55}}},
            Effect{Grant{{kChain, kBob}, kSigner, kAlice, U256{}, U256{55}}}));
}

TEST(typed_permit2, is_not_trusted_at_other_contracts) {
    const auto message = allowance_message(details(kToken, 9, 77));
    EXPECT_EQ(
        reason(decode_typed(kSingle, message, domain_of(kToken))),
        Opaque::Reason::untrusted_contract);
    EXPECT_EQ(
        reason(decode_typed(
            kSingle, message, domain_of(kToken), declared(kToken, ContractKind::permit2))),
        std::nullopt);
}

TEST(typed_permit2, a_witness_makes_it_unknown) {
    const std::string members =
        "(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline,";
    const auto decode_witness = [&members](const std::string& order) {
        return decode_typed(
            "PermitWitnessTransferFrom" + members + order + " witness)" + kPermissions + order +
                "(address recipient)",
            {{"permitted", {{"token", to_checksum(kToken)}, {"amount", 9}}},
             {"spender", to_checksum(kAlice)},
             {"nonce", 1},
             {"deadline", 55},
             {"witness", {{"recipient", to_checksum(kAlice)}}}},
            domain_of(kPermit2));
    };
    EXPECT_EQ(reason(decode_witness("Witness")), Opaque::Reason::unknown_typed_data);
    EXPECT_EQ(reason(decode_witness("V2DutchOrder")), Opaque::Reason::undecoded_order);
}

TEST(typed_data, is_refused_without_chain_or_contract_and_says_so) {
    struct Line {
        Json domain;
        std::string detail;
    };
    const auto contract = to_checksum(kToken);
    for (const auto& [domain, detail] :
         {Line{{{"verifyingContract", contract}}, "names no chain"},
          Line{{{"chainId", 8453}}, "names no contract"},
          Line{{{"chainId", 0}, {"verifyingContract", contract}}, "chain is 0"},
          Line{
              {{"chainId", "18446744073709551616"}, {"verifyingContract", contract}},
              "over 64 bits"},
          Line{
              {{"chainId", 8453}, {"verifyingContract", to_checksum(Address{})}},
              "zero address"}}) {
        const auto opaque = refused(decode_typed(kPermitText, permit_message(), domain));
        ASSERT_TRUE(opaque) << domain;
        EXPECT_EQ(opaque->reason, Opaque::Reason::unknown_typed_data);
        EXPECT_THAT(opaque->detail, HasSubstr(detail));
    }
}

TEST(typed_data, a_type_that_differs_in_anything_is_another_type) {
    const auto replaced = [](std::string text, std::string_view from, std::string_view to) {
        return text.replace(text.find(from), from.size(), to);
    };
    EXPECT_EQ(
        reason(decode_typed(
            replaced(kPermitText, "uint256 deadline", "uint256 deadline,bytes32 extra"),
            changed(permit_message(), "extra", "0x" + kMax), domain_of(kToken))),
        Opaque::Reason::unknown_typed_data);
    auto renamed = permit_message();
    renamed["amount"] = renamed["value"];
    renamed.erase("value");
    EXPECT_EQ(
        reason(decode_typed(
            replaced(kPermitText, "uint256 value", "uint256 amount"), renamed, domain_of(kToken))),
        Opaque::Reason::unknown_typed_data);
    EXPECT_EQ(
        reason(decode_typed(
            replaced(kPermitText, "uint256 value", "uint128 value"), permit_message(),
            domain_of(kToken))),
        Opaque::Reason::unknown_typed_data);
    EXPECT_EQ(
        reason(decode_typed(
            replaced(kPermitText, "Permit", "Permit2"), permit_message(), domain_of(kToken))),
        Opaque::Reason::unknown_typed_data);
}

TEST(typed_data, orders_and_other_disguises_have_reasons_of_their_own) {
    struct Line {
        std::string name;
        Opaque::Reason reason;
    };
    for (const auto& [name, expected] :
         {Line{"Order", Opaque::Reason::undecoded_order},
          Line{"OrderComponents", Opaque::Reason::undecoded_order},
          Line{"BulkOrder", Opaque::Reason::undecoded_order},
          Line{"SafeMessage", Opaque::Reason::digest_like_message},
          Line{"PackedUserOperation", Opaque::Reason::unsupported},
          Line{"Mail", Opaque::Reason::unknown_typed_data}}) {
        EXPECT_EQ(
            reason(decode_typed(name + "(bytes message)", {{"message", "0x"}}, domain_of(kToken))),
            expected)
            << name;
    }
}

TEST(typed_data, a_user_operation_tells_which_form_to_use) {
    const auto opaque = refused(decode_typed(
        "PackedUserOperation(address sender,uint256 nonce,bytes initCode,bytes callData,bytes32 "
        "accountGasLimits,uint256 preVerificationGas,bytes32 gasFees,bytes paymasterAndData)",
        {{"sender", to_checksum(kBob)},
         {"nonce", 0},
         {"initCode", "0x"},
         {"callData", "0x"},
         {"accountGasLimits", "0x" + kMax},
         {"preVerificationGas", 0},
         {"gasFees", "0x" + kMax},
         {"paymasterAndData", "0x"}},
        domain_of(chains::kEntryPointV08)));
    ASSERT_TRUE(opaque);
    EXPECT_EQ(opaque->reason, Opaque::Reason::unsupported);
    EXPECT_THAT(opaque->detail, HasSubstr("ask for it as a user operation"));
}

TEST(typed_data, a_bare_domain_is_unknown) {
    const auto data = chains::read_typed_data(
        {{"types", Json::object()},
         {"primaryType", "EIP712Domain"},
         {"domain", domain_of(kToken)},
         {"message", Json::object()}});
    ASSERT_TRUE(data);
    EXPECT_EQ(reason(decode_typed_data(*data, kSigner, {})), Opaque::Reason::unknown_typed_data);
}

}  // namespace
}  // namespace chela::policy::test
