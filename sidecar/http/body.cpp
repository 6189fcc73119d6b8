#include "sidecar/http/body.hpp"

#include "sidecar/http/transport.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

namespace chela::sidecar::http {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;

namespace {

using Parser = beast_http::request_parser<beast_http::string_body>;
using Code = boost::system::error_code;

void refuse_extension(std::uint64_t, boost::beast::string_view extension, Code& code) {
    if (!extension.empty()) code = beast_http::error::bad_chunk_extension;
}

std::optional<Refusal> refusal_of(const Code& code) {
    if (code == beast_http::error::body_limit) {
        return Refusal{413, "E_BODY_TOO_LARGE", "The body is over the limit."};
    }
    const bool is_cut_short =
        code == beast_http::error::partial_message || code == beast_http::error::end_of_stream;
    if (!is_cut_short && code.category() == Code{beast_http::error::bad_chunk}.category()) {
        return Refusal{400, "E_FRAMING", "The request is not well-formed HTTP/1.1."};
    }
    return std::nullopt;
}

/// Trailers end up among Beast's fields, so a longer list gives them away.
bool agrees(const Parser& parser, const Head& head) {
    const auto& seen = parser.get();
    const auto count = std::distance(seen.begin(), seen.end());
    return std::string_view{seen.method_string()} == head.method &&
           std::string_view{seen.target()} == head.target &&
           static_cast<std::size_t>(count) == head.fields.size();
}

/// When a body of which so much has come is late.
Deadline late_at(Deadline begun, std::uint64_t bytes, const BodyLimits& limits) {
    const auto whole = begun + limits.timeout;
    if (limits.min_bytes_per_second == 0) return whole;
    const auto earned = std::chrono::milliseconds{bytes * 1'000 / limits.min_bytes_per_second};
    return std::min(whole, begun + limits.grace + earned);
}

}  // namespace

template <class Protocol>
asio::awaitable<std::expected<std::string, std::optional<Refusal>>> read_body(
    std::shared_ptr<Connection<Protocol>> connection, const Head& head, BodyLimits limits) {
    Parser parser;
    parser.header_limit(limits.max_head_bytes);
    parser.body_limit(limits.max_body_bytes);
    parser.on_chunk_header(refuse_extension);
    parser.eager(true);
    const Deadline begun = std::chrono::steady_clock::now();
    Code code;
    bool late = false;
    while (!code && !late && !parser.is_done()) {
        connection->arm(late_at(begun, parser.get().body().size(), limits));
        const auto read = co_await beast_http::async_read_some(
            connection->stream(), connection->buffer(), parser,
            asio::as_tuple(asio::use_awaitable));
        code = std::get<0>(read);
        late = connection->timed_out();
        connection->disarm();
    }
    if (late) {
        co_return std::unexpected{
            std::optional{Refusal{408, "E_TIMEOUT", "The body did not arrive in time."}}};
    }
    if (code) co_return std::unexpected{refusal_of(code)};
    if (!agrees(parser, head)) {
        co_return std::unexpected{
            std::optional{Refusal{400, "E_FRAMING", "The request has trailers."}}};
    }
    co_return std::move(parser.get().body());
}

template asio::awaitable<std::expected<std::string, std::optional<Refusal>>> read_body(
    std::shared_ptr<Connection<asio::ip::tcp>>, const Head&, BodyLimits);
template asio::awaitable<std::expected<std::string, std::optional<Refusal>>> read_body(
    std::shared_ptr<Connection<asio::local::stream_protocol>>, const Head&, BodyLimits);
template asio::awaitable<std::expected<std::string, std::optional<Refusal>>> read_body(
    std::shared_ptr<Connection<TlsOverTcp>>, const Head&, BodyLimits);

}  // namespace chela::sidecar::http
