#include "tests/chains/vectors.hpp"

#include "chains/abi/decode.hpp"
#include "chains/abi/encode.hpp"
#include "chains/abi/signature.hpp"
#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "tests/chains/vector_fields.hpp"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains::abi {
namespace {

using test::vector::take;
using test::vector::text;

std::vector<Type> types_in(const Json& from) {
    std::vector<Type> out;
    for (const Json& each : from.at("types"))
        out.push_back(take(parse_type(each.get<std::string>())));
    return out;
}

// The JSON form of the files: integers are decimal text, bytes and addresses hex.
Value value_from(const Type& type, const Json& from) {
    switch (type.kind()) {
        case Type::Kind::unsigned_integer:
            return {take(parse_decimal(from.get<std::string>()))};
        case Type::Kind::signed_integer:
            return {take(parse_signed_decimal(from.get<std::string>()))};
        case Type::Kind::address:
            return {take(parse_address(from.get<std::string>()))};
        case Type::Kind::boolean:
            return {from.get<bool>()};
        case Type::Kind::fixed_bytes:
        case Type::Kind::bytes:
            return {take(parse_hex(from.get<std::string>()))};
        case Type::Kind::string:
            return {from.get<std::string>()};
        case Type::Kind::fixed_array:
        case Type::Kind::dynamic_array:
        case Type::Kind::tuple:
            break;
    }
    Value::List list;
    for (std::size_t i = 0; i < from.size(); ++i) {
        const bool is_tuple = type.kind() == Type::Kind::tuple;
        list.push_back(value_from(type.inner().at(is_tuple ? i : 0), from.at(i)));
    }
    return {std::move(list)};
}

std::vector<Value> values_in(const Json& from, const std::vector<Type>& types) {
    std::vector<Value> out;
    for (std::size_t i = 0; i < types.size(); ++i)
        out.push_back(value_from(types[i], from.at("values").at(i)));
    return out;
}

TEST(abi_vectors, encode_to_the_bytes_of_others) {
    const Json cases = test::load_lines("abi/encodings.jsonl");
    EXPECT_GE(cases.size(), 300U);
    for (const Json& each : cases) {
        const auto types = types_in(each);
        const auto encoded = encode(types, values_in(each, types));
        ASSERT_TRUE(encoded) << text(each, "name") << ": " << encoded.error().detail;
        EXPECT_EQ(to_hex(*encoded), text(each, "encoded")) << text(each, "name");
    }
}

TEST(abi_vectors, decode_to_the_values_of_others) {
    for (const Json& each : test::load_lines("abi/encodings.jsonl")) {
        const auto types = types_in(each);
        const auto decoded = decode(types, take(parse_hex(text(each, "encoded"))));
        ASSERT_TRUE(decoded) << text(each, "name") << ": " << decoded.error().detail;
        EXPECT_EQ(*decoded, values_in(each, types)) << text(each, "name");
    }
}

TEST(abi_vectors, are_refused_when_cut_or_extended) {
    for (const Json& each : test::load_lines("abi/encodings.jsonl")) {
        const auto types = types_in(each);
        Bytes encoded = take(parse_hex(text(each, "encoded")));
        if (!encoded.empty()) {
            EXPECT_FALSE(decode(types, BytesView{encoded}.first(encoded.size() - 1)))
                << text(each, "name");
        }
        encoded.push_back(0);
        EXPECT_FALSE(decode(types, encoded)) << text(each, "name");
    }
}

TEST(abi_vectors, types_print_as_they_are_written) {
    for (const Json& each : test::load_lines("abi/encodings.jsonl")) {
        const auto types = types_in(each);
        for (std::size_t i = 0; i < types.size(); ++i)
            EXPECT_EQ(to_string(types[i]), each.at("types").at(i).get<std::string>());
    }
}

void expect_names(const Signature& signature, const Json& each) {
    EXPECT_EQ(canonical_text(signature), text(each, "canonical")) << text(each, "name");
    if (text(each, "kind") == "event") {
        EXPECT_EQ(to_hex(topic(signature)), text(each, "topic")) << text(each, "name");
    } else {
        EXPECT_EQ(to_hex(selector(signature)), text(each, "selector")) << text(each, "name");
    }
}

TEST(abi_signature_vectors, have_the_selectors_and_topics_of_others) {
    const std::map<std::string, Signature::Kind> kinds{
        {"function", Signature::Kind::function},
        {"event", Signature::Kind::event},
        {"error", Signature::Kind::error}};
    for (const Json& each : test::load_lines("abi/signatures.jsonl")) {
        const auto human = parse_signature(text(each, "human"));
        ASSERT_TRUE(human) << text(each, "human") << ": " << human.error().detail;
        EXPECT_EQ(human->kind, kinds.at(text(each, "kind"))) << text(each, "name");
        expect_names(*human, each);

        const auto bare = parse_signature(text(each, "canonical"), kinds.at(text(each, "kind")));
        ASSERT_TRUE(bare) << text(each, "canonical") << ": " << bare.error().detail;
        expect_names(*bare, each);

        const auto json = parse_json_signature(each.at("json"));
        ASSERT_TRUE(json) << text(each, "name") << ": " << json.error().detail;
        EXPECT_EQ(json->kind, human->kind) << text(each, "name");
        expect_names(*json, each);
    }
}

TEST(abi_refusals, are_for_the_reason_the_vector_gives) {
    const std::map<std::string, std::vector<std::string>> codes{
        {"dirty_padding", {"E_ABI_NOT_CANONICAL"}},
        {"bad_bool", {"E_ABI_NOT_CANONICAL"}},
        {"bad_utf8", {"E_ABI_UTF8"}},
        {"truncated", {"E_ABI_TRUNCATED"}},
        {"missing_padding", {"E_ABI_NOT_CANONICAL"}},
        {"length_out_of_range", {"E_ABI_TRUNCATED"}},
        {"trailing_bytes", {"E_ABI_NOT_CANONICAL"}},
        {"offset_overlap", {"E_ABI_NOT_CANONICAL"}},
        {"offset_gap", {"E_ABI_NOT_CANONICAL"}},
        {"order", {"E_ABI_NOT_CANONICAL"}},
        {"offset_out_of_range", {"E_ABI_TRUNCATED", "E_ABI_NOT_CANONICAL"}}};
    const Json cases = test::load_lines("abi/refused.jsonl");
    EXPECT_GE(cases.size(), 100U);
    for (const Json& each : cases) {
        const auto decoded = decode(types_in(each), take(parse_hex(text(each, "encoded"))));
        ASSERT_FALSE(decoded) << text(each, "name");
        EXPECT_THAT(codes.at(text(each, "reason")), testing::Contains(decoded.error().reason))
            << text(each, "reason") << ", " << text(each, "name") << ": " << decoded.error().reason
            << ", " << decoded.error().detail;
    }
}

}  // namespace
}  // namespace chela::chains::abi
