#include "sidecar/authority/sign_request.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::authority {
namespace {

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
    const auto body = sign_request(transfer());
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
    EXPECT_EQ(sign_request(other).value().at("chain"), "123456789");
}

TEST(authority_sign_request, of_a_legacy_transaction_has_one_price) {
    const auto body = sign_request(chains::LegacyTransaction{
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
        EXPECT_EQ(sign_request(one).error().reason, "E_AUTHORITY_TRANSACTION");
    chains::Eip4844Transaction blobs{};
    blobs.to = Address{{0x11}};
    EXPECT_EQ(sign_request(blobs).error().reason, "E_AUTHORITY_TRANSACTION");
}

}  // namespace
}  // namespace chela::sidecar::authority
