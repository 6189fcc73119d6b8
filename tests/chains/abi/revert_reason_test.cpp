#include "chains/abi/revert_reason.hpp"

#include "chains/base/hex.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace chela::chains::abi {
namespace {

Bytes hex(const std::string& digits) {
    return *parse_hex("0x" + digits);
}

std::string word(std::uint64_t value) {
    return fmt::format("{:064x}", value);
}

Bytes error_of(const std::string& text) {
    Bytes data = hex("08c379a0" + word(32) + word(text.size()));
    data.insert(data.end(), text.begin(), text.end());
    while (data.size() % 32 != 4)
        data.push_back(0);
    return data;
}

Bytes panic_of(std::uint64_t code) {
    return hex("4e487b71" + word(code));
}

TEST(revert_reason, empty_data_has_no_reason) {
    EXPECT_EQ(revert_reason({}), "");
}

TEST(revert_reason, gives_the_string_of_an_error) {
    EXPECT_EQ(revert_reason(error_of("no money")), "no money");
    EXPECT_EQ(revert_reason(error_of("")), "");
    EXPECT_EQ(revert_reason(error_of("Größe")), "Größe");
}

TEST(revert_reason, cleans_and_cuts_what_a_contract_says) {
    EXPECT_EQ(revert_reason(error_of("a\x1b[2J\nb\u202e")), "a [2J b ");
    EXPECT_EQ(revert_reason(error_of("\xff")), "?");
    EXPECT_EQ(revert_reason(error_of(std::string(301, 'x'))), std::string(300, 'x') + "...");
}

TEST(revert_reason, an_error_that_lies_about_its_length_is_malformed) {
    const std::string text = "6e6f206d6f6e6579";
    for (const std::string& arguments :
         {std::string{}, word(32), word(32) + word(8), word(32) + word(9) + text,
          word(0) + word(8) + text, word(64) + word(8) + text,
          word(32) + std::string(64, 'f') + text, std::string(64, 'f') + word(8) + text,
          word(32) + "00"}) {
        EXPECT_EQ(revert_reason(hex("08c379a0" + arguments)), "malformed Error(string)")
            << arguments;
    }
}

TEST(revert_reason, names_every_panic) {
    EXPECT_EQ(revert_reason(panic_of(0x00)), "Panic(0x00): generic panic of the compiler");
    EXPECT_EQ(revert_reason(panic_of(0x01)), "Panic(0x01): assertion failed");
    EXPECT_EQ(revert_reason(panic_of(0x11)), "Panic(0x11): arithmetic overflow or underflow");
    EXPECT_EQ(revert_reason(panic_of(0x12)), "Panic(0x12): division or modulo by zero");
    EXPECT_EQ(revert_reason(panic_of(0x21)), "Panic(0x21): value is not of the enum");
    EXPECT_EQ(revert_reason(panic_of(0x22)), "Panic(0x22): storage byte array is wrongly encoded");
    EXPECT_EQ(revert_reason(panic_of(0x31)), "Panic(0x31): pop from an empty array");
    EXPECT_EQ(revert_reason(panic_of(0x32)), "Panic(0x32): array index out of bounds");
    EXPECT_EQ(revert_reason(panic_of(0x41)), "Panic(0x41): out of memory or array too large");
    EXPECT_EQ(revert_reason(panic_of(0x51)), "Panic(0x51): call of an uninitialized function");
    EXPECT_EQ(revert_reason(panic_of(0x99)), "Panic(0x99): unknown panic");
}

TEST(revert_reason, a_panic_of_another_length_or_a_huge_code_is_malformed) {
    EXPECT_EQ(revert_reason(hex("4e487b71")), "malformed Panic(uint256)");
    EXPECT_EQ(revert_reason(hex("4e487b71" + word(1) + "00")), "malformed Panic(uint256)");
    EXPECT_EQ(revert_reason(hex("4e487b71" + std::string(64, 'f'))), "malformed Panic(uint256)");
}

TEST(revert_reason, other_data_is_named_by_its_selector) {
    EXPECT_EQ(revert_reason(hex("deadbeef")), "custom error 0xdeadbeef");
    EXPECT_EQ(revert_reason(hex("deadbeef" + word(7))), "custom error 0xdeadbeef");
    EXPECT_EQ(revert_reason(hex("dead")), "revert data 0xdead");
}

TEST(revert_reason, hears_contracts_that_build_their_answer_by_hand) {
    const std::string text = "6e6f206d6f6e6579";
    for (const std::string& arguments :
         {word(32) + word(8) + text, word(64) + word(0) + word(8) + text,
          word(32) + word(8) + text + std::string(48, '0') + word(7)}) {
        EXPECT_EQ(revert_reason(hex("08c379a0" + arguments)), "no money") << arguments;
    }
}

TEST(revert_reason, names_known_custom_errors_with_their_arguments) {
    KnownErrors known;
    ASSERT_TRUE(known.add(*parse_signature("error Short(uint256 available, uint256)")).has_value());
    ASSERT_TRUE(known.add(*parse_signature("error Locked()")).has_value());
    const auto data =
        encode_call(*parse_signature("Short(uint256,uint256)"), {Value{U256{1}}, Value{U256{2}}});
    EXPECT_EQ(revert_reason(*data, known), "Short(available=1, 2)");
    EXPECT_EQ(revert_reason(*data), "custom error " + to_hex(BytesView{*data}.first(4)));
    EXPECT_EQ(revert_reason(*encode_call(*parse_signature("Locked()"), {}), known), "Locked()");
    EXPECT_EQ(revert_reason(BytesView{*data}.first(36), known), "malformed Short(uint256,uint256)");
    EXPECT_EQ(revert_reason(hex("deadbeef"), known), "custom error 0xdeadbeef");
}

TEST(known_errors, refuses_what_is_no_custom_error) {
    KnownErrors known;
    for (const char* const text :
         {"function f()", "event E()", "error Error(string)", "error Panic(uint256)"}) {
        EXPECT_EQ(known.add(*parse_signature(text)).error().code, ErrorCode::invalid_input) << text;
    }
    EXPECT_EQ(known.find(selector(*parse_signature("Error(string)"))), nullptr);
}

// Two functions that are known to have one selector, 0x42966c68.
TEST(known_errors, refuses_a_second_error_with_the_same_selector) {
    KnownErrors known;
    ASSERT_TRUE(known.add(*parse_signature("error burn(uint256)")).has_value());
    EXPECT_TRUE(known.add(*parse_signature("error burn(uint256 amount)")).has_value());
    EXPECT_EQ(
        known.add(*parse_signature("error collate_propagate_storage(bytes16)")).error().code,
        ErrorCode::conflict);
}

}  // namespace
}  // namespace chela::chains::abi
