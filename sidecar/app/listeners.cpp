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
        if (auto ok = server.listen_unix(*socket, settings.unix_socket_mode); !ok) return ok;
        log::event(log::Level::info, "listening", {{"unix_socket", socket->string()}});
    }
    if (address.empty()) return {};
    const auto port = server.listen_tcp(address);
    if (!port) return std::unexpected{port.error()};
    log::event(log::Level::info, "listening", {{"tcp", address}, {"port", *port}});
    return port_file ? write_port_file(*port_file, *port) : Status{};
}

}  // namespace chela::sidecar::app
