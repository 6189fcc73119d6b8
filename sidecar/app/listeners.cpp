#include "sidecar/app/listeners.hpp"

#include "sidecar/app/opened.hpp"
#include "sidecar/app/state_directory.hpp"
#include "sidecar/telemetry/log.hpp"

#include <system_error>

#include <fmt/format.h>

namespace chela::sidecar::app {

namespace fs = std::filesystem;

namespace {

Status write_port_file(const fs::path& file, std::uint16_t port) {
    std::error_code ignored;
    const fs::path fresh =
        file.string() + ".new";  // whoever waits for the file must find a whole number in it
    fs::remove(fresh, ignored);
    if (auto ok = write_new_file(fresh, std::to_string(port) + "\n", 0644); !ok) return ok;
    std::error_code error;
    fs::rename(fresh, file, error);
    if (!error) return {};
    return fail(
        ErrorCode::unavailable, "cannot write " + file.string() + ": " + error.message(), "E_FILE");
}

/// In a volume where anybody may write, a folder of chela's own is where nobody can put another
/// socket in the place of this one. Only the last folder of the path is made; what else is wrong
/// with it the server says.
void make_folder(const fs::path& socket) {
    std::error_code ignored;
    const auto folder = fs::absolute(socket).lexically_normal().parent_path();
    if (!fs::create_directory(folder, ignored)) return;
    fs::permissions(folder, fs::perms{0755}, ignored);
}

/// What a caller from elsewhere is known by.
std::string_view known_by(const config::ServerConfig& settings) {
    if (!settings.tls)
        return "JWTs and service-account tokens alone; anybody between can read them";
    if (!settings.tls->client_ca_file) return "API keys, JWTs and service-account tokens";
    return settings.tls->require_client_certificate
               ? "a client certificate in any case"
               : "client certificates, API keys, JWTs and service-account tokens";
}

void log_listening(
    const std::string& address, std::uint16_t port, const config::ServerConfig& settings) {
    const auto endpoint = http::parse_address(address, http::Reach::anywhere);
    log::event(
        log::Level::info, "listening",
        {{"tcp", address}, {"port", port}, {"tls", settings.tls.has_value()}});
    if (!endpoint || endpoint->address().is_loopback()) return;
    log::event(
        log::Level::warn, "listening_elsewhere",
        {{"tcp", address}, {"callers_are_known_by", known_by(settings)}});
}

}  // namespace

Status check_reach(const std::string& address, const config::ServerConfig& settings) {
    const auto reach = settings.unsafe_listen ? http::Reach::anywhere : http::Reach::loopback;
    const auto endpoint = http::parse_address(address, reach);
    if (!endpoint) return fail(endpoint.error().code, endpoint.error().detail, kConfigReason);
    if (endpoint->address().is_loopback() || !settings.allowed_hosts.empty()) return {};
    return fail(
        ErrorCode::invalid_input,
        fmt::format(
            "on {} every request would be refused: set server.allowed_hosts to the host names or "
            "addresses by which clients call this server",
            address),
        kConfigReason);
}

Status listen(
    http::Server& server, const config::ServerConfig& settings, const ServeOptions& options) {
    const std::string address = options.listen.value_or(settings.listen);
    const auto socket = options.unix_socket ? options.unix_socket : settings.unix_socket;
    const auto port_file = options.port_file ? options.port_file : settings.port_file;
    if (address.empty() && !socket) {
        return fail(
            ErrorCode::invalid_input,
            "nothing to listen on: set server.listen or server.unix_socket", "E_NO_LISTENER");
    }
    // Before anything is listened on.
    if (!address.empty())
        if (auto ok = check_reach(address, settings); !ok) return ok;
    if (socket) {
        make_folder(*socket);
        if (auto ok = server.listen_unix(*socket, settings.unix_socket_mode); !ok) return ok;
        log::event(log::Level::info, "listening", {{"unix_socket_path", socket->string()}});
    }
    if (address.empty()) return {};
    const auto port = server.listen_tcp(
        address, {.reach = settings.unsafe_listen ? http::Reach::anywhere : http::Reach::loopback,
                  .encryption = settings.tls ? http::Encryption::tls : http::Encryption::none});
    if (!port) return std::unexpected{port.error()};
    log_listening(address, *port, settings);
    return port_file ? write_port_file(*port_file, *port) : Status{};
}

Status listen_admin(http::Server& server, const config::ServerConfig& settings) {
    const auto& socket = settings.admin_socket;
    if (!socket) return {};
    constexpr unsigned kOwnerAlone = 0600;
    if (auto ok = server.listen_unix(*socket, kOwnerAlone); !ok) {
        auto error = ok.error();
        error.detail = "server.admin_socket: " + error.detail;
        return std::unexpected{std::move(error)};
    }
    log::event(log::Level::info, "listening", {{"admin_socket", socket->string()}});
    return {};
}

Status listen_health(http::Server& server, const config::HealthConfig& settings) {
    if (settings.listen.empty()) return {};
    const auto port = server.listen_tcp(settings.listen, {.reach = http::Reach::anywhere});
    if (!port) return std::unexpected{port.error()};
    log::event(log::Level::info, "listening", {{"health", settings.listen}, {"port", *port}});
    return {};
}

}  // namespace chela::sidecar::app
