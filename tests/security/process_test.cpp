// A15, A16: another process of the same user looks into chela.
#include "tests/security/support/intruder.hpp"
#include "tests/security/support/world.hpp"

#include <array>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test::security {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// chela served by a user without privileges (ours, or nobody when we are root), who is also the
/// attacker; and beside it a process of the same user that hides nothing, which shows that the
/// attacks work.
class Victims {
public:
    Victims() {
        // Whoever is not root must reach these.
        fs::copy_file(world().sidecar.binary(), temp_.path() / "chela");
        fs::create_directory(home());
        if (::chmod(temp_.path().c_str(), 0755) != 0 ||
            (is_root() && ::chown(home().c_str(), kNobody, kNobody) != 0)) {
            throw std::runtime_error{"the victims have no home"};
        }
        const auto made = must(run(as_victim({chela(), "init", "--dir", state()}), kLimit));
        if (made.status.code != 0) throw std::runtime_error{"chela init: " + made.err};
        auto options = as_victim({chela(), "serve", "--dir", state(), "--listen", "127.0.0.1:0"});
        options.environment = {{"CHELA_CANARY", "environment-canary"}};
        chela_ = must(Process::start(std::move(options)));
        open_ = must(Process::start(as_victim({"sleep", "600"})));
        if (!eventually(
                [&] { return chela_->err().find("\"ready\"") != std::string::npos; }, kLimit))
            throw std::runtime_error{"chela does not serve: " + chela_->err()};
    }
    [[nodiscard]] pid_t chela_pid() const { return chela_->pid(); }
    [[nodiscard]] pid_t open_pid() const { return open_->pid(); }
    [[nodiscard]] uid_t uid() const { return is_root() ? kNobody : ::geteuid(); }
    [[nodiscard]] std::string state() const { return (home() / "state").string(); }

private:
    static constexpr std::chrono::seconds kLimit{60};
    [[nodiscard]] fs::path home() const { return temp_.path() / "home"; }
    [[nodiscard]] std::string chela() const { return (temp_.path() / "chela").string(); }
    [[nodiscard]] ProcessOptions as_victim(std::vector<std::string> argv) const {
        ProcessOptions options;
        if (is_root()) {
            const auto id = std::to_string(kNobody);
            // A change of user clears the death signal that Process has set.
            options.argv = {"setpriv",        "--reuid",     id,     "--regid", id,
                            "--clear-groups", "--pdeathsig", "KILL", "--"};
        }
        options.argv.insert(options.argv.end(), argv.begin(), argv.end());
        options.dir = home();
        return options;
    }

    TempDir temp_;
    std::unique_ptr<Process> chela_;
    std::unique_ptr<Process> open_;
};

/// @return 0: it could be read, else errno
int read_error(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return errno;
    std::array<char, 64> bytes{};
    const ssize_t count = ::read(file, bytes.data(), bytes.size());
    return count < 0 ? errno : 0;
}

int list_error(const std::string& path) {
    const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return errno;
    std::array<char, 1'024> entries{};
    return ::syscall(SYS_getdents64, folder, entries.data(), entries.size()) < 0 ? errno : 0;
}

TEST(a15, proc_leaks_nothing_to_the_same_user) {
    const Victims victims;
    const auto look = [&](pid_t pid, const char* what) {
        return as_user(
            victims.uid(), [&] { return read_error(fmt::format("/proc/{}/{}", pid, what)); });
    };
    // `mem` opens by the same right as the others; its first page is mapped nowhere.
    for (const char* what : {"environ", "maps", "smaps", "auxv", "stack", "syscall", "io"})
        EXPECT_NE(look(victims.chela_pid(), what), 0) << what;
    for (const char* what : {"environ", "maps", "auxv"})
        EXPECT_EQ(look(victims.open_pid(), what), 0) << what << ": the attack itself works";
    const auto opens = [&](pid_t pid) {
        return as_user(victims.uid(), [&] {
            return ::open(fmt::format("/proc/{}/mem", pid).c_str(), O_RDONLY) < 0 ? errno : 0;
        });
    };
    EXPECT_EQ(opens(victims.chela_pid()), EACCES);
    EXPECT_EQ(opens(victims.open_pid()), 0);
    const auto list = [&](pid_t pid, const char* what) {
        return as_user(
            victims.uid(), [&] { return list_error(fmt::format("/proc/{}/{}", pid, what)); });
    };
    EXPECT_EQ(list(victims.chela_pid(), "fd"), EACCES);
    EXPECT_EQ(list(victims.open_pid(), "fd"), 0);
    const auto enter = [&](const char* what) {
        return as_user(victims.uid(), [&] {
            std::array<char, 256> link{};
            const auto path = fmt::format("/proc/{}/{}", victims.chela_pid(), what);
            return ::readlink(path.c_str(), link.data(), link.size()) < 0 ? errno : 0;
        });
    };
    for (const char* what : {"cwd", "root", "exe"})
        EXPECT_EQ(enter(what), EACCES) << what;
}

