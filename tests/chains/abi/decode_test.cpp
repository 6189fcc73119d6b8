#include "chains/abi/decode.hpp"

#include "chains/base/hex.hpp"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace chela::chains::abi {
namespace {

std::string word(std::uint64_t value) {
    return fmt::format("{:064x}", value);
}
const std::string kOnes(64, 'f');

std::vector<Type> types_from(std::initializer_list<const char*> texts) {
    std::vector<Type> out;
    for (const char* const text : texts)
        out.push_back(parse_type(text).value());
    return out;
}

void expect_refused(
    std::initializer_list<const char*> types,
    const std::string& digits,
    const std::string& reason) {
    const auto decoded = decode(types_from(types), *parse_hex("0x" + digits));
    ASSERT_FALSE(decoded.has_value()) << digits;
    EXPECT_EQ(decoded.error().reason, reason) << decoded.error().detail;
    EXPECT_TRUE(decoded.error().detail.starts_with("ABI at byte ")) << decoded.error().detail;
}

TEST(abi_decode, refuses_dirty_words) {
    for (const auto& [type, digits] :
         {std::pair<const char*, std::string>{"uint8", word(256)},
          {"uint248", kOnes},
          {"int8", word(128)},
          {"int8", word(255)},
          {"bool", word(2)},
          {"bool", kOnes},
          {"address", "01" + std::string(62, '0')},
          {"address", std::string(23, '0') + "1" + std::string(40, '0')},
          {"bytes4", std::string(8, '0') + "01" + std::string(54, '0')},
          {"bytes31", kOnes}}) {
        expect_refused({type}, digits, "E_ABI_NOT_CANONICAL");
    }
}

TEST(abi_decode, refuses_data_that_is_cut_off) {
    expect_refused({"uint8"}, "", "E_ABI_TRUNCATED");
    expect_refused({"uint8"}, word(1).substr(2), "E_ABI_TRUNCATED");
    expect_refused({"uint8", "bool"}, word(1), "E_ABI_TRUNCATED");
    expect_refused({"uint8[3]"}, word(1) + word(2), "E_ABI_TRUNCATED");
    expect_refused({"bytes"}, word(32), "E_ABI_TRUNCATED");
    expect_refused({"bytes"}, word(64), "E_ABI_TRUNCATED");
    expect_refused({"bytes"}, kOnes + word(0), "E_ABI_TRUNCATED");
    expect_refused({"bytes"}, word(UINT64_MAX) + word(0), "E_ABI_TRUNCATED");
    expect_refused({"bytes"}, word(32) + word(1), "E_ABI_TRUNCATED");
    expect_refused({"bytes"}, word(32) + kOnes, "E_ABI_TRUNCATED");
    expect_refused({"bytes"}, word(32) + word(UINT64_MAX), "E_ABI_TRUNCATED");
    expect_refused({"uint8[]"}, word(32) + word(2) + word(1), "E_ABI_TRUNCATED");
    expect_refused({"uint8[]"}, word(32) + word(UINT64_MAX / 32 + 1), "E_ABI_TRUNCATED");
    expect_refused({"string[]"}, word(32) + word(1) + word(32), "E_ABI_TRUNCATED");
}

TEST(abi_decode, refuses_other_layouts_of_the_same_values) {
    const std::string a = "61" + std::string(62, '0');
    expect_refused({"uint8"}, word(1) + "00", "E_ABI_NOT_CANONICAL");
    expect_refused({"uint8"}, word(1) + word(0), "E_ABI_NOT_CANONICAL");
    expect_refused({}, "00", "E_ABI_NOT_CANONICAL");
    expect_refused({"bytes"}, word(64) + word(0) + word(1) + a, "E_ABI_NOT_CANONICAL");
    expect_refused({"bytes"}, word(0), "E_ABI_NOT_CANONICAL");
    expect_refused({"bytes"}, word(31) + word(1) + a, "E_ABI_NOT_CANONICAL");
    expect_refused({"bytes"}, word(32) + word(1) + "61", "E_ABI_NOT_CANONICAL");
    expect_refused({"bytes"}, word(32) + word(1) + a.substr(0, 62) + "01", "E_ABI_NOT_CANONICAL");
    expect_refused({"bytes"}, word(32) + word(0) + word(0), "E_ABI_NOT_CANONICAL");
    // Tails in another order, and two values that share one tail.
    expect_refused(
        {"bytes", "bytes"}, word(128) + word(64) + word(1) + a + word(1) + a,
        "E_ABI_NOT_CANONICAL");
    expect_refused({"bytes", "bytes"}, word(64) + word(64) + word(1) + a, "E_ABI_NOT_CANONICAL");
    expect_refused(
        {"bytes", "bytes"}, word(64) + word(64) + word(0) + word(0), "E_ABI_NOT_CANONICAL");
}

TEST(abi_decode, offsets_that_share_their_target_do_not_multiply_work) {
    // 1,000 offsets to one array of 1,000 numbers: a million values out of 64 KiB.
    std::string digits = word(32) + word(1000);
    for (int i = 0; i < 1000; ++i)
        digits += word(32 * 1000);
    digits += word(1000);
    for (int i = 0; i < 1000; ++i)
        digits += word(7);
    expect_refused({"uint256[][]"}, digits, "E_ABI_NOT_CANONICAL");
    // Each level points back at itself.
    expect_refused({"uint8[][][][][][]"}, word(32) + word(1) + word(0), "E_ABI_NOT_CANONICAL");
}

TEST(abi_decode, refuses_text_that_is_not_utf8) {
    expect_refused({"string"}, word(32) + word(1) + "ff" + std::string(62, '0'), "E_ABI_UTF8");
}

TEST(abi_decode, refuses_data_over_the_limit) {
    const auto decoded = decode(types_from({"bytes"}), Bytes(kMaxEncodedBytes + 1));
    EXPECT_EQ(decoded.error().code, ErrorCode::too_large);
    EXPECT_EQ(decoded.error().reason, "E_ABI_LIMIT");
}

TEST(abi_decode, reads_more_for_display) {
    const std::string a = "61" + std::string(62, '0');
    for (const std::string& digits :
         {word(32) + word(1) + a, word(32) + word(1) + "61", word(64) + word(9) + word(1) + a,
          word(32) + word(1) + a + "00ff"}) {
        const auto decoded = decode_for_display(types_from({"string"}), *parse_hex("0x" + digits));
        ASSERT_TRUE(decoded.has_value()) << digits;
        EXPECT_EQ(std::get<std::string>(decoded->front().data), "a");
    }
    EXPECT_FALSE(decode_for_display(types_from({"bool"}), *parse_hex("0x" + word(2))).has_value());
    EXPECT_FALSE(
        decode_for_display(types_from({"string"}), *parse_hex("0x" + word(32))).has_value());
}

TEST(abi_value, is_shown_to_a_person) {
    EXPECT_EQ(to_text({U256{7}}), "7");
    EXPECT_EQ(to_text({I256::from_word(U256::max())}), "-1");
    EXPECT_EQ(to_text({Address{}}), "0x0000000000000000000000000000000000000000");
    EXPECT_EQ(to_text({false}), "false");
    EXPECT_EQ(to_text({Bytes{1, 2}}), "0x0102");
    EXPECT_EQ(to_text({Bytes(65)}), "0x" + std::string(128, '0') + "...");
    EXPECT_EQ(to_text({std::string{"a\nb"}}), "\"a b\"");
    EXPECT_EQ(to_text({Value::List{{true}, {Value::List{}}}}), "(true, ())");
    EXPECT_TRUE(to_text({Value::List(17, Value{true})}).ends_with("true, ...)"));
}

}  // namespace
}  // namespace chela::chains::abi
