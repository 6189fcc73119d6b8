#include "tests/support/process.hpp"

#include <sys/stat.h>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chela::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

ProcessOptions shell(const std::string& script) {
    return {
        .argv = {"/bin/sh", "-c", script}, .environment = {}, .unset = {}, .dir = {}, .input = {}};
}

TEST(support_process, captures_output_and_exit_code) {
    const auto output = run(shell("echo to-out; echo to-err >&2; exit 3"), 10s);
    ASSERT_TRUE(output) << output.error().detail;
    EXPECT_EQ(output->status, (ExitStatus{3, 0}));
    EXPECT_EQ(output->out, "to-out\n");
    EXPECT_EQ(output->err, "to-err\n");
}

TEST(support_process, passes_arguments_environment_folder_and_input_as_they_are) {
    const TempDir dir;
    auto options = shell("printf '%s|' \"$1\" \"$ADDED\" \"${HOME-unset}\" \"$PWD\"; cat");
    options.argv.insert(options.argv.end(), {"sh", "a b*\"c"});
    options.environment["ADDED"] = "x=y z";
    options.unset = {"HOME"};
    options.dir = dir.path();
    options.input = "typed";
    const auto output = run(std::move(options), 10s);
    ASSERT_TRUE(output) << output.error().detail;
    EXPECT_EQ(
        output->out,
        "a b*\"c|x=y z|unset|" + std::filesystem::canonical(dir.path()).string() + "|typed");
}

TEST(support_process, a_missing_program_is_seen) {
    auto options = shell("");
    options.argv = {"/nowhere/program"};
    const auto output = run(std::move(options), 10s);
    ASSERT_TRUE(output) << output.error().detail;
    EXPECT_EQ(output->status.code, 127);
    EXPECT_THAT(output->err, HasSubstr("/nowhere/program"));
    EXPECT_FALSE(Process::start({}));
}

TEST(support_process, a_signal_ends_it_and_is_reported) {
    auto process = Process::start(shell("exec sleep 600"));
    ASSERT_TRUE(process) << process.error().detail;
    EXPECT_TRUE((*process)->is_running());
    EXPECT_FALSE((*process)->wait(20ms));
    (*process)->send(SIGTERM);
    EXPECT_EQ((*process)->wait(10s), (ExitStatus{-1, SIGTERM}));
    EXPECT_FALSE((*process)->is_running());
    EXPECT_EQ((*process)->wait(0ms), (ExitStatus{-1, SIGTERM}));
}

TEST(support_process, a_limit_ends_a_run) {
    const auto output = run(shell("echo begun; exec sleep 600"), 300ms);
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, ErrorCode::timed_out);
    EXPECT_THAT(output.error().detail, HasSubstr("begun"));
}

TEST(support_process, the_destructor_kills_and_reaps) {
    pid_t pid = -1;
    {
        auto process = Process::start(shell("trap '' TERM; while :; do sleep 600; done"));
        ASSERT_TRUE(process) << process.error().detail;
        pid = (*process)->pid();
        ASSERT_EQ(::kill(pid, 0), 0);
    }
    EXPECT_EQ(::kill(pid, 0), -1);
    EXPECT_EQ(errno, ESRCH);
}

TEST(support_process, a_child_does_not_outlive_its_starter) {
    std::unique_ptr<Process> process;
    // The kernel watches the thread that started it, so a thread can play a test that is killed.
    std::thread{[&] {
        auto started = Process::start(shell("echo up; exec sleep 600"));
        ASSERT_TRUE(started) << started.error().detail;
        process = std::move(*started);
        ASSERT_TRUE(eventually([&] { return process->out() == "up\n"; }, 10s));
    }}.join();
    ASSERT_TRUE(process);
    EXPECT_EQ(process->wait(10s), (ExitStatus{-1, SIGKILL}));
}

TEST(support_process, eventually_gives_up) {
    EXPECT_FALSE(eventually([] { return false; }, 20ms));
    int calls = 0;
    EXPECT_TRUE(eventually([&] { return ++calls == 3; }, 10s));
}

TEST(support_temp_dir, is_private_and_removed) {
    std::filesystem::path path;
    {
        const TempDir dir;
        path = dir.path();
        struct stat info{};
        ASSERT_EQ(::stat(path.c_str(), &info), 0);
        EXPECT_EQ(info.st_mode & 0777U, 0700U);
        std::filesystem::create_directories(path / "a" / "b");
    }
    EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace chela::test
