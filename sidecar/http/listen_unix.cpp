#include "sidecar/edge/entropy.hpp"
#include "sidecar/http/listen.hpp"

#include <cerrno>
#include <optional>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <fmt/format.h>

namespace chela::sidecar::http {

namespace asio = boost::asio;
using asio::local::stream_protocol;

namespace {

std::string error_text() {
    return boost::system::error_code{errno, boost::system::system_category()}.message();
}

auto unavailable(const std::filesystem::path& path, std::string_view act) {
    return fail(
        ErrorCode::unavailable, fmt::format("cannot {} {}: {}", act, path.string(), error_text()));
}

Status check_folder(const std::filesystem::path& folder) {
    struct stat info{};
    if (::stat(folder.c_str(), &info) != 0) return unavailable(folder, "look at the folder");
    // In such a folder anybody could put a socket of theirs in the place of ours.
    if ((info.st_mode & S_IWOTH) != 0 && (info.st_mode & S_ISVTX) == 0) {
        return fail(
            ErrorCode::denied,
            fmt::format(
                "{} is writable by everybody; run chmod o-w {}", folder.string(), folder.string()),
            "E_SOCKET_FOLDER");
    }
    return {};
}

/// May the name be taken: nothing is there, or a socket of ours that nobody listens on?
Status check_name(asio::io_context& context, const std::filesystem::path& path) {
    struct stat info{};
    if (::lstat(path.c_str(), &info) != 0) {
        if (errno == ENOENT) return {};
        return unavailable(path, "look at");
    }
    if (!S_ISSOCK(info.st_mode) || info.st_uid != ::geteuid()) {
        return fail(
            ErrorCode::conflict,
            fmt::format("{} is there and is not a socket of ours; it stays", path.string()),
            "E_SOCKET_PATH");
    }
    stream_protocol::socket probe{context};
    boost::system::error_code code;
    probe.connect(stream_protocol::endpoint{path.string()}, code);
    if (code == asio::error::connection_refused) return {};
    return fail(
        ErrorCode::unavailable,
        fmt::format(
            "{} is in use{}", path.string(),
            code ? ": " + code.message() : std::string{" by a running server"}));
}

Result<stream_protocol::acceptor> bind_at(
    asio::io_context& context, const std::filesystem::path& path) {
    stream_protocol::acceptor acceptor{context};
    boost::system::error_code code;
    acceptor.open(stream_protocol{}, code);
    // Linux gives the new name the mode of the unbound socket: closed until it is in place.
    if (!code && ::fchmod(acceptor.native_handle(), 0600) != 0) return unavailable(path, "chmod");
    if (!code) acceptor.bind(stream_protocol::endpoint{path.string()}, code);
    if (!code) acceptor.listen(asio::socket_base::max_listen_connections, code);
    if (code) {
        return fail(
            ErrorCode::unavailable,
            fmt::format("cannot listen on {}: {}", path.string(), code.message()));
    }
    return acceptor;
}

Result<BoundSocket> move_into_place(
    const std::filesystem::path& from, const std::filesystem::path& to, unsigned mode) {
    struct stat info{};
    if (::chmod(from.c_str(), mode) != 0) return unavailable(from, "chmod");
    if (::lstat(from.c_str(), &info) != 0) return unavailable(from, "look at");
    if (::rename(from.c_str(), to.c_str()) != 0) return unavailable(to, "take the name");
    return BoundSocket{.path = to, .device = info.st_dev, .inode = info.st_ino};
}

}  // namespace

Result<UnixListener> open_unix(
    asio::io_context& context, const std::filesystem::path& path, unsigned mode) {
    if ((mode & ~0777U) != 0) {
        return fail(ErrorCode::invalid_input, "a socket's mode is three octal digits");
    }
    const std::filesystem::path full = std::filesystem::absolute(path).lexically_normal();
    const std::filesystem::path folder = full.parent_path();
    const std::filesystem::path temporary = folder / ("." + random_uuid().substr(0, 8));
    const std::size_t longest = std::max(full.native().size(), temporary.native().size());
    if (longest >= sizeof(sockaddr_un::sun_path) || !full.has_filename()) {
        return fail(
            ErrorCode::invalid_input,
            fmt::format(
                "{} has {} bytes, and a socket's path has 107 at most: give it a shorter one in "
                "chela.yaml (server.unix_socket, server.admin_socket), or move the state directory",
                full.string(), full.native().size()),
            "E_SOCKET_PATH");
    }
    if (auto ok = check_folder(folder); !ok) return std::unexpected{ok.error()};
    if (auto ok = check_name(context, full); !ok) return std::unexpected{ok.error()};

    auto acceptor = bind_at(context, temporary);
    auto bound = acceptor ? move_into_place(temporary, full, mode)
                          : Result<BoundSocket>{std::unexpected{acceptor.error()}};
    if (!bound) {
        ::unlink(temporary.c_str());
        return std::unexpected{bound.error()};
    }
    return UnixListener{std::move(*acceptor), std::move(*bound)};
}

void unlink_bound(const BoundSocket& bound) {
    struct stat info{};
    if (::lstat(bound.path.c_str(), &info) != 0) return;
    if (info.st_dev == bound.device && info.st_ino == bound.inode) ::unlink(bound.path.c_str());
}

}  // namespace chela::sidecar::http
