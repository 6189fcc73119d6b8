#include "sidecar/node/stream.hpp"

#include <utility>

#include <boost/asio.hpp>
#include <fmt/format.h>

namespace chela::sidecar::node {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using Code = boost::system::error_code;

std::unexpected<Error> not_connected(const Endpoint& endpoint, std::string_view why) {
    return fail(
        ErrorCode::unavailable, fmt::format("could not connect to {}: {}", endpoint.origin, why),
        "E_NODE_UNAVAILABLE");
}

/// Demands a certificate for the endpoint's host, and asks the server for it by name.
bool pin_host(TlsStream& stream, const Endpoint& endpoint) {
    SSL* const ssl = stream.native_handle();
    X509_VERIFY_PARAM* const parameters = SSL_get0_param(ssl);
    if (endpoint.host_kind == HostKind::address) {
        return X509_VERIFY_PARAM_set1_ip_asc(parameters, endpoint.host.c_str()) == 1;
    }
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_host(parameters, endpoint.host.data(), endpoint.host.size()) ==
               1 &&
           SSL_set_tlsext_host_name(ssl, endpoint.host.c_str()) == 1;
}

std::string handshake_problem(TlsStream& stream, Code code) {
    if (code == beast::error::timeout) return "no TLS handshake in time";
    const auto verified = SSL_get_verify_result(stream.native_handle());
    if (verified == X509_V_OK) return "TLS handshake failed: " + code.message();
    return fmt::format(
        "the certificate verification failed: {}", X509_verify_cert_error_string(verified));
}

}  // namespace

asio::awaitable<Result<PlainStream>> open_plain(
    asio::any_io_executor executor,
    std::vector<tcp::endpoint> addresses,
    std::shared_ptr<const Endpoint> endpoint,
    Deadline deadline) {
    PlainStream plain{executor};
    plain.expires_at(deadline);
    const auto [code, used] =
        co_await plain.async_connect(addresses, asio::as_tuple(asio::use_awaitable));
    if (code == beast::error::timeout) co_return not_connected(*endpoint, "no connection in time");
    if (code) co_return not_connected(*endpoint, code.message());
    Code ignored;  // a small request may then wait for an acknowledgement, nothing worse
    plain.socket().set_option(tcp::no_delay{true}, ignored);
    co_return std::move(plain);
}

asio::awaitable<Result<TlsStream>> open_tls(
    PlainStream plain,
    std::shared_ptr<asio::ssl::context> tls,
    std::shared_ptr<const Endpoint> endpoint,
    Deadline deadline) {
    TlsStream stream{std::move(plain), *tls};
    Code code;
    stream.set_verify_mode(asio::ssl::verify_peer, code);
    if (code || !pin_host(stream, *endpoint)) {
        co_return not_connected(*endpoint, "TLS could not be set up for this host");
    }
    beast::get_lowest_layer(stream).expires_at(deadline);
    const auto [shaken] = co_await stream.async_handshake(
        asio::ssl::stream_base::client, asio::as_tuple(asio::use_awaitable));
    if (shaken) co_return not_connected(*endpoint, handshake_problem(stream, shaken));
    co_return std::move(stream);
}

}  // namespace chela::sidecar::node
