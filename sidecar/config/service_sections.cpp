#include "sidecar/config/sections.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace chela::sidecar::config {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr Limits<milliseconds> kRequestLimits{100ms, 1h};
constexpr Limits<milliseconds> kDrainLimits{0ms, 1h};
// A credential that outlives a day is a password.
constexpr Limits<milliseconds> kTokenTtlLimits{1s, 24h};
constexpr Limits<std::uint64_t> kBodyLimits{1024, std::uint64_t{64} * 1024 * 1024};
constexpr Limits<std::uint64_t> kSessionLimits{1, 1024};
constexpr Limits<std::uint64_t> kConnectionLimits{1, 65'536};
constexpr std::array<std::string_view, 4> kLevels{"debug", "info", "warn", "error"};

/// "0660" or YAML's "0o660": an octal number that looks like one, since 660 alone could be meant
/// either way.
std::optional<unsigned> parse_mode(std::string_view text) {
    if (text.starts_with("0o"))
        text.remove_prefix(2);
    else if (text.starts_with('0'))
        text.remove_prefix(1);
    else
        return std::nullopt;
    if (text.size() != 3) return std::nullopt;
    unsigned mode = 0;
    for (const char c : text) {
        if (c < '0' || c > '7') return std::nullopt;
        mode = mode * 8 + static_cast<unsigned>(c - '0');
    }
    return mode;
}

/// On unless it is said that it shall not be.
std::optional<std::filesystem::path> read_admin_socket(
    const Section& section, const std::filesystem::path& dir) {
    if (!section.has("admin_socket")) return dir / "admin.sock";
    if (section.text("admin_socket", {}) == "off") return std::nullopt;
    return section.path("admin_socket", dir);
}

std::optional<Rate> read_rate(
    const Section& section, std::string_view key, std::optional<Rate> fallback) {
    if (!section.has(key)) return fallback;
    auto rate = parse_rate(section.text(key, {}));
    if (rate) return *rate;
    section.problem(key, rate.error().detail);
    return fallback;
}

RateLimits read_rate_limits(const Section& section) {
    const RateLimits usual;
    return {
        .requests = read_rate(section, "requests", usual.requests),
        .signatures = read_rate(section, "signatures", usual.signatures),
        .auth_failures = read_rate(section, "auth_failures", usual.auth_failures)};
}

}  // namespace

bool is_listen_address(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    const auto host = text.substr(0, colon);
    const bool is_bracketed = host.starts_with('[') && host.ends_with(']');
    if (host.find(':') != std::string_view::npos && !is_bracketed) return false;
    const auto port = parse_number(text.substr(colon + 1));
    return port && *port <= 65'535;
}

ServerConfig read_server(const Section& section, const std::filesystem::path& dir) {
    ServerConfig server;
    server.listen = section.text("listen", server.listen);
    if (!server.listen.empty() && !is_listen_address(server.listen))
        section.problem(
            "listen", fmt::format(
                          "expected HOST:PORT such as 127.0.0.1:8787 or [::1]:8787, found \"{}\"",
                          server.listen));
    server.unix_socket = section.path("unix_socket", dir);
    if (server.listen.empty() && !server.unix_socket)
        section.problem(
            "listen", "is empty and there is no unix_socket; nothing would be listened on");
    if (section.has("unix_socket_mode")) {
        const auto mode = parse_mode(section.text("unix_socket_mode", {}));
        if (!mode)
            section.problem(
                "unix_socket_mode", "expected three octal digits after a 0, such as \"0660\"");
        server.unix_socket_mode = mode.value_or(0600);
    }
    for (auto& [where, host] : section.list("allowed_hosts")) {
        if (host.empty() || host.find_first_of(":/ ") != std::string::npos)
            section.problems().add(
                where,
                fmt::format(
                    "server.allowed_hosts: expected a host name without port, found \"{}\"", host));
        server.allowed_hosts.push_back(std::move(host));
    }
    server.unsafe_listen = section.flag("unsafe_listen", server.unsafe_listen);
    server.tls = read_tls(section, dir);
    server.service_accounts = read_service_accounts(section, dir);
    server.port_file = section.path("port_file", dir);
    server.admin_socket = read_admin_socket(section, dir);
    server.max_body_bytes = section.number("max_body_bytes", server.max_body_bytes, kBodyLimits);
    server.max_connections =
        section.number("max_connections", server.max_connections, kConnectionLimits);
    server.max_connections_per_peer = section.number(
        "max_connections_per_peer",
        std::min(server.max_connections_per_peer, server.max_connections), kConnectionLimits);
    server.rate_limits = read_rate_limits(section.section("rate_limits"));
    server.request_timeout =
        section.duration("request_timeout", server.request_timeout, kRequestLimits);
    server.drain_timeout = section.duration("drain_timeout", server.drain_timeout, kDrainLimits);
    return server;
}

