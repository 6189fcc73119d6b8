#include "sidecar/node/connection.hpp"

#include "sidecar/node/resolve.hpp"

#include <array>
#include <utility>

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

namespace chela::sidecar::node {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Code = boost::system::error_code;
using PlainStream = beast::tcp_stream;
using TlsStream = asio::ssl::stream<beast::tcp_stream>;
using Opened = Result<std::unique_ptr<Connection>>;

constexpr std::uint32_t kMaxHeaderBytes = 16 * 1024;
constexpr unsigned kHttp11 = 11;

std::unexpected<Error> not_connected(const Endpoint& endpoint, std::string_view why) {
    return fail(
        ErrorCode::unavailable, fmt::format("could not connect to {}: {}", endpoint.origin, why),
        "E_NODE_UNAVAILABLE");
}

std::unexpected<Error> unknown_effect(const Endpoint& endpoint, std::string_view what) {
    return fail(
        ErrorCode::timed_out, fmt::format("{} {}; the effect is unknown", endpoint.origin, what),
        "E_NODE_NO_ANSWER");
}

std::unexpected<Error> lost_while_sending(const Endpoint& endpoint, Code code) {
    if (code == beast::error::timeout)
        return unknown_effect(endpoint, "did not take the request in time");
    return unknown_effect(endpoint, "was lost while sending the request: " + code.message());
}

std::unexpected<Error> lost_while_reading(const Endpoint& endpoint, Code code) {
    if (code == beast::error::timeout) return unknown_effect(endpoint, "did not answer in time");
    if (code == http::error::end_of_stream || code == http::error::partial_message) {
        return unknown_effect(endpoint, "closed the connection before its answer was complete");
    }
    if (code == http::error::body_limit || code == http::error::header_limit) {
        return fail(
            ErrorCode::bad_response, endpoint.origin + " answered more than the size limit",
            "E_NODE_ANSWER");
    }
    if (code.category() == http::make_error_code(http::error::bad_version).category()) {
        return fail(
            ErrorCode::bad_response, endpoint.origin + " did not answer in HTTP: " + code.message(),
            "E_NODE_ANSWER");
    }
    return unknown_effect(endpoint, "was lost while reading the answer: " + code.message());
}

template <class Stream>
class StreamConnection final : public Connection {
public:
    StreamConnection(
        Stream stream, std::shared_ptr<const Endpoint> endpoint, std::size_t max_response_bytes)
        : stream_{std::move(stream)},
          endpoint_{std::move(endpoint)},
          max_response_bytes_{max_response_bytes} {}

    Stream& stream() { return stream_; }

    asio::awaitable<Result<HttpReply>> exchange(HttpPost post, Deadline deadline) override {
        const auto request = make_request(std::move(post));
        auto& socket = beast::get_lowest_layer(stream_);
        socket.expires_at(deadline);
        const auto [sent, bytes_sent] =
            co_await http::async_write(stream_, request, asio::as_tuple(asio::use_awaitable));
        if (sent) co_return lost_while_sending(*endpoint_, sent);

        http::response_parser<http::string_body> parser;
        parser.header_limit(kMaxHeaderBytes);
        parser.body_limit(max_response_bytes_);
        const auto [read, bytes_read] = co_await http::async_read(
            stream_, buffer_, parser, asio::as_tuple(asio::use_awaitable));
        if (read) co_return lost_while_reading(*endpoint_, read);
        socket.expires_never();
        auto response = parser.release();
        const auto retry_after = response[http::field::retry_after];
        co_return HttpReply{
            response.result_int(), std::move(response.body()),
            response.keep_alive() && buffer_.size() == 0,
            std::string{retry_after.data(), retry_after.size()}};
    }

    bool is_still_open() override {
        auto& socket = beast::get_lowest_layer(stream_).socket();
        Code code;
        std::array<char, 1> byte{};
        socket.non_blocking(true, code);
        if (code) return false;
        socket.receive(asio::buffer(byte), tcp::socket::message_peek, code);
        return code == asio::error::would_block;
    }

private:
    http::request<http::string_body> make_request(HttpPost post) const {
        http::request<http::string_body> request{http::verb::post, endpoint_->target, kHttp11};
        request.set(http::field::host, endpoint_->host_header);
        request.set(http::field::user_agent, "chela");
        request.set(http::field::content_type, "application/json");
        request.set(http::field::accept, "application/json");
        if (endpoint_->authorization)
            request.set(http::field::authorization, *endpoint_->authorization);
        for (const auto& [name, value] : post.headers)
            request.set(name, value);
        request.body() = std::move(post.body);
        request.prepare_payload();
        return request;
    }

    Stream stream_;
    std::shared_ptr<const Endpoint> endpoint_;
    std::size_t max_response_bytes_;
    beast::flat_buffer buffer_;
};

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

asio::awaitable<Opened> secure(
    PlainStream plain,
    std::shared_ptr<asio::ssl::context> tls,
    std::shared_ptr<const Endpoint> endpoint,
    std::size_t max_response_bytes,
    Deadline deadline) {
    auto connection = std::make_unique<StreamConnection<TlsStream>>(
        TlsStream{std::move(plain), *tls}, endpoint, max_response_bytes);
    TlsStream& stream = connection->stream();
    Code code;
    stream.set_verify_mode(asio::ssl::verify_peer, code);
    if (code || !pin_host(stream, *endpoint)) {
        co_return not_connected(*endpoint, "TLS could not be set up for this host");
    }
    beast::get_lowest_layer(stream).expires_at(deadline);
    const auto [shaken] = co_await stream.async_handshake(
        asio::ssl::stream_base::client, asio::as_tuple(asio::use_awaitable));
    if (shaken) co_return not_connected(*endpoint, handshake_problem(stream, shaken));
    co_return std::move(connection);
}

}  // namespace

asio::awaitable<Opened> connect(
    asio::any_io_executor executor,
    std::shared_ptr<asio::ssl::context> tls,
    std::shared_ptr<const Endpoint> endpoint,
    std::size_t max_response_bytes,
    Deadline deadline) {
    auto addresses = co_await resolve(executor, endpoint, deadline);
    if (!addresses) co_return std::unexpected{addresses.error()};
    co_return co_await connect_to(
        executor, std::move(*addresses), tls, endpoint, max_response_bytes, deadline);
}

asio::awaitable<Opened> connect_to(
    asio::any_io_executor executor,
    std::vector<tcp::endpoint> addresses,
    std::shared_ptr<asio::ssl::context> tls,
    std::shared_ptr<const Endpoint> endpoint,
    std::size_t max_response_bytes,
    Deadline deadline) {
    PlainStream plain{executor};
    plain.expires_at(deadline);
    const auto [code, used] =
        co_await plain.async_connect(addresses, asio::as_tuple(asio::use_awaitable));
    if (code == beast::error::timeout) co_return not_connected(*endpoint, "no connection in time");
    if (code) co_return not_connected(*endpoint, code.message());
    Code ignored;  // a small request may then wait for an acknowledgement, nothing worse
    plain.socket().set_option(tcp::no_delay{true}, ignored);
    if (endpoint->transport == Transport::tls) {
        co_return co_await secure(std::move(plain), tls, endpoint, max_response_bytes, deadline);
    }
    co_return std::make_unique<StreamConnection<PlainStream>>(
        std::move(plain), endpoint, max_response_bytes);
}

}  // namespace chela::sidecar::node
