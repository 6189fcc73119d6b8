#pragma once

#include "chains/base/result.hpp"
#include "tests/support/temp_dir.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace chela::test {

struct ProcessOptions {
    std::vector<std::string> argv;  ///< argv[0]: a path, or a name that PATH finds
    std::map<std::string, std::string>
        environment;                 ///< besides, or instead of, what this process has
    std::vector<std::string> unset;  ///< variables that the child does not get
    std::filesystem::path dir;       ///< working folder; empty: this process's
    std::string input;               ///< what the child reads from standard input
};

struct ExitStatus {
    int code = -1;   ///< what it returned, or -1: a signal ended it
    int signal = 0;  ///< what ended it, or 0
    bool operator==(const ExitStatus&) const = default;
};

/// A child process with its output in files. The kernel kills it when this process or the thread
/// that started it ends. Threads: use one Process from one thread.
class Process {
public:
    /// @return unavailable: could not be started. A program that does not exist exits with code
    /// 127.
    [[nodiscard]] static Result<std::unique_ptr<Process>> start(ProcessOptions options);
    /// Kills with SIGKILL, and reaps, whatever still runs.
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }
    [[nodiscard]] bool is_running();
    /// Nothing happens when it has ended.
    void send(int signal);
    /// @return how it ended, or nothing: it still runs after `limit`
    [[nodiscard]] std::optional<ExitStatus> wait(std::chrono::milliseconds limit);

    /// What it has written so far.
    [[nodiscard]] std::string out() const;
    [[nodiscard]] std::string err() const;

private:
    Process() = default;

    TempDir files_;
    pid_t pid_ = -1;
    int pidfd_ = -1;
    std::optional<ExitStatus> ended_;
};

/// What a finished program gave.
struct Output {
    ExitStatus status;
    std::string out;
    std::string err;
};
/// Starts and waits. @return timed_out: it was killed after `limit`; unavailable: could not be
/// started
[[nodiscard]] Result<Output> run(ProcessOptions options, std::chrono::milliseconds limit);

/// Asks again and again. @return false: it did not come true within `limit`
[[nodiscard]] bool eventually(
    const std::function<bool()>& predicate, std::chrono::milliseconds limit);

}  // namespace chela::test
