#include "chains/abi/position.hpp"

#include "chains/abi/encode.hpp"
#include "chains/abi/signature.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace chela::chains::abi {
namespace {

using Kind = Type::Kind;
using Path = std::vector<std::size_t>;
using Random = std::mt19937_64;

std::size_t below(Random& random, std::size_t bound) {
    return static_cast<std::size_t>(random() % bound);
}

std::string random_type(Random& random, unsigned depth) {
    static const std::vector<std::string> kNames{"uint256", "int64", "address", "bool",
                                                 "bytes7",  "bytes", "string"};
    const auto choice = depth == 0 ? below(random, 7) : below(random, 11);
    if (choice < 7) return kNames[choice];
    if (choice == 7) return random_type(random, depth - 1) + "[]";
    if (choice == 8) return random_type(random, depth - 1) + "[2]";
    std::string out = "(" + random_type(random, depth - 1);
    for (auto more = below(random, 3); more > 0; --more)
        out += "," + random_type(random, depth - 1);
    return out + ")";
}

Bytes random_bytes(Random& random, std::size_t size) {
    Bytes out(size);
    std::ranges::generate(out, [&] { return static_cast<std::uint8_t>(random()); });
    return out;
}

Value random_value(Random& random, const Type& type) {
    switch (type.kind()) {
        case Kind::unsigned_integer:
            return {*U256::from_big_endian(random_bytes(random, 32))};
        case Kind::signed_integer:
            return {I256::from_word(U256{random() >> 1U})};
        case Kind::address: {
            Address out;
            std::ranges::copy(random_bytes(random, 20), out.bytes.begin());
            return {out};
        }
        case Kind::boolean:
            return {random() % 2 == 0};
        case Kind::fixed_bytes:
            return {random_bytes(random, type.size())};
        case Kind::bytes:
            return {random_bytes(random, below(random, 70))};
        case Kind::string:
            return {std::string(below(random, 70), 'a')};
        case Kind::fixed_array:
        case Kind::dynamic_array:
        case Kind::tuple:
            break;
    }
    Value::List out;
    if (type.kind() == Kind::tuple) {
        for (const auto& member : type.inner())
            out.push_back(random_value(random, member));
        return {out};
    }
    const auto size = type.kind() == Kind::fixed_array ? type.size() : below(random, 4);
    for (std::size_t i = 0; i < size; ++i)
        out.push_back(random_value(random, type.inner().front()));
    return {out};
}

/// The bytes that must stand at the position of an elementary value.
Bytes payload_of(const Type& type, const Value& value) {
    if (const auto* bytes = std::get_if<Bytes>(&value.data); bytes && type.kind() == Kind::bytes) {
        return *bytes;
    }
    if (const auto* text = std::get_if<std::string>(&value.data)) {
        return {text->begin(), text->end()};
    }
    const auto word = encode_word(type, value);
    return {word.begin(), word.end()};
}

struct Case {
    std::vector<Type> types;
    Value::List values;
    Bytes encoded;
    std::size_t checked = 0;

    void check(const Type& type, const Value& value, const Path& path) {
        const auto* list = std::get_if<Value::List>(&value.data);
        if (list == nullptr) {
            const auto payload = payload_of(type, value);
            const auto at = position(types, values, path);
            ASSERT_LE(at + payload.size(), encoded.size());
            EXPECT_TRUE(std::equal(
                payload.begin(), payload.end(), encoded.begin() + static_cast<std::ptrdiff_t>(at)))
                << to_string(type) << " at " << at;
            ++checked;
            return;
        }
        for (std::size_t i = 0; i < list->size(); ++i) {
            auto inner = path;
            inner.push_back(i);
            check(
                type.kind() == Kind::tuple ? type.inner()[i] : type.inner().front(), (*list)[i],
                inner);
        }
    }
};

TEST(abi_position, is_where_encode_writes_the_value) {
    Random random{20260921};
    std::size_t checked = 0;
    for (int round = 0; round < 2000; ++round) {
        Case one;
        for (auto count = 1 + below(random, 4); count > 0; --count)
            one.types.push_back(parse_type(random_type(random, 3)).value());
        for (const auto& type : one.types)
            one.values.push_back(random_value(random, type));
        one.encoded = encode(one.types, one.values).value();
        for (std::size_t i = 0; i < one.types.size(); ++i)
            one.check(one.types[i], one.values[i], {i});
        checked += one.checked;
    }
    EXPECT_GT(checked, 5'000U);
}

TEST(abi_position, of_a_call_in_a_list_of_calls) {
    const std::vector<Type> types{
        parse_type("bool").value(), parse_type("(address,bytes)[]").value()};
    const Value call{Value::List{{Address{}}, {Bytes{1, 2, 3}}}};
    const Value::List values{{true}, {Value::List{call, call}}};
    // bool, offset, count, two offsets; a call takes address, offset, length and one word
    EXPECT_EQ(position(types, values, Path{0}), 0U);
    EXPECT_EQ(position(types, values, Path{1}), 96U);
    EXPECT_EQ(position(types, values, Path{1, 0, 0}), 160U);
    EXPECT_EQ(position(types, values, Path{1, 0, 1}), 160U + 96U);
    EXPECT_EQ(position(types, values, Path{1, 1, 1}), 160U + 128U + 96U);
}

TEST(abi_position, aborts_outside_the_values) {
    const std::vector<Type> types{parse_type("uint8[]").value()};
    const Value::List values{{Value::List{}}};
    EXPECT_DEATH(static_cast<void>(position(types, values, Path{})), "without a path");
    EXPECT_DEATH(static_cast<void>(position(types, values, Path{1})), "leaves the values");
    EXPECT_DEATH(static_cast<void>(position(types, values, Path{0, 0})), "leaves the values");
}

}  // namespace
}  // namespace chela::chains::abi
