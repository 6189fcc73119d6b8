#include "sidecar/http/listen.hpp"

#include <charconv>

#include <boost/asio/ip/v6_only.hpp>
#include <fmt/format.h>

namespace chela::sidecar::http {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::string_view kExample = "Write it like 127.0.0.1:8787 or [::1]:8787.";

auto refuse(std::string_view address) {
    return fail(
        ErrorCode::invalid_input,
        fmt::format("{} is not an address to listen on. {}", address, kExample));
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return port;
}

}  // namespace

Result<tcp::endpoint> parse_address(std::string_view address, Reach reach) {
    const std::size_t colon = address.rfind(':');
    if (colon == std::string_view::npos) return refuse(address);
    const auto port = parse_port(address.substr(colon + 1));
    if (!port) return refuse(address);

    std::string_view host = address.substr(0, colon);
    const bool is_bracketed = host.starts_with('[') && host.ends_with(']');
    if (is_bracketed) host = host.substr(1, host.size() - 2);
    boost::system::error_code code;
    const auto ip = asio::ip::make_address(std::string{host}, code);
    // A zone ("::1%lo") has no use on loopback or on every address.
    if (code || ip.is_v6() != is_bracketed || host.find('%') != std::string_view::npos) {
        return refuse(address);
    }
    if (!ip.is_loopback() && reach == Reach::loopback) {
        return fail(
            ErrorCode::denied,
            fmt::format(
                "{} is not a loopback address, and others than this machine could call. If that "
                "is what you want, set server.unsafe_listen: true and server.tls with a "
                "client_ca_file (README, \"Let it listen elsewhere\").",
                address),
            "E_LISTEN_NOT_LOOPBACK");
    }
    return tcp::endpoint{ip, *port};
}

Result<tcp::acceptor> open_tcp(asio::io_context& context, const tcp::endpoint& endpoint) {
    tcp::acceptor acceptor{context};
    boost::system::error_code code;
    acceptor.open(endpoint.protocol(), code);
    if (!code) acceptor.set_option(tcp::acceptor::reuse_address{true}, code);
    if (!code && endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only{true}, code);
    if (!code) acceptor.bind(endpoint, code);
    if (!code) acceptor.listen(asio::socket_base::max_listen_connections, code);
    if (code) {
        return fail(
            ErrorCode::unavailable,
            fmt::format(
                "cannot listen on {}:{}: {}", endpoint.address().to_string(), endpoint.port(),
                code.message()));
    }
    return acceptor;
}

}  // namespace chela::sidecar::http
