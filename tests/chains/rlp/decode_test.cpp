#include "chains/rlp/decode.hpp"

#include "chains/base/hex.hpp"
#include "chains/rlp/encode.hpp"
#include "tests/chains/vectors.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains::rlp {
namespace {

Bytes bytes(const std::string& hex) {
    return parse_hex(hex).value();
}

Json to_json(const Item& item) {
    if (item.kind == Item::Kind::string) return to_hex(item.payload);
    Json out = Json::array();
    for (const Item& each : item.items)
        out.push_back(to_json(each));
    return out;
}

Bytes nested(std::size_t depth) {
    Bytes out{0x01};
    for (std::size_t i = 0; i < depth; ++i)
        out = Encoder{}.raw(out).as_list();
    return out;
}

template <class T>
void expect_refused(const Result<T>& result) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::invalid_input);
    EXPECT_NE(result.error().detail.find("at byte "), std::string::npos);
}

TEST(rlp_decode, reads_the_vectors) {
    for (const Json& each : test::load_cases("rlp/cast.json")) {
        const Bytes encoded = bytes(each.at("encoded").get<std::string>());
        const auto item = decode(encoded);
        ASSERT_TRUE(item) << each;
        EXPECT_EQ(to_json(*item), each.at("item"));
    }
}

TEST(rlp_decode, refuses_every_encoding_that_is_not_canonical) {
    for (const Json& each : test::load_cases("rlp/invalid.json")) {
        SCOPED_TRACE(each.at("why").get<std::string>());
        expect_refused(decode(bytes(each.at("encoded").get<std::string>())));
    }
}

TEST(rlp_decode, refuses_every_truncation_and_every_extension) {
    for (const Json& each : test::load_cases("rlp/cast.json")) {
        Bytes encoded = bytes(each.at("encoded").get<std::string>());
        for (std::size_t size = 0; size < encoded.size(); ++size) {
            expect_refused(decode(BytesView{encoded}.first(size)));
        }
        encoded.push_back(0x00);
        expect_refused(decode(encoded));
    }
}

TEST(rlp_decode, gives_each_item_its_offset_and_views_into_the_input) {
    const Bytes encoded = bytes("0xc883636174c2017f80");
    const auto item = decode(encoded);
    ASSERT_TRUE(item);
    ASSERT_EQ(item->items.size(), 3U);
    EXPECT_EQ(item->offset, 0U);
    EXPECT_EQ(item->items[0].offset, 1U);
    EXPECT_EQ(item->items[1].offset, 5U);
    EXPECT_EQ(item->items[1].items.at(1).offset, 7U);
    EXPECT_EQ(item->items[2].offset, 8U);
    EXPECT_EQ(item->items[0].payload.data(), encoded.data() + 2);
    EXPECT_TRUE(item->items[2].payload.empty());
}

TEST(rlp_decode, names_the_byte_of_the_problem) {
    EXPECT_NE(decode(bytes("0xc3018101")).error().detail.find("at byte 2:"), std::string::npos);
    EXPECT_NE(decode(bytes("0xc000")).error().detail.find("at byte 1:"), std::string::npos);
}

TEST(rlp_decode, refuses_the_first_list_over_the_depth_limit) {
    EXPECT_TRUE(decode(nested(8)));
    expect_refused(decode(nested(9)));
    EXPECT_TRUE(decode(nested(2), {.max_depth = 2}));
    expect_refused(decode(nested(3), {.max_depth = 2}));
    EXPECT_TRUE(decode(Bytes{0x01}, {.max_depth = 0}));
    expect_refused(decode(Bytes{0xc0}, {.max_depth = 0}));
    expect_refused(decode(nested(2000)));
}

TEST(rlp_decode, refuses_the_first_byte_over_the_size_limit) {
    const Bytes three = bytes("0xc3010203");
    EXPECT_TRUE(decode(three, {.max_bytes = 4}));
    expect_refused(decode(three, {.max_bytes = 3}));
    EXPECT_TRUE(decode(Encoder{}.string(Bytes((1U << 20U) - 4, 0x61)).items()));
    expect_refused(decode(Encoder{}.string(Bytes((1U << 20U) - 3, 0x61)).items()));
}

