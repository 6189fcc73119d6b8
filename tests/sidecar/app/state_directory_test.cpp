#include "sidecar/app/state_directory.hpp"

#include "tests/support/temp_dir.hpp"

#include <csignal>
#include <fstream>
#include <functional>
#include <iterator>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace chela::sidecar::app {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

unsigned mode_of(const fs::path& path) {
    struct stat info{};
    if (::lstat(path.c_str(), &info) != 0) bug("the test's file is not there");
    return info.st_mode & 07777U;
}

class Umask {
public:
    explicit Umask(mode_t mask) : before_{::umask(mask)} {}
    Umask(const Umask&) = delete;
    Umask& operator=(const Umask&) = delete;
    ~Umask() { ::umask(before_); }

private:
    mode_t before_;
};

class state_directory : public testing::Test {
protected:
    [[nodiscard]] fs::path path(const char* name = "file") const { return dir_.path() / name; }
    chela::test::TempDir dir_;
};

TEST_F(state_directory, names_its_parts) {
    const StateDirectory state{"/state"};
    EXPECT_EQ(state.config(), "/state/chela.yaml");
    EXPECT_EQ(state.database(), "/state/chela.db");
    EXPECT_EQ(state.lock(), "/state/chela.lock");
}

TEST_F(state_directory, writes_a_new_file_with_its_mode_under_any_umask) {
    for (const mode_t mask : {0U, 022U, 077U, 0277U, 0777U}) {
        for (const unsigned mode : {0600U, 0644U, 0666U, 0400U}) {
            const auto target = path((std::to_string(mask) + "-" + std::to_string(mode)).c_str());
            const Umask umask{mask};
            const auto written = write_new_file(target, "content", mode);
            ASSERT_TRUE(written.has_value()) << written.error().detail;
            EXPECT_EQ(mode_of(target), mode) << "umask " << mask;
            EXPECT_EQ(content_of(target), "content");
        }
    }
}

TEST_F(state_directory, writes_any_bytes) {
    std::string content(1'000'000, '\0');
    for (std::size_t i = 0; i < content.size(); ++i)
        content[i] = static_cast<char>(i % 251);
    ASSERT_TRUE(write_new_file(path(), content, 0600).has_value());
    EXPECT_EQ(content_of(path()), content);
    ASSERT_TRUE(write_new_file(path("empty"), "", 0600).has_value());
    EXPECT_EQ(content_of(path("empty")), "");
}

TEST_F(state_directory, never_writes_over_a_file) {
    ASSERT_TRUE(write_new_file(path(), "first", 0600).has_value());
    const auto again = write_new_file(path(), "second", 0644);
    ASSERT_FALSE(again.has_value());
    EXPECT_EQ(again.error().code, ErrorCode::conflict);
    EXPECT_NE(again.error().detail.find(path().string()), std::string::npos);
    EXPECT_EQ(content_of(path()), "first");
    EXPECT_EQ(mode_of(path()), 0600U);
}

TEST_F(state_directory, never_writes_through_a_link) {
    ASSERT_TRUE(write_new_file(path("target"), "first", 0600).has_value());
    fs::create_symlink(path("target"), path("link"));
    fs::create_symlink(path("nowhere"), path("dangling"));
    for (const char* link : {"link", "dangling"}) {
        const auto refused = write_new_file(path(link), "second", 0644);
        ASSERT_FALSE(refused.has_value()) << link;
        EXPECT_EQ(refused.error().code, ErrorCode::conflict) << link;
    }
    EXPECT_EQ(content_of(path("target")), "first");
    EXPECT_FALSE(fs::exists(path("nowhere")));
}

TEST_F(state_directory, says_why_a_file_cannot_be_made) {
    const auto refused = write_new_file(path("no-folder") / "file", "x", 0600);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    EXPECT_NE(refused.error().detail.find("No such file or directory"), std::string::npos)
        << refused.error().detail;
}

/// Another process. Its exit code is what `body` returns; body gets the end of a pipe that the
/// parent reads.
class Child {
public:
    explicit Child(const std::function<int(int)>& body) {
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0) bug("pipe");
        pid_ = ::fork();
        if (pid_ < 0) bug("fork");
        if (pid_ == 0) ::_exit(body(ends[1]));
        ::close(ends[1]);
        read_ = ends[0];
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        ::close(read_);
        if (pid_ > 0) end(SIGKILL);
    }
    [[nodiscard]] pid_t pid() const { return pid_; }
    [[nodiscard]] bool has_said_a_byte() const {
        char byte{};
        return ::read(read_, &byte, 1) == 1;
    }
    int wait() {
        int status = 0;
        if (::waitpid(pid_, &status, 0) != pid_) bug("waitpid");
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    void end(int signal) {
        ::kill(pid_, signal);
        wait();
    }

private:
    pid_t pid_ = -1;
    int read_ = -1;
};

TEST_F(state_directory, has_one_holder_of_its_lock_in_all_processes) {
    const auto lock = DirectoryLock::take(path());
    ASSERT_TRUE(lock.has_value()) << lock.error().detail;
    const std::string me = std::to_string(::getpid());
    Child other{[&](int) {
        const auto second = DirectoryLock::take(path());
        if (second) return 1;
        if (second.error().code != ErrorCode::conflict ||
            second.error().reason != "E_ALREADY_SERVED")
            return 2;
        return second.error().detail.find("pid " + me + ")") == std::string::npos ? 3 : 0;
    }};
    EXPECT_EQ(other.wait(), 0);
    const auto here = DirectoryLock::take(path());
    ASSERT_FALSE(here.has_value());
    EXPECT_EQ(here.error().reason, "E_ALREADY_SERVED");
}

TEST_F(state_directory, is_free_when_the_holder_lets_go) {
    {
        auto lock = DirectoryLock::take(path());
        ASSERT_TRUE(lock.has_value());
        const DirectoryLock moved{std::move(*lock)};
        EXPECT_FALSE(DirectoryLock::take(path()).has_value());
    }
    EXPECT_TRUE(DirectoryLock::take(path()).has_value());
}

TEST_F(state_directory, is_free_when_the_holder_is_killed) {
    Child holder{[&](int out) {
        const auto lock = DirectoryLock::take(path());
        if (!lock || ::write(out, "x", 1) != 1) return 1;
        for (;;)
            ::pause();
    }};
    ASSERT_TRUE(holder.has_said_a_byte());
    const auto refused = DirectoryLock::take(path());
    ASSERT_FALSE(refused.has_value());
    EXPECT_NE(refused.error().detail.find(std::to_string(holder.pid())), std::string::npos)
        << refused.error().detail;
    holder.end(SIGKILL);
    EXPECT_TRUE(DirectoryLock::take(path()).has_value());
    EXPECT_EQ(content_of(path()), std::to_string(::getpid()));
}

TEST_F(state_directory, is_not_locked_through_a_link) {
    fs::create_symlink(path("elsewhere"), path());
    const auto refused = DirectoryLock::take(path());
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    EXPECT_FALSE(fs::exists(path("elsewhere")));
}

}  // namespace
}  // namespace chela::sidecar::app
