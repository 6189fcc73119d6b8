#include "sidecar/app/diagnose_listeners.hpp"

#include "chains/base/rfc3339.hpp"
#include "sidecar/app/issuer.hpp"
#include "sidecar/app/tls_watch.hpp"
#include "sidecar/edge/clock.hpp"
#include "sidecar/edge/run_to_end.hpp"

#include <chrono>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

namespace chela::sidecar::app {

namespace {

Finding check_tls(const config::TlsSection& section) {
    const auto tls = http::make_server_tls(tls_files(section), SystemClock{}.now());
    if (!tls) return {"tls", false, tls.error().detail};
    return {"tls", true, "the certificate holds until " + to_rfc3339(tls->valid_until)};
}

Finding check_issuer(const config::ServiceAccountsSection& section) {
    constexpr std::chrono::seconds kLimit{10};
    boost::asio::io_context context;
    const auto keys =
        run_to_end(context, count_keys(section, std::chrono::steady_clock::now() + kLimit));
    if (!keys) return {"issuer", false, keys.error().detail};
    return {
        "issuer", true,
        fmt::format("{} publishes {} key{}", section.issuer, *keys, *keys == 1 ? "" : "s")};
}

}  // namespace

void add_listener_findings(std::vector<Finding>& out, const config::ServerConfig& server) {
    if (server.tls) out.push_back(check_tls(*server.tls));
    if (server.service_accounts) out.push_back(check_issuer(*server.service_accounts));
}

}  // namespace chela::sidecar::app
