#pragma once

#include "chains/base/result.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <sys/types.h>

namespace chela::sidecar {

/// The process that connected a unix socket, pinned by the kernel at the moment it connected: a
/// later process with the same number is never taken for it.
class PeerProcess {
public:
    /// @param socket  connected @return null: this kernel does not tell (it must be Linux 6.5 or
    /// newer), or the process is gone
    [[nodiscard]] static std::shared_ptr<const PeerProcess> of(int socket);
    PeerProcess(const PeerProcess&) = delete;
    PeerProcess& operator=(const PeerProcess&) = delete;
    ~PeerProcess();

    /// Is the program that it runs now this very file? The file counts, not its name: a copy, or
    /// one that has been replaced since the process began, is another.
    ///
    /// What this does not show: who else has the connection (it may have been handed on), and what
    /// the program was told to do; its own user can steer it.
    /// @return denied E_PEER_PROGRAM: another program; denied E_PEER_UNVERIFIED: it has ended,
    /// belongs to a user whose processes we may not look at, or the file is not there
    [[nodiscard]] Status runs(const std::filesystem::path& program) const;

private:
    explicit PeerProcess(int descriptor) : descriptor_{descriptor} {}
    /// In our own numbering, while it lives.
    [[nodiscard]] std::optional<pid_t> number() const;

    int descriptor_;
};

}  // namespace chela::sidecar
