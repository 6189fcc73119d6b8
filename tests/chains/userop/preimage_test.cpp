#include "chains/userop/preimage.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/crypto/keccak.hpp"

#include <gtest/gtest.h>

namespace chela::chains {
namespace {

constexpr ChainId kSepolia{11155111};
constexpr U256 kNonce{{3, 7, 0, 0}};
constexpr U256 kLargestHalf{{~0ULL, ~0ULL, 0, 0}};

Address repeated(std::uint8_t byte) {
    Address out;
    out.bytes.fill(byte);
    return out;
}

UserOperationV06 operation_v06() {
    return {
        .sender = repeated(0x11),
        .nonce = kNonce,
        .init_code = *parse_hex("0x2222222222222222222222222222222222222222c0ffee"),
        .call_data = *parse_hex("0xdeadbeef"),
        .call_gas_limit = U256{100000},
        .verification_gas_limit = U256{200000},
        .pre_verification_gas = U256{50000},
        .max_fee_per_gas = U256{30000000000},
        .max_priority_fee_per_gas = U256{1000000000},
        .paymaster_and_data = *parse_hex("0x3333333333333333333333333333333333333333beef")};
}

UserOperationV07 operation_v07() {
    return {
        .sender = repeated(0x11),
        .nonce = kNonce,
        .factory = UserOperationFactory{repeated(0x22), *parse_hex("0xc0ffee")},
        .call_data = *parse_hex("0xdeadbeef"),
        .call_gas_limit = U256{100000},
        .verification_gas_limit = U256{200000},
        .pre_verification_gas = U256{50000},
        .max_fee_per_gas = U256{30000000000},
        .max_priority_fee_per_gas = U256{1000000000},
        .paymaster =
            UserOperationPaymaster{repeated(0x33), U256{60000}, U256{70000}, *parse_hex("0xbeef")}};
}

UserOperationV07 bare() {
    UserOperationV07 out{};
    out.sender = repeated(0x11);
    return out;
}

UserOperationV07 largest() {
    UserOperationV07 out = operation_v07();
    out.call_gas_limit = kLargestHalf;
    out.verification_gas_limit = U256{1};
    out.max_fee_per_gas = kLargestHalf;
    out.max_priority_fee_per_gas = U256{2};
    out.pre_verification_gas = U256::max();
    return out;
}

std::string hash_of(const Result<Bytes>& preimage) {
    return preimage ? to_hex(keccak256(*preimage)) : preimage.error().detail;
}

// All hashes of this file: viem 2.x getUserOperationHash.
TEST(user_operation, hashes_for_entry_point_v06) {
    const auto preimage = preimage_bytes(operation_v06(), kEntryPointV06, kSepolia);
    EXPECT_EQ(preimage.size(), 96U);
    EXPECT_EQ(
        hash_of(preimage), "0x614a4b1d731e6bb698be2807bf536932389df116ad470c3b7d1e88a55bc26fa8");
    UserOperationV06 empty{};
    empty.sender = repeated(0x11);
    EXPECT_EQ(
        hash_of(preimage_bytes(empty, kEntryPointV06, ChainId{1})),
        "0x45701cfd21ab570f3f2647b8d9226eb0710ef1e9b72f9f49d35ac3f2a462ae8c");
}

TEST(user_operation, hashes_for_entry_point_v07) {
    EXPECT_EQ(
        hash_of(preimage_bytes(operation_v07(), kEntryPointV07, kSepolia)),
        "0x25c869d2648e50fe05a96d2213117e0708f839ce65f8ff16db44f0465e2f433b");
    EXPECT_EQ(
        hash_of(preimage_bytes(bare(), kEntryPointV07, ChainId{1})),
        "0xe4754b546d82dd06e644d8c31a176639acde817ba827d93c72ab5122282f9f08");
    EXPECT_EQ(
        hash_of(preimage_bytes(largest(), kEntryPointV07, kSepolia)),
        "0x6c6209450fea20e6a4b8a093de94c5dd7b7201fb48e6961532523760bd03703d");
}

TEST(user_operation, hashes_for_entry_point_v08) {
    const auto preimage =
        preimage_bytes(UserOperationV08{operation_v07(), {}}, kEntryPointV08, kSepolia);
    EXPECT_EQ(preimage->size(), 66U);
    EXPECT_EQ(
        hash_of(preimage), "0x5265ebe2591d3fab1b4bc23caece315d89d4e00ef5287aa6278554d1e36cd169");
    EXPECT_EQ(
        hash_of(preimage_bytes(UserOperationV08{bare(), {}}, kEntryPointV08, ChainId{1})),
        "0xb714b7c5d289515ed2d8a8ffd2ce8a6f8e569a45c947c112662451780ba3ccc8");
    EXPECT_EQ(
        hash_of(preimage_bytes(UserOperationV08{largest(), {}}, kEntryPointV08, kSepolia)),
        "0xa09a9f51e5830bc39234e5c45587d9327e8a32e5f33b0240f29ca4e3ddb239b1");
}

TEST(user_operation, the_delegate_stands_for_the_eip7702_marker) {
    UserOperationV08 operation{operation_v07(), repeated(0x44)};
    operation.parts.factory->address = kEip7702Marker;
    EXPECT_EQ(
        hash_of(preimage_bytes(operation, kEntryPointV08, kSepolia)),
        "0x1be7f1c387559421ef9c80246be0222dda33cfd2bafc6902b86bd41e2a8d700b");
    operation.parts.factory->data.clear();
    EXPECT_EQ(
        hash_of(preimage_bytes(operation, kEntryPointV08, kSepolia)),
        "0x8f351fac0cc5496073803420448158174c51d4416430927e996d4d0e1d6d0a61");
}

TEST(user_operation, refuses_the_marker_without_a_delegate_and_a_delegate_without_the_marker) {
    UserOperationV08 operation{operation_v07(), repeated(0x44)};
    EXPECT_EQ(
        preimage_bytes(operation, kEntryPointV08, kSepolia).error().reason,
        "E_USER_OPERATION_DELEGATE");
    operation.parts.factory.reset();
    EXPECT_EQ(
        preimage_bytes(operation, kEntryPointV08, kSepolia).error().reason,
        "E_USER_OPERATION_DELEGATE");
    operation.parts.factory = UserOperationFactory{kEip7702Marker, {}};
    operation.eip7702_delegate.reset();
    EXPECT_EQ(
        preimage_bytes(operation, kEntryPointV08, kSepolia).error().reason,
        "E_USER_OPERATION_DELEGATE");
}

TEST(user_operation, refuses_numbers_over_128_bits_where_they_are_packed) {
    const U256 over{{0, 0, 1, 0}};
    for (const auto member :
         {&UserOperationV07::call_gas_limit, &UserOperationV07::verification_gas_limit,
          &UserOperationV07::max_fee_per_gas, &UserOperationV07::max_priority_fee_per_gas}) {
        auto operation = operation_v07();
        operation.*member = over;
        const auto refused = preimage_bytes(operation, kEntryPointV07, kSepolia);
        EXPECT_EQ(refused.error().code, ErrorCode::out_of_range);
        EXPECT_EQ(refused.error().reason, "E_USER_OPERATION_RANGE");
        EXPECT_FALSE(preimage_bytes(UserOperationV08{operation, {}}, kEntryPointV08, kSepolia));
    }
    for (const auto member :
         {&UserOperationPaymaster::verification_gas_limit,
          &UserOperationPaymaster::post_op_gas_limit}) {
        auto operation = operation_v07();
        (*operation.paymaster).*member = over;
        EXPECT_FALSE(preimage_bytes(operation, kEntryPointV07, kSepolia));
    }
}

TEST(user_operation, the_variant_gives_the_bytes_of_its_version) {
    EXPECT_EQ(
        preimage_bytes(UserOperation{operation_v06(), kEntryPointV06, kSepolia}).value(),
        preimage_bytes(operation_v06(), kEntryPointV06, kSepolia));
    EXPECT_EQ(
        preimage_bytes(UserOperation{operation_v07(), kEntryPointV07, kSepolia}).value(),
        preimage_bytes(operation_v07(), kEntryPointV07, kSepolia).value());
    const UserOperationV08 v08{operation_v07(), {}};
    EXPECT_EQ(
        preimage_bytes(UserOperation{v08, kEntryPointV08, kSepolia}).value(),
        preimage_bytes(v08, kEntryPointV08, kSepolia).value());
}

TEST(user_operation, knows_the_entry_points) {
    EXPECT_EQ(to_checksum(kEntryPointV06), "0x5FF137D4b0FDCD49DcA30c7CF57E578a026d2789");
    EXPECT_EQ(to_checksum(kEntryPointV07), "0x0000000071727De22E5E9d8BAf0edAc6f37da032");
    EXPECT_EQ(to_checksum(kEntryPointV08), "0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108");
}

}  // namespace
}  // namespace chela::chains
