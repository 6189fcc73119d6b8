#include "chains/rlp/encode.hpp"

#include "chains/base/hex.hpp"
#include "tests/chains/vectors.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains::rlp {
namespace {

Bytes encode(const Json& item) {
    Encoder encoder;
    if (item.is_string()) return encoder.string(parse_hex(item.get<std::string>()).value()).items();
    for (const Json& each : item)
        encoder.raw(encode(each));
    return encoder.as_list();
}

std::string integer(const U256& value) {
    return to_hex(Encoder{}.integer(value).items());
}

TEST(rlp_encode, matches_the_vectors) {
    for (const Json& each : test::load_cases("rlp/cast.json")) {
        EXPECT_EQ(to_hex(encode(each.at("item"))), each.at("encoded").get<std::string>());
    }
}

TEST(rlp_encode, writes_integers_without_leading_zeros) {
    EXPECT_EQ(integer(U256{}), "0x80");
    EXPECT_EQ(integer(U256{1}), "0x01");
    EXPECT_EQ(integer(U256{127}), "0x7f");
    EXPECT_EQ(integer(U256{128}), "0x8180");
    EXPECT_EQ(integer(U256{255}), "0x81ff");
    EXPECT_EQ(integer(U256{256}), "0x820100");
    EXPECT_EQ(integer(U256{~0ULL}), "0x88ffffffffffffffff");
    EXPECT_EQ(integer(U256{{0, 1, 0, 0}}), "0x89010000000000000000");
    EXPECT_EQ(integer(U256::max()), "0xa0" + std::string(64, 'f'));
}

TEST(rlp_encode, writes_a_64_bit_integer_as_the_256_bit_one) {
    for (const std::uint64_t value : {0ULL, 1ULL, 127ULL, 128ULL, 65536ULL, ~0ULL}) {
        EXPECT_EQ(Encoder{}.integer(value).items(), Encoder{}.integer(U256{value}).items());
    }
}

TEST(rlp_encode, the_empty_list_is_c0) {
    EXPECT_EQ(Encoder{}.as_list(), Bytes{0xc0});
    EXPECT_TRUE(Encoder{}.items().empty());
}

TEST(rlp_encode, nests_lists_and_puts_a_prefix_before_the_outer_one) {
    const auto inner = [](std::size_t size) { return Encoder{}.string(Bytes(size, 0x61)); };
    EXPECT_EQ(to_hex(Encoder{}.list(Encoder{}).list(inner(1)).items()), "0xc0c161");
    EXPECT_EQ(Encoder{}.list(inner(200)).items(), inner(200).as_list());
    EXPECT_EQ(to_hex(inner(1).as_list(Bytes{0x02})), "0x02c161");
    EXPECT_EQ(to_hex(Encoder{16}.as_list(Bytes{0x01, 0x02})), "0x0102c0");
}

TEST(rlp_encode, switches_to_the_long_form_at_56_bytes) {
    EXPECT_EQ(Encoder{}.string(Bytes(55, 0x61)).items()[0], 0xb7);
    EXPECT_EQ(Encoder{}.string(Bytes(56, 0x61)).items()[0], 0xb8);
    EXPECT_EQ(Encoder{}.string(Bytes(54, 0x61)).as_list()[0], 0xf7);
    EXPECT_EQ(Encoder{}.string(Bytes(55, 0x61)).as_list()[0], 0xf8);
    const Bytes long_string = Encoder{}.string(Bytes(65536, 0x61)).items();
    EXPECT_EQ(to_hex(BytesView{long_string}.first(4)), "0xba010000");
    EXPECT_EQ(long_string.size(), 65540U);
}

}  // namespace
}  // namespace chela::chains::rlp