TEST(a15, proc_shows_no_secret_in_arguments_and_no_core_to_come) {
    const Victims victims;
    const auto proc = [&](const char* what) {
        return read_file(fmt::format("/proc/{}/{}", victims.chela_pid(), what));
    };
    const std::string pin = read_file(victims.state() + "/token.pin");
    ASSERT_FALSE(proc("cmdline").empty());
    EXPECT_EQ(proc("cmdline").find(pin), std::string::npos);
    const std::string limits = proc("limits");
    const auto core = limits.find("Max core file size");
    ASSERT_NE(core, std::string::npos);
    const std::string line = limits.substr(core, limits.find('\n', core) - core);
    EXPECT_NE(line.find(" 0 "), std::string::npos) << line;
    EXPECT_EQ(line.find("unlimited"), std::string::npos) << line;
    EXPECT_NE(proc("status").find("Umask:\t0077"), std::string::npos);
    struct stat info{};
    for (const char* name : {"chela.db", "token.pin", "jwt-ed25519.pem", "chela.yaml"}) {
        ASSERT_EQ(::stat((victims.state() + "/" + name).c_str(), &info), 0) << name;
        EXPECT_EQ(info.st_mode & 077U, 0U) << name;
    }
}

/// @return 0: attached, else errno
int attach_error(pid_t pid) {
    if (::ptrace(PTRACE_ATTACH, pid, nullptr, nullptr) != 0) return errno;
    ::waitpid(pid, nullptr, 0);
    ::ptrace(PTRACE_DETACH, pid, nullptr, nullptr);
    return 0;
}

int seize_error(pid_t pid) {
    return ::ptrace(PTRACE_SEIZE, pid, nullptr, nullptr) != 0 ? errno : 0;
}

int peek_error(pid_t pid) {
    std::array<char, 16> bytes{};
    const iovec here{bytes.data(), bytes.size()};
    const iovec there{reinterpret_cast<void*>(0x400000), bytes.size()};
    return ::process_vm_readv(pid, &here, 1, &there, 1, 0) < 0 ? errno : 0;
}

int steal_error(pid_t pid) {
    const int handle = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    if (handle < 0) return errno;
    return ::syscall(SYS_pidfd_getfd, handle, 0, 0) < 0 ? errno : 0;
}

TEST(a16, ptrace_by_the_same_user_is_refused) {
    const Victims victims;
    const auto as_attacker = [&](int (*attack)(pid_t), pid_t pid) {
        return as_user(victims.uid(), [&] { return attack(pid); });
    };
    EXPECT_EQ(as_attacker(attach_error, victims.chela_pid()), EPERM);
    EXPECT_EQ(as_attacker(seize_error, victims.chela_pid()), EPERM);
    EXPECT_EQ(as_attacker(peek_error, victims.chela_pid()), EPERM);
    EXPECT_EQ(as_attacker(steal_error, victims.chela_pid()), EPERM);
    // On a process that hides nothing the right is there: only the address is not.
    const int control = as_attacker(peek_error, victims.open_pid());
    EXPECT_TRUE(control == 0 || control == EFAULT || control == EPERM) << control;
    EXPECT_NE(
        read_file(fmt::format("/proc/{}/status", victims.chela_pid())).find("TracerPid:\t0"),
        std::string::npos);
}

}  // namespace
}  // namespace chela::test::security
