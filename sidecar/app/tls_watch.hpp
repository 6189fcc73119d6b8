#pragma once

#include "sidecar/app/resting_files.hpp"
#include "sidecar/config/config.hpp"
#include "sidecar/edge/blocking.hpp"
#include "sidecar/edge/clock.hpp"
#include "sidecar/http/tls.hpp"
#include "sidecar/telemetry/metrics.hpp"

#include <functional>
#include <memory>
#include <optional>

#include <boost/asio/any_io_executor.hpp>

namespace chela::sidecar::app {

/// As the listener reads them.
[[nodiscard]] http::TlsFiles tls_files(const config::TlsSection& section);

/// What a TlsWatch works with; outlives it.
struct TlsWatchParts {
    const Clock& clock;
    std::shared_ptr<telemetry::Metrics> metrics;
    std::function<void(http::ServerTls)> use;  ///< for new connections
};

/// Looks at the files of server.tls every watch_interval and has new connections use what changed:
/// certificate, key and client CA together, once two looks in a row found them the same. What is
/// refused leaves what was used before, is logged ("tls_reload_refused") and counted, once for each
/// state of the files. Links are followed: a Kubernetes volume that swaps its ..data is a change.
/// Threads: the io_context's one.
class TlsWatch {
public:
    TlsWatch(boost::asio::any_io_executor executor, TlsWatchParts parts);

    /// Files that were read and hold; empty: there is no TLS.
    struct Prepared {
        std::optional<config::TlsSection> section;
        FileStamps stamps;
        std::optional<http::ServerTls> tls;
    };
    /// Reads them all. @return as http::make_server_tls; invalid_input E_TLS_RESTART: TLS would be
    /// turned on or off, which takes a restart
    [[nodiscard]] Result<Prepared> prepare(const std::optional<config::TlsSection>& section) const;
    /// Used from now on, and watched.
    void adopt(Prepared prepared);

    /// Runs until stop().
    void start();
    [[nodiscard]] boost::asio::awaitable<void> stop();

private:
    static boost::asio::awaitable<void> run(TlsWatch* self);
    void look();

    boost::asio::any_io_executor executor_;
    TlsWatchParts parts_;
    std::optional<config::TlsSection> section_;
    bool is_adopted_ = false;
    boost::asio::steady_timer alarm_;
    RestingFiles files_;
    bool stopping_ = false;
    bool is_running_ = false;
};

}  // namespace chela::sidecar::app
