#include "signer/secret.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace chela::signer {
namespace {

namespace fs = std::filesystem;

fs::path write_file(const fs::path& path, std::string_view text, mode_t mode = 0600) {
    std::ofstream{path, std::ios::binary} << text;
    EXPECT_EQ(chmod(path.c_str(), mode), 0);
    return path;
}

Error error_of(const fs::path& path) {
    const auto secret = read_secret_file(path);
    if (secret) {
        ADD_FAILURE() << path << " was read";
        return {};
    }
    return secret.error();
}

TEST(secret_file, drops_one_trailing_newline) {
    const test::TempDir folder;
    for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
             {"1234", "1234"},
             {"1234\n", "1234"},
             {"1234\r\n", "1234"},
             {"1234\n\n", "1234\n"},
             {"1234\r", "1234\r"},
             {" 12 ", " 12 "}}) {
        const auto secret = read_secret_file(write_file(folder.path() / "pin", text));
        ASSERT_TRUE(secret) << secret.error().detail;
        EXPECT_EQ(secret->reveal(), expected);
    }
}

TEST(secret_file, refuses_a_file_that_others_can_use_and_says_how_to_fix_it) {
    const test::TempDir folder;
    for (const mode_t mode : {0640U, 0604U, 0620U, 0602U, 0610U, 0601U, 0644U, 0777U}) {
        const auto path = write_file(folder.path() / "pin", "1234", mode);
        const Error error = error_of(path);
        EXPECT_EQ(error.code, ErrorCode::denied) << mode;
        EXPECT_EQ(error.reason, "E_FILE_MODE") << mode;
        EXPECT_TRUE(error.detail.contains("chmod 600 " + path.string())) << error.detail;
        EXPECT_FALSE(error.detail.contains("1234")) << error.detail;
    }
}

TEST(secret_file, refuses_a_file_of_another_user) {
    const test::TempDir folder;
    const auto path = write_file(folder.path() / "pin", "1234");
    constexpr uid_t kSomebodyElse = 65534;
    // Only root can give a file away; for everybody else the file stays their own and is read.
    const bool was_given_away = chown(path.c_str(), kSomebodyElse, static_cast<gid_t>(-1)) == 0;
    ASSERT_EQ(was_given_away, geteuid() == 0);
    const auto secret = read_secret_file(path);
    ASSERT_EQ(secret.has_value(), !was_given_away);
    if (was_given_away) {
        EXPECT_EQ(secret.error().code, ErrorCode::denied);
        EXPECT_EQ(secret.error().reason, "E_FILE_MODE");
        EXPECT_TRUE(secret.error().detail.contains("chown 0 ")) << secret.error().detail;
    }
}

TEST(secret_file, takes_what_root_lets_our_group_read_as_kubernetes_mounts_it) {
    if (geteuid() != 0) GTEST_SKIP() << "only root can make a file of root's";
    constexpr uid_t kUser = 65534;
    const test::TempDir folder;
    ASSERT_EQ(chmod(folder.path().c_str(), 0755), 0);
    const auto give = [&](const char* name, mode_t mode, gid_t group = kUser) {
        const auto path = write_file(folder.path() / name, "1234", mode);
        EXPECT_EQ(chown(path.c_str(), 0, group), 0);
        return path;
    };
    const auto readable = give("readable", 0440);
    const auto writable = give("writable", 0660);
    const auto everybodys = give("everybodys", 0444);
    const auto strangers = give("strangers", 0440, kUser - 1);
    ASSERT_EQ(setegid(kUser), 0);
    ASSERT_EQ(seteuid(kUser), 0);
    const auto taken = read_secret_file(readable);
    const Error written = error_of(writable);
    const Error told = error_of(everybodys);
    const Error closed = error_of(strangers);
    ASSERT_EQ(seteuid(0), 0);
    ASSERT_EQ(setegid(0), 0);
    ASSERT_TRUE(taken) << taken.error().detail;
    EXPECT_EQ(taken->reveal(), "1234");
    EXPECT_EQ(written.reason, "E_FILE_MODE");
    EXPECT_EQ(told.reason, "E_FILE_MODE");
    EXPECT_TRUE(told.detail.contains("mode 0440")) << told.detail;
    EXPECT_EQ(closed.reason, "E_FILE_MODE");
    EXPECT_EQ(error_of(readable).reason, "E_FILE_MODE") << "root's own are for root alone";
}

