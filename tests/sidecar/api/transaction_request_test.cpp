#include "sidecar/api/transaction_request.hpp"

#include "chains/base/hex.hpp"
#include "tests/sidecar/api/fixture.hpp"

namespace chela::sidecar::api {
namespace {

using test::expect_refused;
using test::json;
using Kind = TransactionRequestKind;

constexpr Kind kKinds[] = {Kind::submit, Kind::sign, Kind::simulate};

Json minimal() {
    return {{"chain", "base"}, {"to", test::kAlice}, {"value", "0.25"}};
}

/// @param more  JSON text of an object laid over the smallest request
Json request_with(const std::string& more) {
    Json body = minimal();
    body.update(json(more));
    return body;
}

Result<flow::IntentRequest> read(const Json& body, Kind kind = Kind::submit) {
    return read_transaction_request(body, kind, test::registry());
}

void expect_refused_with(
    const std::string& more,
    ErrorCode code,
    const std::string& reason,
    const std::string& named,
    Kind kind = Kind::submit) {
    expect_refused(read(request_with(more), kind), code, reason, named);
}

TEST(transaction_request, needs_only_chain_recipient_and_value) {
    for (const Kind kind : kKinds) {
        const auto request = read(minimal(), kind);
        ASSERT_TRUE(request.has_value()) << request.error().detail;
        EXPECT_EQ(request->chain.chain_id.value, 8'453U);
        EXPECT_EQ(request->to, test::address_of(test::kAlice));
        EXPECT_EQ(request->value.value, U256{250'000'000'000'000'000});
        EXPECT_TRUE(request->data.empty());
        EXPECT_FALSE(
            request->gas_limit || request->gas_price || request->max_fee_per_gas ||
            request->max_priority_fee_per_gas || request->nonce || request->simulate_first);
        EXPECT_EQ(request->signing_key_path, "");
        EXPECT_EQ(
            request->delivery,
            kind == Kind::sign ? flow::Delivery::sign_only : flow::Delivery::submit);
    }
}

TEST(transaction_request, reads_every_member_of_a_submission) {
    const auto request = read(request_with(
        R"({"data": "0xa9059cbb00", "signing_key_path": "keys/a", "nonce": 7, "gas_limit": 100000, "max_fee_per_gas": "30",
            "max_priority_fee_per_gas": "2", "simulate_first": true, "mode": "eoa"})"));
    ASSERT_TRUE(request.has_value()) << request.error().detail;
    EXPECT_EQ(to_hex(request->data), "0xa9059cbb00");
    EXPECT_EQ(request->signing_key_path, "keys/a");
    EXPECT_EQ(request->nonce, Nonce{7});
    EXPECT_EQ(request->gas_limit, Gas{100'000});
    EXPECT_EQ(request->max_fee_per_gas, Wei{U256{30}});
    EXPECT_EQ(request->max_priority_fee_per_gas, Wei{U256{2}});
    EXPECT_FALSE(request->gas_price.has_value());
    EXPECT_TRUE(request->simulate_first);
    const auto legacy = read(request_with(R"({"gas_price": "1000000000"})"), Kind::sign);
    ASSERT_TRUE(legacy.has_value()) << legacy.error().detail;
    EXPECT_EQ(legacy->gas_price, Wei{U256{1'000'000'000}});
}

TEST(transaction_request, of_a_simulation_has_fewer_members) {
    const auto request = read(
        request_with(R"({"data": "0x01", "signing_key_path": "keys/a", "gas_limit": 21000})"),
        Kind::simulate);
    ASSERT_TRUE(request.has_value()) << request.error().detail;
    EXPECT_EQ(request->gas_limit, Gas{21'000});
    EXPECT_EQ(to_hex(request->data), "0x01");
    EXPECT_EQ(request->signing_key_path, "keys/a");
    for (const char* member :
         {"nonce", "gas_price", "max_fee_per_gas", "max_priority_fee_per_gas", "simulate_first",
          "mode", "memo"}) {
        Json body = minimal();
        body[member] = nullptr;
        expect_refused(
            read(body, Kind::simulate), ErrorCode::invalid_input, "E_UNKNOWN_FIELD", member);
        EXPECT_TRUE(read(body, Kind::submit).has_value()) << member;
        EXPECT_TRUE(read(body, Kind::sign).has_value()) << member;
    }
}

TEST(transaction_request, requires_chain_recipient_and_value) {
    for (const char* member : {"chain", "to", "value"}) {
        for (const Kind kind : kKinds) {
            Json body = minimal();
            body.erase(member);
            expect_refused(read(body, kind), ErrorCode::invalid_input, "E_FIELD_REQUIRED", member);
            body[member] = nullptr;
            expect_refused(read(body, kind), ErrorCode::invalid_input, "E_FIELD_REQUIRED", member);
            body[member] = 1;
            expect_refused(read(body, kind), ErrorCode::invalid_input, "E_FIELD_TYPE", member);
            body[member] = "";
            const auto empty = read(body, kind);
            ASSERT_FALSE(empty.has_value()) << member;
            EXPECT_NE(empty.error().detail.find(member), std::string::npos) << empty.error().detail;
        }
    }
}

TEST(transaction_request, finds_its_chain_by_name_or_id) {
    for (const char* name : {"base", "BASE", "8453"}) {
        const auto request = read(request_with(R"({"chain": ")" + std::string{name} + "\"}"));
        ASSERT_TRUE(request.has_value()) << name;
        EXPECT_EQ(request->chain.name, "base");
    }
    expect_refused_with(
        R"({"chain": "mainnet"})", ErrorCode::not_found, "E_UNKNOWN_CHAIN", "mainnet");
    expect_refused_with(R"({"chain": "1"})", ErrorCode::not_found, "E_UNKNOWN_CHAIN", "chain");
    const auto long_name = read(request_with(R"({"chain": ")" + std::string(50'000, 'x') + "\"}"));
    expect_refused(long_name, ErrorCode::not_found, "E_UNKNOWN_CHAIN", "chain");
    EXPECT_LT(long_name.error().detail.size(), 300U);
}

TEST(transaction_request, refuses_a_recipient_that_is_no_address) {
    expect_refused_with(R"({"to": "0x12"})", ErrorCode::invalid_input, "E_ADDRESS_FORMAT", "to");
    expect_refused_with(
        R"({"to": "vitalik.eth"})", ErrorCode::invalid_input, "E_ADDRESS_FORMAT", "to");
    std::string wrong = test::kAlice;
    wrong[wrong.size() - 2] = 'c';  // of "C8": another checksum
    expect_refused_with(
        R"({"to": ")" + wrong + "\"}", ErrorCode::invalid_input, "E_ADDRESS_CHECKSUM", "to");
}

TEST(transaction_request, takes_values_up_to_the_largest_256_bit_number) {
    const auto most = read(request_with(R"({"value": ")" + std::string{test::kMaxUnits} + "\"}"));
    ASSERT_TRUE(most.has_value()) << most.error().detail;
    EXPECT_EQ(most->value.value, U256::max());
    const auto none = read(request_with(R"({"value": "0"})"));
    ASSERT_TRUE(none.has_value());
    EXPECT_TRUE(none->value.value.is_zero());
    const auto over = read(request_with(R"({"value": ")" + std::string{test::kOverUnits} + "\"}"));
    ASSERT_FALSE(over.has_value());
    EXPECT_EQ(over.error().code, ErrorCode::out_of_range);
    EXPECT_TRUE(over.error().detail.starts_with("value: ")) << over.error().detail;
    for (const char* value :
         {"-1", "+1", "1e18", "1,5", ".", " 1", "1 ", "0x1", "0.0000000000000000001", "NaN"}) {
        const auto refused = read(request_with(R"({"value": ")" + std::string{value} + "\"}"));
        ASSERT_FALSE(refused.has_value()) << value;
        EXPECT_EQ(refused.error().code, ErrorCode::invalid_input) << value;
        EXPECT_TRUE(refused.error().detail.starts_with("value: ")) << refused.error().detail;
    }
}

TEST(transaction_request, takes_fees_in_whole_wei_up_to_the_largest_256_bit_number) {
    for (const std::string member : {"gas_price", "max_fee_per_gas", "max_priority_fee_per_gas"}) {
        const auto with = [&](const std::string& amount) {
            Json body = minimal();
            body[member] = amount;
            return read(body);
        };
        ASSERT_TRUE(with(test::kMax256).has_value()) << member;
        const auto over = with(test::kOver256);
        ASSERT_FALSE(over.has_value()) << member;
        EXPECT_TRUE(over.error().detail.starts_with(member)) << over.error().detail;
        for (const char* amount : {"", "1.5", "-1", "0x10", "01", "1e9"}) {
            const auto refused = with(amount);
            ASSERT_FALSE(refused.has_value()) << member << " " << amount;
            EXPECT_EQ(refused.error().code, ErrorCode::invalid_input);
            EXPECT_TRUE(refused.error().detail.starts_with(member)) << refused.error().detail;
        }
        Json number = minimal();
        number[member] = 5U;
        expect_refused(read(number), ErrorCode::invalid_input, "E_FIELD_TYPE", member);
    }
}

TEST(transaction_request, has_either_a_legacy_price_or_the_new_fees) {
    expect_refused_with(
        R"({"gas_price": "1", "max_fee_per_gas": "1"})", ErrorCode::invalid_input, "E_FEES",
        "gas_price");
    expect_refused_with(
        R"({"gas_price": "1", "max_priority_fee_per_gas": "1"})", ErrorCode::invalid_input,
        "E_FEES", "gas_price", Kind::sign);
}

TEST(transaction_request, takes_at_most_128_kib_of_calldata) {
    const auto with = [](std::size_t bytes) {
        Json body = minimal();
        body["data"] = "0x" + std::string(2 * bytes, 'a');
        return body;
    };
    for (const Kind kind : kKinds) {
        const auto most = read(with(128UZ * 1024), kind);
        ASSERT_TRUE(most.has_value()) << most.error().detail;
        EXPECT_EQ(most->data.size(), 128UZ * 1024);
        expect_refused(
            read(with(128UZ * 1024 + 1), kind), ErrorCode::too_large, "E_DATA_TOO_LARGE", "data");
    }
}

TEST(transaction_request, takes_calldata_as_strict_hex) {
    for (const char* data : {"", "0x"}) {
        const auto request = read(request_with(R"({"data": ")" + std::string{data} + "\"}"));
        ASSERT_TRUE(request.has_value()) << data;
        EXPECT_TRUE(request->data.empty());
    }
    for (const char* data : {"0x1", "a9059cbb", "0xzz", "0X00", " 0x00"}) {
        const auto refused = read(request_with(R"({"data": ")" + std::string{data} + "\"}"));
        ASSERT_FALSE(refused.has_value()) << data;
        EXPECT_EQ(refused.error().code, ErrorCode::invalid_input);
        EXPECT_TRUE(refused.error().detail.starts_with("data: ")) << refused.error().detail;
    }
}

TEST(transaction_request, takes_nonce_and_gas_as_whole_numbers) {
    const auto request = read(request_with(R"({"nonce": 0, "gas_limit": 18446744073709551615})"));
    ASSERT_TRUE(request.has_value());
    EXPECT_EQ(request->nonce, Nonce{0});
    EXPECT_EQ(request->gas_limit, Gas{18'446'744'073'709'551'615U});
    for (const char* member : {"nonce", "gas_limit"}) {
        for (const char* value : {"-1", "1.5", "\"1\"", "true"}) {
            expect_refused_with(
                R"({")" + std::string{member} + R"(": )" + value + "}", ErrorCode::invalid_input,
                "E_FIELD_TYPE", member);
        }
    }
}

TEST(transaction_request, has_one_mode) {
    expect_refused_with(
        R"({"mode": "smart_account"})", ErrorCode::unsupported, "E_UNSUPPORTED_FIELD", "mode");
    expect_refused_with(R"({"mode": 1})", ErrorCode::invalid_input, "E_FIELD_TYPE", "mode");
}

TEST(transaction_request, refuses_what_it_does_not_do_instead_of_ignoring_it) {
    const Json meaningful = {
        {"gasless", true},
        {"destination_tag", 0},
        {"memo", "m"},
        {"fee_rate_sat_per_vbyte", 1},
        {"fee_limit_sun", 1},
        {"token_mint", "m"},
        {"token_decimals", 6},
        {"ttl", 1},
        {"xrpl_tx_json", {{"a", 1}}},
        {"approval_id", "a"},
        {"raw_transaction", "0x02"},
        {"tron_transaction", {{"a", 1}}}};
    for (const auto& [member, value] : meaningful.items()) {
        for (const Kind kind : {Kind::submit, Kind::sign}) {
            Json body = minimal();
            body[member] = value;
            expect_refused(read(body, kind), ErrorCode::unsupported, "E_UNSUPPORTED_FIELD", member);
            body[member] = nullptr;
            EXPECT_TRUE(read(body, kind).has_value()) << member;
        }
    }
}

TEST(transaction_request, refuses_a_misspelt_member) {
    for (const Kind kind : kKinds) {
        expect_refused_with(
            R"({"simulate_frist": true})", ErrorCode::invalid_input, "E_UNKNOWN_FIELD",
            "simulate_frist", kind);
    }
}

TEST(transaction_request, is_a_json_object) {
    for (const char* text : {"[]", "null", "1", "\"a\""}) {
        const auto refused = read(json(text), Kind::simulate);
        ASSERT_FALSE(refused.has_value()) << text;
        EXPECT_EQ(refused.error().reason, "E_BODY");
    }
}

}  // namespace
}  // namespace chela::sidecar::api
