// Requests as a person writes them, against the bytes that they stand for.
#include "tests/policy/analysis/documents.hpp"

#include <gtest/gtest.h>

namespace chela::policy::analysis {
namespace {

chains::Preimage::Content content_of(const std::string& request, const Files& files = {}) {
    const auto fixture = must_read(a_case(request), files);
    const auto& read = fixture.cases.front().request;
    if (!read) throw std::runtime_error{read.error().detail};
    return *read;
}

const chains::Transaction& transaction_of(const chains::Preimage::Content& content) {
    return std::get<chains::Transaction>(content);
}

std::string calldata_of(const std::string& members) {
    const auto content = content_of("transaction: {to: vault, " + members + "}");
    return to_hex(chains::data(transaction_of(content)));
}

/// What was wrong with the request of one case.
std::string wrong(const std::string& request) {
    return refusal(a_case(request));
}

// Source of the calldata: cast calldata (foundry 1.7).
TEST(policy_fixture_request, a_call_is_encoded_as_the_abi_says) {
    EXPECT_EQ(
        calldata_of(R"y(call: "transfer(address,uint256)", args: [ann, "5.5 USDC"])y"),
        "0xa9059cbb00000000000000000000000070997970c51812dc3a010c7d01b50e0d17dc79c8"
        "000000000000000000000000000000000000000000000000000000000053ec60");
    EXPECT_EQ(
        calldata_of(R"y(call: "note(string,int8,bool,bytes4,uint8[],(address,uint256))", )y"
                    R"y(args: ["hi", -2, true, "0x01020304", [1, 255], [self, now+1m]])y"),
        "0x5903a6db"
        "00000000000000000000000000000000000000000000000000000000000000e0"
        "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe"
        "0000000000000000000000000000000000000000000000000000000000000001"
        "0102030400000000000000000000000000000000000000000000000000000000"
        "0000000000000000000000000000000000000000000000000000000000000120"
        "000000000000000000000000f39fd6e51aad88f6f4ce6ab8827279cfffb92266"
        "000000000000000000000000000000000000000000000000000000006a1d747c"
        "0000000000000000000000000000000000000000000000000000000000000002"
        "6869000000000000000000000000000000000000000000000000000000000000"
        "0000000000000000000000000000000000000000000000000000000000000002"
        "0000000000000000000000000000000000000000000000000000000000000001"
        "00000000000000000000000000000000000000000000000000000000000000ff");
}

TEST(policy_fixture_request, max_is_the_largest_of_its_type) {
    EXPECT_EQ(
        calldata_of(R"y(call: "f(uint160,uint256)", args: [max, max])y").substr(10),
        std::string(24, '0') + std::string(40, 'f') + std::string(64, 'f'));
}

TEST(policy_fixture_request, bytes_may_be_a_call_values_or_parts) {
    const auto inner = calldata_of(R"y(call: "g(uint256)", args: [7])y");
    const auto outer =
        calldata_of(R"y(call: "multicall(bytes[])", args: [[{call: "g(uint256)", args: [7]}]])y");
    EXPECT_NE(outer.find(inner.substr(2)), std::string::npos);
    EXPECT_EQ(
        calldata_of(R"y(data: [ann, "0x0001f4", {types: "(uint256)", args: [1]}])y"),
        "0x70997970c51812dc3a010c7d01b50e0d17dc79c80001f4" + std::string(63, '0') + "1");
}

TEST(policy_fixture_request, a_value_that_does_not_fit_is_refused) {
    const auto call = [](std::string_view type, std::string_view value) {
        return wrong(
            fmt::format("transaction: {{to: vault, call: \"f({})\", args: [{}]}}", type, value));
    };
    EXPECT_NE(call("uint8", "256").find("does not fit uint8"), std::string::npos);
    EXPECT_NE(call("uint8", "-1").find("expected uint8"), std::string::npos);
    EXPECT_NE(call("int8", "128").find("does not fit int8"), std::string::npos);
    EXPECT_NE(call("int8", "max").find("expected int8"), std::string::npos);
    EXPECT_NE(call("bytes4", "\"0x010203\"").find("does not fit bytes4"), std::string::npos);
    EXPECT_NE(call("uint8[2]", "[1]").find("does not fit uint8[2]"), std::string::npos);
    EXPECT_NE(call("(uint8,bool)", "[1]").find("expected 2 values"), std::string::npos);
    EXPECT_NE(call("bool", "yes").find("true or false"), std::string::npos);
    EXPECT_NE(call("address", "nobody").find("is no account"), std::string::npos);
    EXPECT_NE(call("uint256", "\"5 DAI\"").find("unknown unit"), std::string::npos);
    EXPECT_NE(call("uint256", "now+5x").find("expected now"), std::string::npos);
    EXPECT_NE(call("uint256,uint256", "1").find("expected 2 values"), std::string::npos);
    EXPECT_NE(call("uint257", "1").find("write a function"), std::string::npos);
}

TEST(policy_fixture_request, call_and_data_are_one_or_the_other) {
    EXPECT_NE(
        wrong(R"y(transaction: {to: vault, call: "f()", data: "0x"})y").find("not both"),
        std::string::npos);
    EXPECT_NE(wrong("transaction: {to: vault, args: [1]}").find("without call"), std::string::npos);
    EXPECT_NE(
        wrong(R"y(transaction: {to: vault, data: {call: "f()", types: "(bool)"}})y").find("either"),
        std::string::npos);
}

TEST(policy_fixture_request, transactions_have_the_type_and_fees_that_they_say) {
    const auto usual = transaction_of(content_of("transaction: {to: ann, value: \"1.5 ETH\"}"));
    EXPECT_EQ(chains::type_of(usual), chains::TransactionType::eip1559);
    EXPECT_EQ(chains::chain_id(usual), ChainId{8453});
    EXPECT_EQ(to_decimal(chains::value(usual).value), "1500000000000000000");

    const auto legacy = transaction_of(content_of(
        "transaction: {chain: 1, type: 0, nonce: 9, to: none, data: \"0x00\", fees: {gas: 30000, "
        "gas_price: \"2 gwei\"}}"));
    EXPECT_EQ(chains::type_of(legacy), chains::TransactionType::legacy);
    EXPECT_EQ(chains::chain_id(legacy), ChainId{1});
    EXPECT_EQ(chains::nonce(legacy), Nonce{9});
    EXPECT_FALSE(chains::to(legacy));
    EXPECT_EQ(chains::gas_limit(legacy), Gas{30'000});
    EXPECT_EQ(chains::max_gas_price(legacy).value, U256{2'000'000'000});

    const auto listed = transaction_of(content_of("transaction: {type: 1, to: ann}"));
    EXPECT_EQ(chains::type_of(listed), chains::TransactionType::eip2930);
    EXPECT_NE(wrong("transaction: {type: 3, to: ann}").find("from 0 to 2"), std::string::npos);
    EXPECT_NE(
        wrong("transaction: {type: 2, to: ann, fees: {gas_price: \"1 gwei\"}}").find("gas_price"),
        std::string::npos);
    EXPECT_NE(
        wrong("transaction: {value: \"1 ETH\"}").find("\"to\" is missing"), std::string::npos);
}

TEST(policy_fixture_request, raw_bytes_are_a_transaction_or_a_refusal) {
    const auto written = content_of("transaction: {to: ann, value: \"1 ETH\"}");
    const auto bytes = chains::encode_unsigned(transaction_of(written));
    EXPECT_EQ(
        transaction_of(content_of("raw_transaction: \"" + to_hex(bytes) + "\"")),
        transaction_of(written));
    const auto broken = must_read(a_case("raw_transaction: \"0x02c0\""));
    EXPECT_FALSE(broken.cases.front().request);
    EXPECT_EQ(outcome_of(broken).verdict, Verdict::deny);
}

constexpr std::string_view kPermit = R"(typed_data:
      types:
        Permit:
          - {name: owner, type: address}
          - {name: spender, type: address}
          - {name: value, type: uint256}
          - {name: nonce, type: uint256}
          - {name: deadline, type: uint256}
      primaryType: Permit
      domain: {name: USD Coin, version: "2", chainId: 8453, verifyingContract: usdc@8453}
      message: {owner: self, spender: mallory, value: max, nonce: 0, deadline: now+1h})";

TEST(policy_fixture_request, typed_data_is_written_as_yaml_text_or_a_file) {
    const auto content = content_of(std::string{kPermit});
    const auto& data = std::get<chains::TypedData>(content);
    EXPECT_EQ(data.primary_type(), "Permit");
    const std::string json =
        R"({"types":{"Mail":[{"name":"read","type":"bool"}]},"primaryType":"Mail",)"
        R"("domain":{"name":"a"},"message":{"read":true}})";
    const auto of_file = content_of("typed_data: {file: mail.json}", {{"mail.json", json}});
    const auto of_text = content_of("typed_data: '" + json + "'");
    const auto of_yaml = content_of(
        "typed_data: {types: {Mail: [{name: read, type: bool}]}, primaryType: Mail, domain: {name: "
        "a}, message: {read: true}}");
    const auto hash = [](const chains::Preimage::Content& each) {
        return std::get<chains::TypedData>(each).struct_hash();
    };
    EXPECT_EQ(hash(of_file), hash(of_text));
    EXPECT_EQ(hash(of_file), hash(of_yaml));
}

TEST(policy_fixture_request, a_text_that_says_true_stays_a_text) {
    const auto content = content_of(
        "typed_data: {types: {Mail: [{name: a, type: string}, {name: b, type: \"bool[2]\"}]}, "
        "primaryType: Mail, domain: {name: a}, message: {a: \"true\", b: [true, false]}}");
    const auto& message = std::get<chains::TypedData>(content).message();
    ASSERT_NE(message.member("a"), nullptr);
    ASSERT_NE(message.member("a")->as<std::string>(), nullptr);
    EXPECT_EQ(*message.member("a")->as<std::string>(), "true");
}

TEST(policy_fixture_request, a_file_that_is_not_there_is_told_with_the_line) {
    const auto detail = wrong("typed_data: {file: nothing.json}");
    EXPECT_EQ(detail.find("cases.yaml:8:"), 0U) << detail;
    EXPECT_NE(detail.find("no such file"), std::string::npos) << detail;
}

TEST(policy_fixture_request, typed_data_that_wallets_read_differently_is_denied_and_not_an_error) {
    const auto fixture = must_read(a_case(
        "typed_data: {types: {Mail: [{name: a, type: uint8}]}, primaryType: Mail, domain: {name: "
        "a}, message: {a: 256}}",
        "{verdict: deny, codes: [E_TYPED_DATA_RANGE]}"));
    const auto outcome = outcome_of(fixture);
    EXPECT_TRUE(differences(fixture.cases.front().expect, outcome).empty());
    EXPECT_FALSE(outcome.decision);
}

TEST(policy_fixture_request, messages_are_text_or_hex) {
    const auto text = content_of("message: hello");
    EXPECT_EQ(to_hex(std::get<chains::PersonalMessage>(text).message), "0x68656c6c6f");
    const auto hex = content_of("message: {hex: \"0x00ff\"}");
    EXPECT_EQ(to_hex(std::get<chains::PersonalMessage>(hex).message), "0x00ff");
    const auto validator = content_of("message: {text: hello, validator: ann}");
    EXPECT_EQ(
        to_hex(std::get<chains::ValidatorMessage>(validator).validator),
        "0x70997970c51812dc3a010c7d01b50e0d17dc79c8");
    EXPECT_NE(wrong("message: {text: a, hex: \"0x\"}").find("either"), std::string::npos);
}

TEST(policy_fixture_request, a_user_operation_is_written_with_names_and_units) {
    const auto content = content_of(
        "user_operation: {version: \"0.7\", operation: {sender: self, nonce: 3, callData: {call: "
        "\"execute(address,uint256,bytes)\", args: [ann, 1, \"0x\"]}, callGasLimit: 100000, "
        "verificationGasLimit: 1, preVerificationGas: \"0x2\", maxFeePerGas: \"2 gwei\", "
        "maxPriorityFeePerGas: 0}}");
    const auto& to_sign = std::get<chains::UserOperationToSign>(content);
    EXPECT_EQ(to_sign.form, chains::UserOperationToSign::Form::hash);
    const auto& parts = std::get<chains::UserOperationV07>(to_sign.operation.operation);
    EXPECT_EQ(parts.nonce, U256{3});
    EXPECT_EQ(parts.max_fee_per_gas, U256{2'000'000'000});
    EXPECT_EQ(parts.call_gas_limit, U256{100'000});
    EXPECT_EQ(to_hex(parts.call_data).substr(0, 10), "0xb61d27f6");
    EXPECT_EQ(to_sign.operation.entry_point, chains::kEntryPointV07);
    EXPECT_NE(
        wrong("user_operation: {version: \"0.9\", operation: {}}").find("unknown version"),
        std::string::npos);
    const auto missing =
        must_read(a_case("user_operation: {version: \"0.6\", operation: {sender: self}}"));
    EXPECT_EQ(outcome_of(missing).codes, std::vector<std::string>{"E_USER_OPERATION_MEMBER"});
}

TEST(policy_fixture_request, an_authorization_is_for_a_chain_and_a_nonce) {
    const auto content = content_of("authorization: {chain: 0, delegate: mallory, nonce: 7}");
    const auto& authorization = std::get<chains::Authorization>(content);
    EXPECT_EQ(authorization.chain_id, ChainId{0});
    EXPECT_EQ(authorization.nonce, Nonce{7});
}

}  // namespace
}  // namespace chela::policy::analysis
