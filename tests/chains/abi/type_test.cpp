#include "chains/abi/type.hpp"

#include <string>

#include <gtest/gtest.h>

namespace chela::chains::abi {
namespace {

TEST(abi_type, canonical_text_survives) {
    for (const std::string text :
         {"uint8", "uint256", "int8", "int256", "address", "bool", "bytes1", "bytes32", "bytes",
          "string", "uint8[]", "uint8[3][]", "uint8[][3]", "(address,uint256)[3][]",
          "((bytes,bool),string[2])", "(uint8)"}) {
        const auto type = parse_type(text);
        ASSERT_TRUE(type.has_value()) << text;
        EXPECT_EQ(to_string(*type), text);
    }
}

TEST(abi_type, integers_without_a_size_have_256_bits) {
    EXPECT_EQ(to_string(*parse_type("uint")), "uint256");
    EXPECT_EQ(to_string(*parse_type("(int,uint[2])")), "(int256,uint256[2])");
}

TEST(abi_type, knows_its_shape) {
    const auto grid = parse_type("(address,uint256)[3][]").value();
    EXPECT_EQ(grid.kind(), Type::Kind::dynamic_array);
    EXPECT_TRUE(grid.is_dynamic());
    EXPECT_EQ(grid.head_bytes(), 32U);
    const Type& three = grid.inner().front();
    EXPECT_EQ(three.size(), 3U);
    EXPECT_FALSE(three.is_dynamic());
    EXPECT_EQ(three.head_bytes(), 192U);
    EXPECT_TRUE(parse_type("string[2]")->is_dynamic());
    EXPECT_EQ(parse_type("string[2]")->head_bytes(), 32U);
    EXPECT_TRUE(parse_type("(bool,bytes)")->is_dynamic());
}

TEST(abi_type, refuses_other_texts) {
    for (const char* const text :
         {"",
          " ",
          "uint7",
          "uint0",
          "uint264",
          "uint08",
          "uint-8",
          "int 8",
          "bytes0",
          "bytes33",
          "bytes01",
          "byte",
          "Address",
          "address ",
          " address",
          "()",
          "(uint8",
          "uint8)",
          "(uint8,)",
          "(,uint8)",
          "(uint8 a)",
          "(uint8, bool)",
          "tuple(uint8)",
          "uint8[0]",
          "uint8[01]",
          "uint8[",
          "uint8]",
          "uint8[]]",
          "uint8[a]",
          "uint8[1",
          "uint8x",
          "uint8[99999999999999999999]",
          "mapping(address=>bool)",
          "()[]"}) {
        const auto type = parse_type(text);
        ASSERT_FALSE(type.has_value()) << text;
        EXPECT_EQ(type.error().code, ErrorCode::invalid_input) << text;
        EXPECT_EQ(type.error().reason, "E_ABI_TYPE") << text;
    }
    for (const char* const text : {"function", "fixed", "ufixed", "fixed128x18", "ufixed8x1[]"}) {
        EXPECT_EQ(parse_type(text).error().code, ErrorCode::unsupported) << text;
    }
}

TEST(abi_type, refuses_what_is_over_a_limit) {
    std::string deep = "uint8";
    for (std::size_t i = 0; i < kMaxTypeDepth; ++i)
        deep += "[]";
    EXPECT_TRUE(parse_type(deep).has_value());
    const std::string tuples(kMaxTypeDepth + 1, '(');
    for (const std::string& text :
         {deep + "[]", tuples + "uint8" + std::string(kMaxTypeDepth + 1, ')'),
          std::string(5000, '('), std::string{"uint8[32769]"}, std::string{"uint8[256][256]"},
          std::string{"uint8[4294967295][4294967295]"}, "uint8" + std::string(kMaxTypeText, ' '),
          std::string{"(uint8[32768],uint8)"}}) {
        EXPECT_EQ(parse_type(text).error().code, ErrorCode::too_large) << text.substr(0, 40);
        EXPECT_EQ(parse_type(text).error().reason, "E_ABI_LIMIT");
    }
    EXPECT_TRUE(parse_type("uint8[32768]").has_value());
}

}  // namespace
}  // namespace chela::chains::abi
