#pragma once

#include "tests/e2e/support/sidecar.hpp"
#include "tests/soak/door.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace chela::test::soak {

/// The sidecar's process, with all that its lives have logged in one file.
/// Threads: one, since the kernel kills a child when the thread that started it ends.
class Server {
public:
    Server(Sidecar& sidecar, Door& door, std::filesystem::path log)
        : sidecar_{sidecar},
          door_{door},
          log_{std::move(log)} {}

    /// Returns when it serves. Throws: it does not start.
    void start();
    /// SIGKILL, whatever it does. Throws: it had ended by itself.
    void kill();
    /// SIGTERM. Throws: it did not end well.
    void stop();
    /// Throws: it has ended by itself.
    void expect_alive();

    [[nodiscard]] pid_t pid() const { return sidecar_.process().pid(); }
    [[nodiscard]] unsigned starts() const { return starts_; }
    /// Starts that found intents of an earlier life which held a nonce.
    [[nodiscard]] unsigned recoveries() const { return recoveries_; }

private:
    void keep_log();

    Sidecar& sidecar_;
    Door& door_;
    std::filesystem::path log_;
    unsigned starts_ = 0;
    unsigned recoveries_ = 0;
};

}  // namespace chela::test::soak
