#include "sidecar/config/sections.hpp"

#include <fmt/format.h>

namespace chela::sidecar::config {
namespace {

using namespace std::chrono_literals;

constexpr Limits<std::chrono::milliseconds> kWatchLimits{100ms, 10s};

std::filesystem::path required_path(
    const Section& section,
    std::string_view key,
    const std::filesystem::path& dir,
    std::string_view example) {
    if (!section.has(key))
        section.problem(key, fmt::format("is required, for example {}", example));
    return section.path(key, dir).value_or(std::filesystem::path{});
}

/// The issuer is who says which keys are good: nobody between may.
void check_https(const Section& section, std::string_view key, std::string_view url) {
    if (!url.starts_with("https://"))
        section.problem(key, fmt::format("expected an https:// URL, found \"{}\"", url));
}

}  // namespace

std::optional<TlsSection> read_tls(const Section& server, const std::filesystem::path& dir) {
    if (!server.has("tls")) return std::nullopt;
    const auto section = server.section("tls");
    TlsSection tls;
    tls.certificate_file = required_path(section, "certificate_file", dir, "tls/tls.crt");
    tls.key_file = required_path(section, "key_file", dir, "tls/tls.key");
    tls.client_ca_file = section.path("client_ca_file", dir);
    tls.require_client_certificate =
        section.flag("require_client_certificate", tls.require_client_certificate);
    if (section.has("require_client_certificate") && !tls.client_ca_file)
        section.problem(
            "require_client_certificate",
            "says nothing without a client_ca_file, whose certificates clients are verified by");
    tls.watch_interval = section.duration("watch_interval", tls.watch_interval, kWatchLimits);
    return tls;
}

std::optional<ServiceAccountsSection> read_service_accounts(
    const Section& server, const std::filesystem::path& dir) {
    if (!server.has("service_accounts")) return std::nullopt;
    const auto section = server.section("service_accounts");
    ServiceAccountsSection accounts;
    accounts.issuer =
        section.required_text("issuer", "https://kubernetes.default.svc.cluster.local");
    accounts.audience = section.required_text("audience", "chela");
    accounts.jwks_file = section.path("jwks_file", dir);
    accounts.jwks_url = section.text("jwks_url", {});
    accounts.ca_file = section.path("ca_file", dir);
    accounts.token_file = section.path("token_file", dir);
    check_https(section, "issuer", accounts.issuer);
    if (!accounts.jwks_url.empty()) check_https(section, "jwks_url", accounts.jwks_url);
    if (accounts.jwks_file && !accounts.jwks_url.empty())
        section.problem("jwks_url", "and jwks_file are two places for the keys; name one");
    if (accounts.jwks_file && (accounts.ca_file || accounts.token_file))
        section.problem(
            "jwks_file", "is all that is needed; ca_file and token_file are for fetching keys");
    return accounts;
}

}  // namespace chela::sidecar::config