HealthConfig read_health(const Section& section) {
    HealthConfig health;
    health.listen = section.text("listen", {});
    if (!health.listen.empty() && !is_listen_address(health.listen))
        section.problem(
            "listen", fmt::format(
                          "expected HOST:PORT such as 0.0.0.0:9809 or [::]:9809, found \"{}\"",
                          health.listen));
    for (const auto& [where, what] : section.list("require")) {
        if (what == "chains") {
            health.needs_chains = true;
        } else if (what == "credentials") {
            health.needs_credentials = true;
        } else {
            section.problems().add(
                where,
                fmt::format("health.require: expected chains or credentials, found \"{}\"", what));
        }
    }
    return health;
}

std::optional<TokenSection> read_token(const Section& top, const std::filesystem::path& dir) {
    // Without a keystore the token's own settings say best what is missing.
    if (!top.has("token") && top.has("keystore")) return std::nullopt;
    const auto section = top.section("token");
    TokenSection token;
    token.uri = section.required_text(
        "uri", "\"pkcs11:token=chela?module-path=/usr/lib/softhsm/libsofthsm2.so\"");
    const auto query = token.uri.find('?');
    const auto attributes = query == std::string::npos ? std::string{} : token.uri.substr(query);
    if (!token.uri.starts_with("pkcs11:"))
        section.problem("uri", "expected a PKCS#11 URI (RFC 7512), which begins with \"pkcs11:\"");
    else if (
        attributes.find("pin-value=") != std::string::npos ||
        attributes.find("pin-source=") != std::string::npos)
        section.problem(
            "uri",
            "a PIN in the URI is refused; put it into a file of mode 0600 and name that as "
            "pin_file");
    else if (attributes.find("module-path=") == std::string::npos)
        section.problem("uri", "the module is missing; add ?module-path=/path/to/module.so");
    if (!section.has("pin_file")) section.problem("pin_file", "is required, for example token.pin");
    token.pin_file = section.path("pin_file", dir).value_or(std::filesystem::path{});
    token.softhsm_conf = section.path("softhsm_conf", dir);
    token.sessions =
        static_cast<unsigned>(section.number("sessions", token.sessions, kSessionLimits));
    token.allow_extractable_keys =
        section.flag("allow_extractable_keys", token.allow_extractable_keys);
    return token;
}

std::optional<KeystoreSection> read_keystore(const Section& top, const std::filesystem::path& dir) {
    if (!top.has("keystore")) return std::nullopt;
    const auto section = top.section("keystore");
    for (const auto& [key, example] :
         {std::pair{"dir", "keystore"}, std::pair{"password_file", "keystore.password"}}) {
        if (!section.has(key))
            section.problem(key, fmt::format("is required, for example {}", example));
    }
    return KeystoreSection{
        section.path("dir", dir).value_or(std::filesystem::path{}),
        section.path("password_file", dir).value_or(std::filesystem::path{})};
}

IntentsConfig read_intents(const Section& section) {
    IntentsConfig intents;
    intents.require_simulation = section.flag("require_simulation", intents.require_simulation);
    const auto ttl =
        section.duration("default_token_ttl", intents.default_token_ttl, kTokenTtlLimits);
    if (ttl % 1s != 0ms) section.problem("default_token_ttl", "expected whole seconds");
    intents.default_token_ttl = std::chrono::duration_cast<std::chrono::seconds>(ttl);
    return intents;
}

WebhooksConfig read_webhooks(const Section& section) {
    return {.allow_private = section.flag("allow_private", WebhooksConfig{}.allow_private)};
}

RpcConfig read_rpc(const Section& section, const std::vector<ChainConfig>& chains) {
    RpcConfig rpc;
    rpc.default_chain = section.text("default_chain", rpc.default_chain);
    const bool is_known =
        std::ranges::find(chains, rpc.default_chain, &ChainConfig::name) != chains.end();
    if (section.has("default_chain") && !is_known)
        section.problem(
            "default_chain",
            fmt::format("expected a name below chains, found \"{}\"", rpc.default_chain));
    return rpc;
}

LogConfig read_log(const Section& section) {
    LogConfig log;
    log.level = section.text("level", log.level);
    if (std::ranges::find(kLevels, log.level) == kLevels.end())
        section.problem(
            "level",
            fmt::format("expected one of {}, found \"{}\"", fmt::join(kLevels, ", "), log.level));
    return log;
}

}  // namespace chela::sidecar::config