TEST(rlp_decode, counts_positions_from_the_start_of_the_input) {
    const Bytes typed = bytes("0x02c3010203");
    const auto item = decode(typed, {}, 1);
    ASSERT_TRUE(item);
    EXPECT_EQ(item->offset, 1U);
    EXPECT_EQ(item->items.at(2).offset, 4U);
    EXPECT_NE(
        decode(bytes("0x02c3018101"), {}, 1).error().detail.find("at byte 3:"), std::string::npos);
    EXPECT_TRUE(decode(bytes("0x02c3010203"), {.max_bytes = 4}, 1));
    expect_refused(decode(typed, {.max_bytes = 3}, 1));
    expect_refused(decode(typed, {}, 6));
    expect_refused(decode(typed, {}, 7));
}

TEST(rlp_decode, names_the_byte_where_a_limit_is_passed) {
    const auto position = [](const Result<Item>& result, const char* text) {
        return result.error().detail.find(text) != std::string::npos;
    };
    EXPECT_TRUE(position(decode(nested(3), {.max_depth = 2}), "at byte 2: deeper than 2 lists"));
    EXPECT_TRUE(
        position(decode(bytes("0xc3010203"), {.max_items = 3}), "at byte 3: more than 3 items"));
    EXPECT_TRUE(
        position(decode(bytes("0xc3010203"), {.max_bytes = 3}), "at byte 0: longer than 3 bytes"));
}

TEST(rlp_decode, takes_a_list_far_longer_than_a_transaction) {
    Encoder many;
    for (int i = 0; i < 4000; ++i)
        many.integer(std::uint64_t{1});
    const Bytes encoded = many.as_list();
    const auto item = decode(encoded);
    ASSERT_TRUE(item);
    EXPECT_EQ(item->items.size(), 4000U);
    EXPECT_EQ(item->items.back().payload[0], 1);
}

TEST(rlp_decode, refuses_the_first_item_over_the_limit) {
    const Bytes three = bytes("0xc3010203");
    EXPECT_TRUE(decode(three, {.max_items = 4}));
    expect_refused(decode(three, {.max_items = 3}));
    Encoder many;
    for (int i = 0; i < 4096; ++i)
        many.integer(std::uint64_t{1});
    expect_refused(decode(many.as_list()));
}

TEST(rlp_integer, round_trips_through_the_encoder) {
    for (const U256& value :
         {U256{}, U256{1}, U256{127}, U256{128}, U256{~0ULL}, U256{{0, 1, 0, 0}}, U256::max()}) {
        const Bytes encoded = Encoder{}.integer(value).items();
        const auto item = decode(encoded);
        ASSERT_TRUE(item);
        EXPECT_EQ(to_u256(*item).value(), value);
        EXPECT_EQ(to_uint64(*item).has_value(), value.to_uint64().has_value());
    }
}

TEST(rlp_integer, refuses_lists_leading_zeros_and_too_many_bytes) {
    const auto read = [](const Bytes& encoded) {
        const auto item = decode(encoded);
        EXPECT_TRUE(item);
        return to_u256(*item);
    };
    EXPECT_NE(
        to_u256(decode(bytes("0xc20102")).value()).error().detail.find("at byte 0:"),
        std::string::npos);
    expect_refused(read(bytes("0xc0")));
    expect_refused(read(bytes("0xc101")));
    expect_refused(read(bytes("0x00")));
    expect_refused(read(bytes("0x820001")));
    expect_refused(read(Encoder{}.string(Bytes(33, 0x01)).items()));
    EXPECT_TRUE(read(Encoder{}.string(Bytes(32, 0x01)).items()));
}

TEST(rlp_integer, refuses_nine_bytes_where_eight_are_asked_for) {
    const Bytes nine = bytes("0x89010000000000000000");
    const Bytes eight = bytes("0x88ffffffffffffffff");
    expect_refused(to_uint64(decode(nine).value()));
    EXPECT_EQ(to_uint64(decode(eight).value()).value(), ~0ULL);
    const Bytes list{0xc0};
    expect_refused(to_uint64(decode(list).value()));
}

}  // namespace
}  // namespace chela::chains::rlp
