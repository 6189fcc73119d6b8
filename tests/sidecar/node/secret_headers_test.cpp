#include "sidecar/node/secret_headers.hpp"

#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace chela::sidecar::node {
namespace {

namespace fs = std::filesystem;
using Headers = std::vector<std::pair<std::string, std::string>>;

class secret_headers : public testing::Test {
protected:
    /// A new file in place of the old one, as one that cares replaces a secret.
    fs::path write(
        const std::string& name, const std::string& text, fs::perms mode = fs::perms{0600}) {
        const auto path = dir.path() / name;
        const auto fresh = dir.path() / (name + ".new");
        std::ofstream{fresh} << text;
        fs::permissions(fresh, mode);
        fs::rename(fresh, path);
        return path;
    }
    static SecretHeaders one_header(const fs::path& file) {
        Access access;
        access.headers = {{"X-Api-Key", file}};
        return SecretHeaders{access};
    }
    test::TempDir dir;
};

TEST_F(secret_headers, are_read_from_their_files_and_authorization_is_one) {
    SecretHeaders headers{
        Access{std::nullopt, write("auth", "Bearer abc\n"), {{"X-Api-Key", write("key", "k1")}}}};
    EXPECT_EQ(
        headers.read().value(), (Headers{{"X-Api-Key", "k1"}, {"Authorization", "Bearer abc"}}));
}

TEST_F(secret_headers, of_an_endpoint_without_any_are_none) {
    EXPECT_TRUE(SecretHeaders{Access{}}.read().value().empty());
}

TEST_F(secret_headers, a_file_that_changes_is_read_again) {
    SecretHeaders headers = one_header(write("key", "old-key"));
    EXPECT_EQ(headers.read().value().at(0).second, "old-key");
    write("key", "new-key");
    EXPECT_EQ(headers.read().value().at(0).second, "new-key");
}

TEST_F(secret_headers, a_file_that_others_can_read_is_refused_even_later) {
    const auto path = write("key", "secret-value");
    SecretHeaders headers = one_header(path);
    EXPECT_TRUE(headers.read());
    fs::permissions(path, fs::perms{0644});
    const auto refused = headers.read();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "E_FILE_MODE");
    EXPECT_EQ(refused.error().detail.find("secret-value"), std::string::npos);
}

TEST_F(secret_headers, text_that_could_split_a_request_is_refused_and_not_shown) {
    for (const std::string text :
         {"secret\r\nHost: evil", "secret\nvalue", " secret", "secret ", "secr\xc3\xa9t",
          "secret\x01"}) {
        SecretHeaders headers = one_header(write("key", text));
        const auto refused = headers.read();
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().reason, "E_NODE_HEADER_FILE") << text;
        EXPECT_EQ(refused.error().detail.find("secr"), std::string::npos) << refused.error().detail;
    }
}

TEST_F(secret_headers, a_missing_file_is_named) {
    SecretHeaders headers = one_header(dir.path() / "nowhere");
    const auto refused = headers.read();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace chela::sidecar::node
