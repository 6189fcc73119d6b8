#include "signer/pkcs11/uri.hpp"

#include "signer/pkcs11/write_uri.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace chela::signer::pkcs11 {
namespace {

CK_TOKEN_INFO token(std::string_view label, std::string_view serial) {
    CK_TOKEN_INFO info{};
    const auto pad = [](auto& field, std::string_view text) {
        std::ranges::fill(field, ' ');
        std::ranges::copy(text, std::begin(field));
    };
    pad(info.label, label);
    pad(info.serialNumber, serial);
    pad(info.manufacturerID, "maker");
    pad(info.model, "model");
    return info;
}

TEST(token_uri, reads_the_module_path_and_matches_tokens) {
    const auto uri = TokenUri::parse("pkcs11:token=my%20keys;serial=0a?module-path=/lib/p.so");
    ASSERT_TRUE(uri) << uri.error().detail;
    EXPECT_EQ(uri->module_path(), "/lib/p.so");
    EXPECT_TRUE(uri->matches(token("my keys", "0a")));
    EXPECT_FALSE(uri->matches(token("my keys", "0b")));
    EXPECT_FALSE(uri->matches(token("my keys 2", "0a")));
}

TEST(token_uri, is_written_so_that_it_reads_back) {
    const std::string label = "my keys; & \"100%\" ä?";
    const std::filesystem::path module = "/a place with spaces/p?q&r%20.so";
    const auto uri = TokenUri::parse(write_uri(label, module));
    ASSERT_TRUE(uri) << uri.error().detail;
    EXPECT_EQ(uri->module_path(), module);
    EXPECT_TRUE(uri->matches(token(label, "1")));
    EXPECT_FALSE(uri->matches(token("my keys", "1")));
}

TEST(token_uri, refuses_what_it_would_otherwise_ignore) {
    struct Line {
        std::string_view uri;
        std::string_view reason;
    };
    const std::vector<Line> lines{
        {"", "E_URI_SYNTAX"},
        {"token=a?module-path=/m", "E_URI_SYNTAX"},
        {"http:token=a?module-path=/m", "E_URI_SYNTAX"},
        {"pkcs11:token=a%2?module-path=/m", "E_URI_SYNTAX"},
        {std::string_view{"pkcs11:token=a?module-path=/m\0x", 31}, "E_URI_SYNTAX"},
        {"pkcs11:token=my keys?module-path=/m", "E_URI_SYNTAX"},
        {"pkcs11:token=a?module-path=/my m", "E_URI_SYNTAX"},
        {"pkcs11:token=a?module-path=/m\n", "E_URI_SYNTAX"},
        {"pkcs11:token=a?module-path=/m\xc3\xa4", "E_URI_SYNTAX"},
        {"pkcs11:token=a", "E_URI_MODULE_PATH"},
        {"pkcs11:token=a?", "E_URI_MODULE_PATH"},
        {"pkcs11:token=a?module-path=", "E_URI_MODULE_PATH"},
        {"pkcs11:token=a?module-path=p.so", "E_URI_MODULE_PATH"},
        {"pkcs11:token=a?module-path=../p.so", "E_URI_MODULE_PATH"},
        {"pkcs11:token=a;colour=red?module-path=/m", "E_URI_ATTRIBUTE"},
        {"pkcs11:token=a;x-vendor=1?module-path=/m", "E_URI_ATTRIBUTE"},
        {"pkcs11:token=a?module-path=/m&x-vendor=1", "E_URI_ATTRIBUTE"},
        {"pkcs11:token=a?module-path=/m&module-name=p", "E_URI_ATTRIBUTE"},
        {"pkcs11:token=a?module-path=/m&module-path=/n", "E_URI_ATTRIBUTE"},
        {"pkcs11:token=a;token=b?module-path=/m", "E_URI_ATTRIBUTE"},
        {"pkcs11:token=a;object=key?module-path=/m", "E_URI_ATTRIBUTE"},
        {"pkcs11:token=a;id=%01?module-path=/m", "E_URI_ATTRIBUTE"},
        {"pkcs11:token=a;slot-id=3?module-path=/m", "E_URI_ATTRIBUTE"},
        {"pkcs11:token=a?module-path=/m&pin-value=1234", "E_URI_PIN"},
        {"pkcs11:token=a?module-path=/m&pin-source=/p", "E_URI_PIN"},
        {"pkcs11:token=a;pin-value=1234?module-path=/m", "E_URI_PIN"},
        {"pkcs11:token=a;pinfile=/p?module-path=/m", "E_URI_PIN"},
    };
    for (const Line& line : lines) {
        const auto uri = TokenUri::parse(line.uri);
        ASSERT_FALSE(uri) << line.uri;
        EXPECT_EQ(uri.error().code, ErrorCode::invalid_input) << line.uri;
        EXPECT_EQ(uri.error().reason, line.reason) << line.uri;
    }
}

TEST(token_uri, never_quotes_a_value_or_an_unknown_name) {
    for (const std::string_view text :
         {"pkcs11:token=a?module-path=/m&pin-value=774411", "pkcs11:token=a?774411",
          "pkcs11:774411?module-path=/m", "pkcs11:token=a?module-path=/m&774411=1",
          "pkcs11:token=%774411%?module-path=/m", "pkcs11:token=a?module-path=774411"}) {
        const auto uri = TokenUri::parse(text);
        ASSERT_FALSE(uri) << text;
        EXPECT_FALSE(uri.error().detail.contains("774411")) << uri.error().detail;
    }
}

}  // namespace
}  // namespace chela::signer::pkcs11
