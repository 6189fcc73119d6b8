#include "chains/base/hex.hpp"
#include "chains/crypto/keccak.hpp"
#include "chains/message/typed_data_json.hpp"
#include "tests/chains/vectors.hpp"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains {
namespace {

std::string text(const Json& from, const char* key) {
    return from.at(key).get<std::string>();
}

class typed_data_vectors : public testing::TestWithParam<const char*> {};

TEST_P(typed_data_vectors, hash_as_other_wallets_do) {
    for (const Json& each : test::load_lines(GetParam())) {
        const auto name = text(each, "name");
        const auto data = read_typed_data(each.at("typed_data"));
        ASSERT_TRUE(data) << name << ": " << data.error().detail;
        EXPECT_EQ(to_hex(data->domain_separator()), text(each, "domain_separator")) << name;
        EXPECT_EQ(to_hex(data->struct_hash()), text(each, "struct_hash")) << name;
        EXPECT_EQ(to_hex(keccak256(data->bytes())), text(each, "digest")) << name;
        if (each.contains("encode_type")) {
            EXPECT_EQ(data->types().encode_type(data->primary_type()), text(each, "encode_type"))
                << name;
        }
    }
}

TEST_P(typed_data_vectors, hash_alike_from_text_and_refuse_one_member_more) {
    for (const Json& each : test::load_lines(GetParam())) {
        const auto name = text(each, "name");
        const auto data = parse_typed_data(each.at("typed_data").dump());
        ASSERT_TRUE(data) << name << ": " << data.error().detail;
        EXPECT_EQ(to_hex(keccak256(data->bytes())), text(each, "digest")) << name;
        Json more = each.at("typed_data");
        more.at("message")["no such member"] = 1;
        EXPECT_FALSE(read_typed_data(more)) << name;
    }
}

TEST_P(typed_data_vectors, read_back_from_their_json) {
    for (const Json& each : test::load_lines(GetParam())) {
        const auto name = text(each, "name");
        const Json json = to_json(read_typed_data(each.at("typed_data")).value());
        const auto again = read_typed_data(json);
        ASSERT_TRUE(again) << name << ": " << again.error().detail;
        EXPECT_EQ(to_hex(keccak256(again->bytes())), text(each, "digest")) << name;
        EXPECT_EQ(to_json(*again), json) << name;
    }
}

INSTANTIATE_TEST_SUITE_P(
    of_file,
    typed_data_vectors,
    testing::Values(
        "typed_data/systematic.jsonl",
        "typed_data/messages.jsonl",
        "typed_data/random.jsonl",
        "typed_data/domain_only.jsonl"),
    [](const auto& each) {
        std::string file{each.param};
        return file.substr(11, file.size() - 17);
    });

// What the file calls a reason → the codes that say so.
const std::map<std::string, std::vector<std::string>> kCodes{
    {"missing_member", {"E_TYPED_DATA_MISSING_MEMBER", "E_TYPED_DATA_DOMAIN"}},
    {"extra_member", {"E_TYPED_DATA_EXTRA_MEMBER", "E_TYPED_DATA_DOMAIN"}},
    {"type_mismatch", {"E_TYPED_DATA_TYPE_MISMATCH"}},
    {"length", {"E_TYPED_DATA_TYPE_MISMATCH"}},
    {"hex", {"E_TYPED_DATA_TYPE_MISMATCH"}},
    {"address", {"E_TYPED_DATA_TYPE_MISMATCH"}},
    {"unused_type", {"E_TYPED_DATA_UNUSED_TYPE"}},
    {"cycle", {"E_TYPED_DATA_CYCLE"}},
    {"range", {"E_TYPED_DATA_RANGE"}},
    {"number", {"E_TYPED_DATA_NUMBER", "E_JSON_MALFORMED"}},
    {"unknown_type", {"E_TYPED_DATA_UNKNOWN_TYPE"}},
    {"duplicate_member", {"E_TYPED_DATA_DUPLICATE_MEMBER", "E_JSON_DUPLICATE_KEY"}},
    {"name", {"E_TYPED_DATA_NAME"}},
    {"domain_type", {"E_TYPED_DATA_DOMAIN"}},
    {"json", {"E_JSON_MALFORMED"}}};

TEST(typed_data_refusals, are_for_the_reason_the_vector_gives) {
    std::size_t count = 0;
    for (const Json& each : test::load_lines("typed_data/refused.jsonl")) {
        const auto name = text(each, "name");
        const auto data = parse_typed_data(text(each, "text"));
        ASSERT_FALSE(data) << name;
        const auto& codes = kCodes.at(text(each, "reason"));
        EXPECT_THAT(codes, testing::Contains(data.error().reason))
            << text(each, "reason") << ", " << name << ": " << data.error().reason << ", "
            << data.error().detail;
        ++count;
    }
    EXPECT_GE(count, 130U);
}

TEST(typed_data_vectors_in_all, are_over_500) {
    std::size_t count = 0;
    for (const char* file :
         {"typed_data/systematic.jsonl", "typed_data/messages.jsonl", "typed_data/random.jsonl"}) {
        count += test::load_lines(file).size();
    }
    EXPECT_GE(count, 500U);
}

}  // namespace
}  // namespace chela::chains
