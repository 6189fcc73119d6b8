#include "sidecar/node/connection.hpp"

#include "sidecar/node/resolve.hpp"
#include "sidecar/node/stream.hpp"

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
using Opened = Result<std::unique_ptr<Connection>>;

constexpr std::uint32_t kMaxHeaderBytes = 16 * 1024;
constexpr unsigned kHttp11 = 11;

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

    asio::awaitable<Result<HttpReply>> exchange(HttpRequest wanted, Deadline deadline) override {
        const auto request = make_request(std::move(wanted), deadline.traceparent());
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
    http::request<http::string_body> make_request(
        HttpRequest wanted, const std::optional<Traceparent>& traceparent) const {
        const bool is_get = wanted.verb == HttpVerb::get;
        http::request<http::string_body> request{
            is_get ? http::verb::get : http::verb::post, endpoint_->target, kHttp11};
        request.set(http::field::host, endpoint_->host_header);
        request.set(http::field::user_agent, "chela");
        request.set(http::field::accept, "application/json");
        if (traceparent) request.set("traceparent", traceparent->view());
        if (endpoint_->authorization)
            request.set(http::field::authorization, *endpoint_->authorization);
        for (const auto& [name, value] : wanted.headers)
            request.set(name, value);
        if (is_get) return request;
        request.set(http::field::content_type, "application/json");
        request.body() = std::move(wanted.body);
        request.prepare_payload();
        return request;
    }

    Stream stream_;
    std::shared_ptr<const Endpoint> endpoint_;
    std::size_t max_response_bytes_;
    beast::flat_buffer buffer_;
};

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
    auto plain = co_await open_plain(executor, std::move(addresses), endpoint, deadline);
    if (!plain) co_return std::unexpected{plain.error()};
    if (endpoint->transport == Transport::tls) {
        auto secured = co_await open_tls(std::move(*plain), tls, endpoint, deadline);
        if (!secured) co_return std::unexpected{secured.error()};
        co_return std::make_unique<StreamConnection<TlsStream>>(
            std::move(*secured), endpoint, max_response_bytes);
    }
    co_return std::make_unique<StreamConnection<PlainStream>>(
        std::move(*plain), endpoint, max_response_bytes);
}

}  // namespace chela::sidecar::node
