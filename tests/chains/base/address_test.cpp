#include "chains/base/address.hpp"

#include "chains/base/hex.hpp"
#include "tests/chains/vectors.hpp"

#include <algorithm>
#include <cctype>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela {
namespace {

std::vector<std::string> checksums() {
    std::vector<std::string> out;
    for (const char* file : {"eip55/eip_examples.json", "eip55/cast.json"}) {
        for (const Json& each : test::load_cases(file))
            out.push_back(each.at("checksum").get<std::string>());
    }
    return out;
}

std::string upper_digits(std::string text) {
    std::transform(text.begin() + 2, text.end(), text.begin() + 2, [](unsigned char c) {
        return static_cast<char>(std::toupper(c));
    });
    return text;
}

bool is_letter(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

std::string refusal(std::string_view text) {
    const auto refused = parse_address(text);
    if (refused) return "accepted";
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_input);
    return refused.error().reason;
}

TEST(to_checksum, matches_the_vectors) {
    for (const char* file : {"eip55/eip_examples.json", "eip55/cast.json"}) {
        for (const Json& each : test::load_cases(file)) {
            const auto address = parse_fixed<Address>(each.at("address").get<std::string>());
            ASSERT_TRUE(address);
            EXPECT_EQ(to_checksum(*address), each.at("checksum").get<std::string>());
        }
    }
}

TEST(parse_address, takes_checksummed_lower_and_upper_digits) {
    for (const std::string& checksum : checksums()) {
        const auto address = parse_address(checksum);
        ASSERT_TRUE(address) << checksum;
        EXPECT_EQ(to_checksum(*address), checksum);
        EXPECT_EQ(parse_address(to_hex(*address)).value(), *address);
        EXPECT_EQ(parse_address(upper_digits(checksum)).value(), *address);
    }
}

TEST(parse_address, refuses_any_one_letter_of_the_other_case) {
    int refusals = 0;
    for (const std::string& checksum : checksums()) {
        for (std::size_t i = 2; i < checksum.size(); ++i) {
            std::string changed = checksum;
            if (!is_letter(changed[i])) continue;
            changed[i] = static_cast<char>(changed[i] ^ 0x20);
            const bool is_one_case = changed == upper_digits(changed) ||
                                     std::none_of(
                                         changed.begin() + 2, changed.end(),
                                         [](unsigned char c) { return std::isupper(c) != 0; });
            if (is_one_case) continue;
            EXPECT_EQ(refusal(changed), "E_ADDRESS_CHECKSUM") << changed;
            ++refusals;
        }
    }
    EXPECT_GT(refusals, 500);
}

TEST(parse_address, refuses_a_wrong_format) {
    const std::string good = "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed";
    ASSERT_TRUE(parse_address(good));
    for (const std::string& text :
         {std::string{}, std::string{"0x"}, good.substr(2), good + "0", good.substr(0, 41),
          good + "00", " " + good, good + " ", "0X" + good.substr(2), "0x" + std::string(40, 'g'),
          std::string{"vitalik.eth"}}) {
        EXPECT_EQ(refusal(text), "E_ADDRESS_FORMAT") << text;
    }
}

}  // namespace
}  // namespace chela