TEST(secret_file, takes_a_read_only_file) {
    const test::TempDir folder;
    EXPECT_TRUE(read_secret_file(write_file(folder.path() / "pin", "1234", 0400)));
}

TEST(secret_file, refuses_an_absent_and_an_empty_file) {
    const test::TempDir folder;
    EXPECT_EQ(error_of(folder.path() / "none").code, ErrorCode::not_found);
    EXPECT_EQ(error_of(folder.path() / "none" / "pin").code, ErrorCode::not_found);
    EXPECT_EQ(error_of(write_file(folder.path() / "a", "")).code, ErrorCode::invalid_input);
    EXPECT_EQ(error_of(write_file(folder.path() / "b", "\n")).code, ErrorCode::invalid_input);
    EXPECT_EQ(error_of(write_file(folder.path() / "c", "\r\n")).code, ErrorCode::invalid_input);
}

TEST(secret_file, takes_64_kib_and_refuses_one_byte_more) {
    const test::TempDir folder;
    const std::string most(64UZ * 1024, 'x');
    const auto secret = read_secret_file(write_file(folder.path() / "most", most));
    ASSERT_TRUE(secret) << secret.error().detail;
    EXPECT_EQ(secret->reveal(), most);
    EXPECT_EQ(error_of(write_file(folder.path() / "more", most + "x")).code, ErrorCode::too_large);
}

TEST(secret_file, refuses_what_is_not_a_regular_file_without_hanging) {
    const test::TempDir folder;
    const auto pipe = folder.path() / "pipe";
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    EXPECT_EQ(error_of(pipe).reason, "E_FILE_MODE");
    EXPECT_EQ(error_of(folder.path()).reason, "E_FILE_MODE");
}

TEST(secret_file, follows_a_link_below_the_same_directory_as_kubernetes_makes_it) {
    const test::TempDir folder;
    fs::create_directory(folder.path() / "..2024_01_01");
    write_file(folder.path() / "..2024_01_01" / "pin", "1234");
    fs::create_directory_symlink("..2024_01_01", folder.path() / "..data");
    fs::create_symlink("..data/pin", folder.path() / "pin");
    const auto secret = read_secret_file(folder.path() / "pin");
    ASSERT_TRUE(secret) << secret.error().detail;
    EXPECT_EQ(secret->reveal(), "1234");
}

TEST(secret_file, checks_the_mode_of_what_a_link_points_to) {
    const test::TempDir folder;
    write_file(folder.path() / "real", "1234", 0644);
    fs::create_symlink("real", folder.path() / "pin");
    EXPECT_EQ(error_of(folder.path() / "pin").reason, "E_FILE_MODE");
}

TEST(secret_file, refuses_a_link_that_leaves_its_directory) {
    const test::TempDir folder;
    fs::create_directory(folder.path() / "a");
    fs::create_directory(folder.path() / "ab");
    write_file(folder.path() / "ab" / "pin", "1234");
    // A neighbour whose name starts alike must not pass as the same directory.
    fs::create_symlink("../ab/pin", folder.path() / "a" / "pin");
    const Error error = error_of(folder.path() / "a" / "pin");
    EXPECT_EQ(error.code, ErrorCode::denied);
    EXPECT_EQ(error.reason, "E_FILE_MODE");
}

TEST(secret_file, reports_a_dangling_link_as_absent) {
    const test::TempDir folder;
    fs::create_symlink("gone", folder.path() / "pin");
    EXPECT_EQ(error_of(folder.path() / "pin").code, ErrorCode::not_found);
}

}  // namespace
}  // namespace chela::signer
