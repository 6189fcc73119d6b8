#include "chains/userop/json.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/userop/preimage.hpp"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains {
namespace {

constexpr ChainId kChain{8453};
using Version = UserOperationVersion;

Json operation_v06() {
    return Json::parse(R"({
        "sender": "0x1111111111111111111111111111111111111111", "nonce": "0x7",
        "initCode": "0x", "callData": "0xdeadbeef", "callGasLimit": "0x186a0",
        "verificationGasLimit": "0x30d40", "preVerificationGas": "0xc350",
        "maxFeePerGas": "0x6fc23ac00", "maxPriorityFeePerGas": "0x3b9aca00",
        "paymasterAndData": "0x", "signature": "0x"})");
}

Json operation_v07() {
    Json out = operation_v06();
    out.erase("initCode");
    out.erase("paymasterAndData");
    return out;
}

Json sponsored_v07() {
    Json out = operation_v07();
    out["factory"] = "0x2222222222222222222222222222222222222222";
    out["factoryData"] = "0xc0ffee";
    out["paymaster"] = "0x3333333333333333333333333333333333333333";
    out["paymasterVerificationGasLimit"] = "0xea60";
    out["paymasterPostOpGasLimit"] = "0x11170";
    out["paymasterData"] = "0xbeef";
    return out;
}

Result<UserOperation> read(const Json& json, Version version) {
    return read_user_operation(json, version, kEntryPointV07, kChain);
}

std::string refusal_of(const Json& json, Version version) {
    const auto read_back = read(json, version);
    if (read_back) return "read";
    EXPECT_EQ(read_back.error().reason, "E_USER_OPERATION_MEMBER");
    EXPECT_EQ(read_back.error().code, ErrorCode::invalid_input);
    return read_back.error().detail;
}

TEST(user_operation_json, reads_the_members_of_each_version) {
    const auto v06 = read(operation_v06(), Version::v06).value();
    EXPECT_EQ(std::get<UserOperationV06>(v06.operation).nonce, U256{7});
    EXPECT_EQ(to_hex(std::get<UserOperationV06>(v06.operation).call_data), "0xdeadbeef");
    EXPECT_EQ(v06.entry_point, kEntryPointV07);
    EXPECT_EQ(v06.chain_id, kChain);
    const auto v07 = read(sponsored_v07(), Version::v07).value();
    const auto& parts = std::get<UserOperationV07>(v07.operation);
    EXPECT_EQ(to_hex(parts.factory.value().data), "0xc0ffee");
    EXPECT_EQ(parts.paymaster.value().post_op_gas_limit, U256{70000});
    EXPECT_FALSE(std::get<UserOperationV07>(read(operation_v07(), Version::v07)->operation)
                     .factory.has_value());
}

TEST(user_operation_json, the_short_marker_of_eip7702_is_the_long_one) {
    Json json = operation_v07();
    json["factory"] = "0x7702";
    json["eip7702Auth"] = {
        {"address", "0x4444444444444444444444444444444444444444"},
        {"chainId", "0x2105"},
        {"nonce", "0x0"},
        {"yParity", "0x1"},
        {"r", "0x" + std::string(64, '0')},
        {"s", "0xab"}};
    const auto operation = read(json, Version::v08).value();
    const auto& v08 = std::get<UserOperationV08>(operation.operation);
    EXPECT_EQ(v08.parts.factory.value().address, kEip7702Marker);
    EXPECT_EQ(
        v08.eip7702_delegate, *parse_address(json["eip7702Auth"]["address"].get<std::string>()));
    EXPECT_TRUE(preimage_bytes(operation));
    json["factory"] = "0x7702" + std::string(36, '0');
    json["factoryData"] = "0x";
    EXPECT_EQ(read(json, Version::v08).value(), operation);
    EXPECT_NE(refusal_of(json, Version::v07), "read") << "eip7702Auth is no member before v0.8";
}

TEST(user_operation_json, refuses_what_is_missing_misshapen_or_of_another_version) {
    for (const char* name :
         {"sender", "nonce", "callData", "callGasLimit", "verificationGasLimit",
          "preVerificationGas", "maxFeePerGas", "maxPriorityFeePerGas", "initCode",
          "paymasterAndData"}) {
        Json json = operation_v06();
        json.erase(name);
        EXPECT_EQ(
            refusal_of(json, Version::v06), fmt::format("user operation: {} is missing", name));
        json[name] = 7;
        EXPECT_EQ(
            refusal_of(json, Version::v06),
            fmt::format("user operation: {} is not a string", name));
        json[name] = "0x0g";
        EXPECT_NE(refusal_of(json, Version::v06), "read") << name;
    }
    EXPECT_NE(refusal_of(operation_v06(), Version::v07), "read");
    EXPECT_NE(refusal_of(operation_v07(), Version::v06), "read");
    EXPECT_NE(refusal_of(Json::array(), Version::v07), "read");
    EXPECT_NE(refusal_of(Json(nullptr), Version::v08), "read");
}

TEST(user_operation_json, refuses_numbers_that_are_written_in_another_way) {
    for (const char* text : {"0x01", "7", "0x", "-0x1", ""}) {
        Json json = operation_v07();
        json["nonce"] = text;
        EXPECT_NE(refusal_of(json, Version::v07), "read") << text;
    }
    Json wide = operation_v07();
    wide["nonce"] = "0x1" + std::string(64, '0');
    EXPECT_NE(refusal_of(wide, Version::v07), "read");
}

TEST(user_operation_json, refuses_a_factory_or_paymaster_without_its_own_members) {
    for (const char* name :
         {"factory", "factoryData", "paymaster", "paymasterVerificationGasLimit",
          "paymasterPostOpGasLimit", "paymasterData"}) {
        Json json = sponsored_v07();
        json.erase(name);
        EXPECT_EQ(
            refusal_of(json, Version::v07), fmt::format("user operation: {} is missing", name));
    }
    Json marker = operation_v07();
    marker["factory"] = "0x7702";
    EXPECT_NE(refusal_of(marker, Version::v07), "read") << "no delegates before v0.8";
}

TEST(user_operation_json, refuses_an_authorization_that_is_none) {
    Json json = operation_v07();
    json["factory"] = "0x7702";
    for (const Json& authorization :
         {Json(7), Json::object(), Json{{"address", "0x12"}},
          Json{{"address", "0x4444444444444444444444444444444444444444"}, {"s", "0x0g"}},
          Json{{"address", "0x4444444444444444444444444444444444444444"}, {"v", "0x1"}}}) {
        json["eip7702Auth"] = authorization;
        EXPECT_NE(refusal_of(json, Version::v08), "read") << authorization.dump();
    }
}

TEST(user_operation_json, knows_the_published_entry_points_and_the_words_of_versions) {
    EXPECT_EQ(version_of_entry_point(kEntryPointV06), Version::v06);
    EXPECT_EQ(version_of_entry_point(kEntryPointV07), Version::v07);
    EXPECT_EQ(version_of_entry_point(kEntryPointV08), Version::v08);
    EXPECT_EQ(version_of_entry_point(Address{}), std::nullopt);
    for (const auto version : {Version::v06, Version::v07, Version::v08})
        EXPECT_EQ(parse_user_operation_version(to_string(version)), version);
    EXPECT_EQ(parse_user_operation_version("0.9"), std::nullopt);
}

}  // namespace
}  // namespace chela::chains
