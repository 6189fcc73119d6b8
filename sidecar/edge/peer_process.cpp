#include "sidecar/edge/peer_process.hpp"

#include <charconv>
#include <fstream>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace chela::sidecar {

namespace {

// Linux 6.5; the headers of Debian 12 are older.
constexpr int kSoPeerPidfd = 77;

auto unverified(std::string_view what) {
    return fail(
        ErrorCode::denied, fmt::format("which program is calling cannot be verified: {}", what),
        "E_PEER_UNVERIFIED");
}

}  // namespace

std::shared_ptr<const PeerProcess> PeerProcess::of(int socket) {
    int descriptor = -1;
    socklen_t size = sizeof descriptor;
    if (::getsockopt(socket, SOL_SOCKET, kSoPeerPidfd, &descriptor, &size) != 0) return nullptr;
    return std::shared_ptr<const PeerProcess>{new PeerProcess{descriptor}};
}

PeerProcess::~PeerProcess() {
    ::close(descriptor_);
}

std::optional<pid_t> PeerProcess::number() const {
    std::ifstream facts{fmt::format("/proc/self/fdinfo/{}", descriptor_)};
    constexpr std::string_view kKey = "Pid:\t";
    for (std::string line; std::getline(facts, line);) {
        if (!line.starts_with(kKey)) continue;
        pid_t number = 0;
        const char* const end = line.data() + line.size();
        const auto [stop, error] = std::from_chars(line.data() + kKey.size(), end, number);
        // -1: it has ended. 0: it lives where we cannot see it.
        if (error != std::errc{} || stop != end || number <= 0) return std::nullopt;
        return number;
    }
    return std::nullopt;
}

Status PeerProcess::runs(const std::filesystem::path& program) const {
    struct stat wanted{};
    if (::stat(program.c_str(), &wanted) != 0)
        return unverified(fmt::format("{} is not there", program.string()));
    const auto before = number();
    if (!before) return unverified("its process has ended or is in another pid namespace");
    struct stat running{};
    if (::stat(fmt::format("/proc/{}/exe", *before).c_str(), &running) != 0)
        return unverified(
            "its process has ended, or is not one that chela may look at (it must run as the same "
            "user as chela, or chela as root)");
    // The number could have gone to another process while we looked, never while this one lives.
    if (number() != before) return unverified("its process has ended");
    if (running.st_dev == wanted.st_dev && running.st_ino == wanted.st_ino) return {};
    return fail(
        ErrorCode::denied, fmt::format("the caller's program is not {}", program.string()),
        "E_PEER_PROGRAM");
}

}  // namespace chela::sidecar
