#include "tests/support/http_client.hpp"

#include <optional>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using Request = http::request<http::string_body>;
constexpr std::size_t kMaxBody = 16 * 1024 * 1024;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

std::string lower(std::string text) {
    for (auto& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

std::unexpected<Error> failed(
    const beast::error_code& error, ErrorCode code, std::string_view what) {
    if (error == beast::error::timeout) code = ErrorCode::timed_out;
    return fail(code, std::string{what} + ": " + error.message());
}

template <class Protocol>
asio::awaitable<void> exchange(
    typename Protocol::endpoint server,
    Request request,
    std::chrono::milliseconds limit,
    Result<HttpAnswer>& result) {
    beast::basic_stream<Protocol> stream{co_await asio::this_coro::executor};
    stream.expires_after(limit);
    if (const auto [error] = co_await stream.async_connect(server, kTuple); error) {
        result = failed(error, ErrorCode::unavailable, "no connection");
        co_return;
    }
    const auto [write_error, written] = co_await http::async_write(stream, request, kTuple);
    http::response_parser<http::string_body> parser;
    parser.body_limit(kMaxBody);
    parser.skip(request.method() == http::verb::head);
    beast::flat_buffer buffer;
    // A server may refuse before it has read everything, so a failed write still has an answer to
    // read.
    const auto [error, read] = co_await http::async_read(stream, buffer, parser, kTuple);
    if (error) {
        result =
            failed(write_error ? write_error : error, ErrorCode::bad_response, "no whole answer");
        co_return;
    }
    auto message = parser.release();
    HttpAnswer answer{message.result_int(), {}, std::move(message.body())};
    for (const auto& field : message)
        answer.headers.emplace(lower(std::string{field.name_string()}), std::string{field.value()});
    result = std::move(answer);
}

Request make_request(
    const std::string& method,
    const std::string& target,
    const Headers& headers,
    const std::string& body,
    const std::string& host) {
    Request request;
    request.version(11);
    request.method_string(method);
    request.target(target);
    for (const auto& [name, value] : headers)
        request.insert(name, value);
    if (request.find(http::field::host) == request.end()) request.set(http::field::host, host);
    if (!body.empty() && request.find(http::field::content_type) == request.end())
        request.set(http::field::content_type, "application/json");
    request.body() = body;
    // Framing that a test sets itself stays as it is.
    if (request.find(http::field::content_length) == request.end() &&
        request.find(http::field::transfer_encoding) == request.end())
        request.prepare_payload();
    return request;
}

}  // namespace

std::string HttpAnswer::header(const std::string& lower_case_name) const {
    const auto found = headers.find(lower_case_name);
    return found == headers.end() ? std::string{} : found->second;
}

Result<Json> HttpAnswer::json() const {
    return parse_json(body);
}

Result<HttpAnswer> HttpClient::request(
    const std::string& method,
    const std::string& target,
    const Headers& headers,
    const std::string& body,
    std::chrono::milliseconds limit) const {
    asio::io_context context{1};
    Result<HttpAnswer> result = fail(ErrorCode::internal, "the exchange did not end");
    const auto on_end = [](const std::exception_ptr& thrown) {
        if (thrown) std::rethrow_exception(thrown);
    };
    if (const auto* unix_server = std::get_if<Unix>(&server_)) {
        using Protocol = asio::local::stream_protocol;
        auto request = make_request(method, target, headers, body, "localhost");
        asio::co_spawn(
            context,
            exchange<Protocol>(
                Protocol::endpoint{unix_server->path.string()}, std::move(request), limit, result),
            on_end);
    } else {
        const auto& tcp = std::get<Tcp>(server_);
        beast::error_code error;
        const auto address = asio::ip::make_address(tcp.address, error);
        if (error) return fail(ErrorCode::invalid_input, tcp.address + " is not an IP address");
        const auto host = (address.is_v6() ? "[" + tcp.address + "]" : tcp.address) + ":" +
                          std::to_string(tcp.port);
        auto request = make_request(method, target, headers, body, host);
        asio::co_spawn(
            context,
            exchange<asio::ip::tcp>(
                asio::ip::tcp::endpoint{address, tcp.port}, std::move(request), limit, result),
            on_end);
    }
    context.run();
    return result;
}

}  // namespace chela::test
