#include "tests/support/process.hpp"

#include <array>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace chela::test {
namespace {

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::vector<std::string> child_environment(const ProcessOptions& options) {
    std::map<std::string, std::string> variables;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text{*entry};
        const auto equals = text.find('=');
        if (equals != std::string::npos)
            variables[text.substr(0, equals)] = text.substr(equals + 1);
    }
    for (const auto& name : options.unset)
        variables.erase(name);
    for (const auto& [name, value] : options.environment)
        variables[name] = value;
    std::vector<std::string> entries;
    for (const auto& [name, value] : variables)
        entries.push_back(name + "=" + value);
    return entries;
}

std::vector<char*> c_strings(std::vector<std::string>& strings) {
    std::vector<char*> pointers;
    for (auto& string : strings)
        pointers.push_back(string.data());
    pointers.push_back(nullptr);
    return pointers;
}

/// posix_spawn's settings: standard streams are files in `files`.
class SpawnSettings {
public:
    SpawnSettings(const std::filesystem::path& files, const std::filesystem::path& dir) {
        posix_spawn_file_actions_init(&actions_);
        posix_spawnattr_init(&attributes_);
        constexpr int kWrite = O_WRONLY | O_CREAT | O_TRUNC;
        posix_spawn_file_actions_addopen(&actions_, 0, (files / "in").c_str(), O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions_, 1, (files / "out").c_str(), kWrite, 0600);
        posix_spawn_file_actions_addopen(&actions_, 2, (files / "err").c_str(), kWrite, 0600);
        if (!dir.empty()) posix_spawn_file_actions_addchdir_np(&actions_, dir.c_str());
        // The child must not inherit a blocked or ignored signal from a test that changed its own.
        sigset_t none;
        sigset_t all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes_, &none);
        posix_spawnattr_setsigdefault(&attributes_, &all);
        posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    ~SpawnSettings() {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
    }
    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;

    [[nodiscard]] const posix_spawn_file_actions_t* actions() const { return &actions_; }
    [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

}  // namespace

Result<std::unique_ptr<Process>> Process::start(ProcessOptions options) {
    if (options.argv.empty()) return fail(ErrorCode::invalid_input, "no program is named");
    std::unique_ptr<Process> process{new Process};
    std::ofstream{process->files_.path() / "in", std::ios::binary} << options.input;
    // posix_spawn cannot ask the kernel to kill an orphan; setpriv can, and then becomes the
    // program.
    std::vector<std::string> argv{"setpriv", "--pdeathsig", "KILL", "--"};
    argv.insert(argv.end(), options.argv.begin(), options.argv.end());
    auto environment = child_environment(options);
    const SpawnSettings settings{process->files_.path(), options.dir};
    const int error = ::posix_spawnp(
        &process->pid_, "setpriv", settings.actions(), settings.attributes(),
        c_strings(argv).data(), c_strings(environment).data());
    if (error != 0) {
        process->pid_ = -1;
        return fail(
            ErrorCode::unavailable,
            options.argv[0] + " cannot be started: " + std::strerror(error));
    }
    // glibc 2.36 declares pidfd_open without C linkage.
    process->pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, process->pid_, 0));
    if (process->pidfd_ < 0)
        return fail(ErrorCode::unavailable, std::string{"pidfd_open: "} + std::strerror(errno));
    return process;
}

Process::~Process() {
    if (pid_ > 0 && !ended_) {
        ::kill(pid_, SIGKILL);
        while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
        }
    }
    if (pidfd_ >= 0) ::close(pidfd_);
}

bool Process::is_running() {
    return !wait(std::chrono::milliseconds{0});
}

void Process::send(int signal) {
    // An ended child that is not reaped keeps its pid, so this cannot hit a stranger.
    if (!ended_) ::kill(pid_, signal);
}

std::optional<ExitStatus> Process::wait(std::chrono::milliseconds limit) {
    if (ended_) return ended_;
    const auto end = std::chrono::steady_clock::now() + limit;
    for (;;) {
        pollfd ready{pidfd_, POLLIN, 0};
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        const int count = ::poll(&ready, 1, left.count() > 0 ? static_cast<int>(left.count()) : 0);
        if (count == 0) return std::nullopt;
        if (count > 0) break;
        if (errno != EINTR) bug("poll of a pidfd failed");
    }
    int status = 0;
    if (::waitpid(pid_, &status, 0) != pid_) bug("waitpid of our own child failed");
    ended_ =
        WIFEXITED(status) ? ExitStatus{WEXITSTATUS(status), 0} : ExitStatus{-1, WTERMSIG(status)};
    return ended_;
}

std::string Process::out() const {
    return read_file(files_.path() / "out");
}
std::string Process::err() const {
    return read_file(files_.path() / "err");
}

Result<Output> run(ProcessOptions options, std::chrono::milliseconds limit) {
    const auto name = options.argv.empty() ? std::string{} : options.argv[0];
    auto process = Process::start(std::move(options));
    if (!process) return std::unexpected{process.error()};
    const auto status = (*process)->wait(limit);
    if (!status)
        return fail(
            ErrorCode::timed_out,
            name + " ran too long; it wrote: " + (*process)->out() + (*process)->err());
    return Output{*status, (*process)->out(), (*process)->err()};
}

bool eventually(const std::function<bool()>& predicate, std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!predicate()) {
        if (std::chrono::steady_clock::now() >= end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return true;
}

}  // namespace chela::test
