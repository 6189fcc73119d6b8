#include "sidecar/auth/base64url.hpp"

#include <gtest/gtest.h>

namespace chela::sidecar::auth {
namespace {

Bytes bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

TEST(base64url, agrees_with_the_rfc_vectors_less_padding) {
    // Source: RFC 4648, 10.
    const std::pair<const char*, const char*> vectors[] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, encoded] : vectors) {
        EXPECT_EQ(to_base64url(bytes_of(plain)), encoded);
        const auto decoded = parse_base64url(encoded);
        ASSERT_TRUE(decoded.has_value()) << encoded;
        EXPECT_EQ(*decoded, bytes_of(plain));
    }
}

TEST(base64url, uses_the_alphabet_for_urls) {
    EXPECT_EQ(to_base64url(Bytes{0xfb, 0xff, 0xfe}), "-__-");
}

TEST(base64url, reads_back_every_length_and_byte) {
    Bytes bytes;
    for (unsigned i = 0; i < 300; ++i) {
        const auto decoded = parse_base64url(to_base64url(bytes));
        ASSERT_TRUE(decoded.has_value());
        EXPECT_EQ(*decoded, bytes);
        bytes.push_back(static_cast<std::uint8_t>(i * 7));
    }
}

TEST(base64url, refuses_whatever_it_would_not_write) {
    for (const char* text :
         {"Zg==", "Zg=", "Z", "Zm9vY", "Zh", "Zm9", "Zm 8", "Zm8\n", "+/+/", "Zm8.", "\xff\xff"}) {
        EXPECT_FALSE(parse_base64url(text).has_value()) << text;
    }
    EXPECT_FALSE(parse_base64url(std::string_view{"Zg\0g", 4}).has_value());
}

}  // namespace
}  // namespace chela::sidecar::auth
