#include "tests/chains/vectors.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/crypto/keccak.hpp"
#include "chains/userop/json.hpp"
#include "chains/userop/packed.hpp"
#include "chains/userop/preimage.hpp"
#include "tests/chains/vector_fields.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains {
namespace {

using test::vector::address;
using test::vector::bytes;
using test::vector::quantity;
using test::vector::take;
using test::vector::text;

template <class Operation>
Operation common(const Json& from) {
    Operation out;
    out.sender = address(from, "sender");
    out.nonce = quantity(from, "nonce");
    out.call_data = bytes(from, "call_data");
    out.call_gas_limit = quantity(from, "call_gas_limit");
    out.verification_gas_limit = quantity(from, "verification_gas_limit");
    out.pre_verification_gas = quantity(from, "pre_verification_gas");
    out.max_fee_per_gas = quantity(from, "max_fee_per_gas");
    out.max_priority_fee_per_gas = quantity(from, "max_priority_fee_per_gas");
    return out;
}

UserOperationV06 operation_v06(const Json& from) {
    auto out = common<UserOperationV06>(from);
    out.init_code = bytes(from, "init_code");
    out.paymaster_and_data = bytes(from, "paymaster_and_data");
    return out;
}

UserOperationV07 operation_v07(const Json& from) {
    auto out = common<UserOperationV07>(from);
    if (!from.at("factory").is_null()) {
        out.factory = {.address = address(from, "factory"), .data = bytes(from, "factory_data")};
    }
    if (!from.at("paymaster").is_null()) {
        out.paymaster = {
            .address = address(from, "paymaster"),
            .verification_gas_limit = quantity(from, "paymaster_verification_gas_limit"),
            .post_op_gas_limit = quantity(from, "paymaster_post_op_gas_limit"),
            .data = bytes(from, "paymaster_data")};
    }
    return out;
}

UserOperation operation(const Json& from) {
    UserOperation out{
        .operation = {},
        .entry_point = address(from, "entry_point"),
        .chain_id = ChainId{quantity(from, "chain_id").to_uint64().value()}};
    const std::string version = text(from, "version");
    if (version == "0.6") {
        out.operation = operation_v06(from);
    } else if (version == "0.7") {
        out.operation = operation_v07(from);
    } else if (version == "0.8") {
        UserOperationV08 v08{.parts = operation_v07(from), .eip7702_delegate = std::nullopt};
        if (from.contains("delegate")) v08.eip7702_delegate = address(from, "delegate");
        out.operation = v08;
    } else {
        bug("malformed vector: version " + version);
    }
    return out;
}

class user_operation_vectors : public testing::TestWithParam<const char*> {};

TEST_P(user_operation_vectors, hash_as_the_entry_point_of_others) {
    const Json cases = test::load_lines(GetParam());
    EXPECT_GE(cases.size(), 90U);
    for (const Json& each : cases) {
        const auto preimage = preimage_bytes(operation(each));
        ASSERT_TRUE(preimage) << text(each, "name") << ": " << preimage.error().detail;
        EXPECT_EQ(to_hex(keccak256(*preimage)), text(each, "hash")) << text(each, "name");
    }
}

TEST_P(user_operation_vectors, read_back_from_their_json) {
    for (const Json& each : test::load_lines(GetParam())) {
        const auto original = operation(each);
        const auto version = version_of(original);
        EXPECT_EQ(to_string(version), text(each, "version"));
        const auto again = read_user_operation(
            to_json(original), version, original.entry_point, original.chain_id);
        ASSERT_TRUE(again) << text(each, "name") << ": " << again.error().detail;
        EXPECT_EQ(*again, original) << text(each, "name");
    }
}

INSTANTIATE_TEST_SUITE_P(
    of_file,
    user_operation_vectors,
    testing::Values("userop/v0_6.jsonl", "userop/v0_7.jsonl", "userop/v0_8.jsonl"),
    [](const auto& each) { return std::string{each.param}.substr(7, 4); });

TEST(packed_user_operation_vectors, have_the_members_of_others) {
    for (const char* file : {"userop/v0_7.jsonl", "userop/v0_8.jsonl"}) {
        for (const Json& each : test::load_lines(file)) {
            const auto packed = pack(operation_v07(each));
            ASSERT_TRUE(packed) << text(each, "name") << ": " << packed.error().detail;
            EXPECT_EQ(to_hex(packed->init_code), text(each, "init_code")) << text(each, "name");
            EXPECT_EQ(to_hex(packed->account_gas_limits), text(each, "account_gas_limits"))
                << text(each, "name");
            EXPECT_EQ(to_hex(packed->gas_fees), text(each, "gas_fees")) << text(each, "name");
            EXPECT_EQ(to_hex(packed->paymaster_and_data), text(each, "paymaster_and_data"))
                << text(each, "name");
        }
    }
}

TEST(user_operation_vectors_of_eip7702, are_refused_without_their_delegate) {
    std::size_t count = 0;
    for (const Json& each : test::load_lines("userop/v0_8.jsonl")) {
        if (!each.contains("delegate")) continue;
        Json without = each;
        without.erase("delegate");
        EXPECT_FALSE(preimage_bytes(operation(without))) << text(each, "name");
        ++count;
    }
    EXPECT_GE(count, 3U);
}

}  // namespace
}  // namespace chela::chains
