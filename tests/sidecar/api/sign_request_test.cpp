#include "sidecar/api/sign_request.hpp"

#include "chains/base/hex.hpp"
#include "tests/sidecar/api/fixture.hpp"

#include <string>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::api {
namespace {

using flow::IntentRequest;
using flow::SignatureRequest;
using testing::HasSubstr;

const std::string kContract = "0x7070707070707070707070707070707070707070";

Json permit() {
    return {
        {"types",
         {{"Permit",
           {{{"name", "owner"}, {"type", "address"}}, {{"name", "value"}, {"type", "uint256"}}}}}},
        {"primaryType", "Permit"},
        {"domain", {{"chainId", 8453}, {"verifyingContract", kContract}}},
        {"message", {{"owner", kContract}, {"value", "1"}}}};
}

Json user_operation() {
    return {
        {"sender", kContract},
        {"nonce", "0x1"},
        {"callData", "0x"},
        {"callGasLimit", "0x1"},
        {"verificationGasLimit", "0x1"},
        {"preVerificationGas", "0x1"},
        {"maxFeePerGas", "0x1"},
        {"maxPriorityFeePerGas", "0x1"}};
}

Result<SignRequest> read(const Json& body) {
    return read_sign_request(body, test::registry());
}

template <class T>
const T& content_of(const Result<SignRequest>& read) {
    return std::get<T>(std::get<SignatureRequest>(read->request).content);
}

std::string refusal(const Json& body) {
    const auto refused = read(body);
    EXPECT_FALSE(refused.has_value()) << body;
    return refused ? "" : refused.error().reason + " " + refused.error().detail;
}

TEST(sign_request, a_message_is_text) {
    const auto asked =
        read({{"intent_type", "personal_sign"}, {"chain", "base"}, {"message", "hello"}});
    ASSERT_TRUE(asked.has_value()) << asked.error().detail;
    EXPECT_EQ(asked->intent_type, "personal_sign");
    EXPECT_EQ(content_of<chains::PersonalMessage>(asked).message, (Bytes{'h', 'e', 'l', 'l', 'o'}));
}

TEST(sign_request, a_message_that_looks_like_hex_must_say_what_it_is) {
    Json body = {{"intent_type", "personal_sign"}, {"chain", "base"}, {"message", "0x1234"}};
    EXPECT_THAT(refusal(body), HasSubstr("E_MESSAGE_AMBIGUOUS"));
    body["message_encoding"] = "hex";
    EXPECT_EQ(content_of<chains::PersonalMessage>(read(body)).message, (Bytes{0x12, 0x34}));
    body["message_encoding"] = "text";
    EXPECT_EQ(content_of<chains::PersonalMessage>(read(body)).message.size(), 6U);
    body["message_encoding"] = "utf-16";
    EXPECT_THAT(refusal(body), HasSubstr("message_encoding"));
    body["message_encoding"] = "hex";
    body["message"] = "0x123";
    EXPECT_THAT(refusal(body), HasSubstr("message"));
}

TEST(sign_request, typed_data_is_read_strictly) {
    Json body = {{"intent_type", "typed_data"}, {"chain", "base"}, {"typed_data", permit()}};
    const auto asked = read(body);
    ASSERT_TRUE(asked.has_value()) << asked.error().detail;
    EXPECT_EQ(content_of<chains::TypedData>(asked).primary_type(), "Permit");
    body["typed_data"]["message"]["extra"] = 1;
    EXPECT_THAT(refusal(body), HasSubstr("typed_data"));
    body.erase("typed_data");
    EXPECT_THAT(refusal(body), HasSubstr("E_FIELD_REQUIRED"));
}

TEST(sign_request, a_digest_is_never_signed_blind) {
    const auto refused =
        read({{"intent_type", "eip712_digest"}, {"chain", "base"}, {"hash", std::string(66, '1')}});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::denied);
    EXPECT_EQ(refused.error().reason, "E_BLIND_DIGEST");
    EXPECT_THAT(refused.error().detail, HasSubstr("typed_data"));
}

TEST(sign_request, a_transaction_is_one_that_the_caller_sends) {
    Json body = {
        {"intent_type", "transaction"},
        {"chain", "base"},
        {"to", kContract},
        {"value", "1"},
        {"sign_only", true}};
    const auto asked = read(body);
    ASSERT_TRUE(asked.has_value()) << asked.error().detail;
    EXPECT_EQ(std::get<IntentRequest>(asked->request).delivery, flow::Delivery::sign_only);
    body["sign_only"] = false;
    EXPECT_THAT(refusal(body), HasSubstr("E_UNSUPPORTED_FIELD"));
    body["sign_only"] = true;
    body["authorization_list"] = Json::array({Json::object()});
    EXPECT_FALSE(read(body).has_value());
}

TEST(sign_request, a_user_operation_names_its_entry_point_and_form) {
    Json body = {
        {"intent_type", "user_operation"},
        {"chain", "base"},
        {"user_operation", user_operation()},
        {"entry_point", to_hex(chains::kEntryPointV07)},
        {"signature_form", "hash"}};
    const auto asked = read(body);
    ASSERT_TRUE(asked.has_value()) << asked.error().detail;
    const auto& to_sign = content_of<chains::UserOperationToSign>(asked);
    EXPECT_EQ(to_sign.operation.entry_point, chains::kEntryPointV07);
    EXPECT_EQ(to_sign.form, chains::UserOperationToSign::Form::hash);
    auto without = body;
    without.erase("signature_form");
    EXPECT_THAT(refusal(without), HasSubstr("signature_form"));
    body["entry_point"] = kContract;
    EXPECT_THAT(refusal(body), HasSubstr("entry_point_version"));
    body["entry_point_version"] = "0.7";
    EXPECT_TRUE(read(body).has_value());
}

TEST(sign_request, an_authorization_is_for_the_chain_that_is_named) {
    Json body = {
        {"intent_type", "authorization"},
        {"chain", "base"},
        {"authorization", {{"address", kContract}, {"nonce", 3U}}}};
    const auto asked = read(body);
    ASSERT_TRUE(asked.has_value()) << asked.error().detail;
    EXPECT_EQ(content_of<chains::Authorization>(asked).chain_id, ChainId{8453});
    body["authorization"]["chain_id"] = 0U;
    EXPECT_EQ(content_of<chains::Authorization>(read(body)).chain_id, ChainId{0})
        << "policy refuses it, with its reason";
    body["authorization"]["extra"] = 1;
    EXPECT_FALSE(read(body).has_value());
}

TEST(sign_request, members_of_another_kind_are_refused) {
    EXPECT_THAT(
        refusal(
            {{"intent_type", "personal_sign"},
             {"chain", "base"},
             {"message", "hello"},
             {"typed_data", permit()}}),
        HasSubstr("E_UNKNOWN_FIELD"));
    EXPECT_THAT(
        refusal(
            {{"intent_type", "personal_sign"},
             {"chain", "base"},
             {"message", "hello"},
             {"approval_id", "x"}}),
        HasSubstr("E_UNSUPPORTED_FIELD"));
    EXPECT_THAT(
        refusal({{"intent_type", "eth_sign"}, {"chain", "base"}}), HasSubstr("E_INTENT_TYPE"));
    EXPECT_THAT(refusal({{"chain", "base"}}), HasSubstr("intent_type"));
    EXPECT_THAT(
        refusal({{"intent_type", "personal_sign"}, {"chain", "mars"}, {"message", "hello"}}),
        HasSubstr("E_UNKNOWN_CHAIN"));
    EXPECT_FALSE(read(Json::array()).has_value());
}

}  // namespace
}  // namespace chela::sidecar::api
