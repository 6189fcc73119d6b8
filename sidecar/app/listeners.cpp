#include "sidecar/app/listeners.hpp"

#include "sidecar/app/state_directory.hpp"
#include "sidecar/telemetry/log.hpp"

#include <system_error>

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

}  // namespace

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
    if (socket) {
        make_folder(*socket);
        if (auto ok = server.listen_unix(*socket, settings.unix_socket_mode); !ok) return ok;
        log::event(log::Level::info, "listening", {{"unix_socket_path", socket->string()}});
    }
    if (address.empty()) return {};
    const auto port = server.listen_tcp(address);
    if (!port) return std::unexpected{port.error()};
    log::event(log::Level::info, "listening", {{"tcp", address}, {"port", *port}});
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
    const auto port = server.listen_anywhere(settings.listen);
    if (!port) return std::unexpected{port.error()};
    log::event(log::Level::info, "listening", {{"health", settings.listen}, {"port", *port}});
    return {};
}

}  // namespace chela::sidecar::app
