#include "sidecar/edge/private_file.hpp"

#include "tests/support/temp_dir.hpp"

#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/resource.h>

#include <gtest/gtest.h>

namespace chela::sidecar {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// A disk that is full after so many bytes of a file.
class FileLimit {
public:
    explicit FileLimit(rlim_t bytes) : handler_{std::signal(SIGXFSZ, SIG_IGN)} {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    FileLimit(const FileLimit&) = delete;
    FileLimit& operator=(const FileLimit&) = delete;
    ~FileLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

private:
    rlimit before_{};
    void (*handler_)(int);
};

class private_file : public testing::Test {
protected:
    [[nodiscard]] fs::path path() const { return dir_.path() / "key"; }
    [[nodiscard]] bool is_empty() const { return fs::is_empty(dir_.path()); }

private:
    chela::test::TempDir dir_;
};

TEST_F(private_file, holds_room_for_a_key_and_then_only_the_key) {
    auto file = PrivateFile::create(path());
    ASSERT_TRUE(file) << file.error().detail;
    EXPECT_EQ(fs::file_size(path()), PrivateFile::kReservedBytes);
    ASSERT_TRUE(file->write("ocv_key"));
    EXPECT_EQ(content_of(path()), "ocv_key");
}

TEST_F(private_file, is_refused_and_removed_when_the_disk_has_no_room) {
    const FileLimit full{PrivateFile::kReservedBytes - 1};
    const auto file = PrivateFile::create(path());
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, ErrorCode::unavailable);
    EXPECT_NE(file.error().detail.find("reserve space"), std::string::npos) << file.error().detail;
    EXPECT_TRUE(is_empty());
}

TEST_F(private_file, is_removed_when_nothing_was_written) {
    {
        ASSERT_TRUE(PrivateFile::create(path()));
    }
    EXPECT_TRUE(is_empty());
}

TEST_F(private_file, appears_complete_or_not_at_all) {
    {
        const FileLimit full{10};
        ASSERT_FALSE(write_new_private_file(path(), "content"));
        EXPECT_TRUE(is_empty());
    }
    ASSERT_TRUE(write_new_private_file(path(), "first"));
    const auto again = write_new_private_file(path(), "second");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::conflict);
    EXPECT_EQ(content_of(path()), "first");
    fs::remove(path());
    EXPECT_TRUE(is_empty()) << "a temporary file stayed";
}

}  // namespace
}  // namespace chela::sidecar
