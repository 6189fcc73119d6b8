#include "sidecar/authority/sign_request.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::authority {
namespace {

/// Of a transaction, which says its chain itself.
Result<Json> body_of(chains::Transaction transaction) {
    auto request = sign_request(std::move(transaction), std::nullopt);
    if (!request) return std::unexpected{request.error()};
    EXPECT_EQ(request->operation, "transactions/sign");
    return std::move(request->body);
}

chains::PersonalMessage message(std::string_view text) {
    return {Bytes{text.begin(), text.end()}};
}

chains::Eip1559Transaction transfer() {
    return {
        .chain_id = {8453},
        .nonce = {7},
        .max_priority_fee_per_gas = {U256{2}},
        .max_fee_per_gas = {U256{30}},
        .gas_limit = {21'000},
        .to = Address{{0x11}},
        .value = {U256{250'000'000'000'000'000}},
        .data = {0xab, 0xcd},
        .access_list = {}};
}

TEST(authority_sign_request, says_everything_that_is_signed) {
    const auto body = body_of(transfer());
    ASSERT_TRUE(body.has_value());
    EXPECT_EQ(
        *body, (Json{
                   {"chain", "base"},
                   {"to", "0x1100000000000000000000000000000000000000"},
                   {"value", "0.25"},
                   {"nonce", 7},
                   {"gas_limit", 21'000},
                   {"data", "0xabcd"},
                   {"max_fee_per_gas", "30"},
                   {"max_priority_fee_per_gas", "2"}}));
}

TEST(authority_sign_request, names_a_chain_that_nobody_knows_by_its_id) {
    auto other = transfer();
    other.chain_id = {123'456'789};
    EXPECT_EQ(body_of(other).value().at("chain"), "123456789");
}

TEST(authority_sign_request, of_a_legacy_transaction_has_one_price) {
    const auto body = body_of(chains::LegacyTransaction{
        .chain_id = {1},
        .nonce = {0},
        .gas_price = {U256{5}},
        .gas_limit = {21'000},
        .to = Address{{0x11}},
        .value = {U256{1}},
        .data = {}});
    ASSERT_TRUE(body.has_value());
    EXPECT_EQ(body->at("gas_price"), "5");
    EXPECT_EQ(body->at("value"), "0.000000000000000001");
    EXPECT_FALSE(body->contains("max_fee_per_gas"));
    EXPECT_FALSE(body->contains("data"));
}

TEST(authority_sign_request, is_not_made_of_what_the_api_cannot_say) {
    auto creation = transfer();
    creation.to = std::nullopt;
    auto listed = transfer();
    listed.access_list = {{Address{{0x22}}, {}}};
    for (const auto& one : {creation, listed})
        EXPECT_EQ(body_of(one).error().reason, "E_AUTHORITY_UNSUPPORTED");
    chains::Eip4844Transaction blobs{};
    blobs.to = Address{{0x11}};
    EXPECT_EQ(body_of(blobs).error().reason, "E_AUTHORITY_UNSUPPORTED");
}

TEST(authority_sign_request, of_a_message_says_it_as_text_unless_that_could_be_read_in_two_ways) {
    const auto text = sign_request(message("hello \xc3\xa4"), ChainId{8453});
    ASSERT_TRUE(text.has_value());
    EXPECT_EQ(text->operation, "sign");
    EXPECT_EQ(
        text->body,
        (Json{{"intent_type", "personal_sign"}, {"chain", "base"}, {"message", "hello \xc3\xa4"}}));
    const auto looks_like_bytes = sign_request(message("0xab"), ChainId{1});
    ASSERT_TRUE(looks_like_bytes.has_value());
    EXPECT_EQ(looks_like_bytes->body.at("message"), "0xab");
    EXPECT_EQ(looks_like_bytes->body.at("message_encoding"), "text");
    const auto bytes = sign_request(message("\xff\xfe"), ChainId{1});
    ASSERT_TRUE(bytes.has_value());
    EXPECT_EQ(bytes->body.at("message"), "0xfffe");
    EXPECT_EQ(bytes->body.at("message_encoding"), "hex");
    EXPECT_TRUE(sign_request(message(std::string(65'536, 'a')), ChainId{1}).has_value());
    EXPECT_EQ(
        sign_request(message(std::string(40'000, '\xff')), ChainId{1}).error().reason,
        "E_AUTHORITY_UNSUPPORTED");
}

TEST(authority_sign_request, of_typed_data_says_all_of_it) {
    const Json data = {
        {"types", {{"Greeting", {{{"name", "text"}, {"type", "string"}}}}}},
        {"primaryType", "Greeting"},
        {"domain", {{"name", "greeter"}}},
        {"message", {{"text", "hello"}}}};
    const auto wanted = chains::read_typed_data(data);
    ASSERT_TRUE(wanted.has_value());
    const auto request = sign_request(*wanted, ChainId{1});
    ASSERT_TRUE(request.has_value());
    EXPECT_EQ(request->operation, "sign");
    EXPECT_EQ(request->body.at("intent_type"), "typed_data");
    const auto read_back = chains::read_typed_data(request->body.at("typed_data"));
    ASSERT_TRUE(read_back.has_value());
    EXPECT_EQ(read_back->bytes(), wanted->bytes());
}

TEST(authority_sign_request, is_not_made_of_other_things_than_transactions_and_messages) {
    for (const chains::Preimage::Content& content :
         {chains::Preimage::Content{chains::Authorization{}},
          chains::Preimage::Content{chains::ValidatorMessage{}},
          chains::Preimage::Content{chains::UserOperationToSign{}}})
        EXPECT_EQ(sign_request(content, ChainId{1}).error().reason, "E_AUTHORITY_UNSUPPORTED");
    EXPECT_EQ(
        sign_request(message("hello"), std::nullopt).error().reason, "E_AUTHORITY_UNSUPPORTED");
}

}  // namespace
}  // namespace chela::sidecar::authority
