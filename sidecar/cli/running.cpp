#include "sidecar/cli/running.hpp"

#include "sidecar/edge/run_to_end.hpp"
#include "sidecar/http/listen.hpp"

#include <fstream>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using Local = asio::local::stream_protocol;
using Place = std::variant<Local::endpoint, tcp::endpoint>;

namespace {

constexpr std::size_t kMaxBody = std::size_t{1024} * 1024;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

using Request = beast::http::request<beast::http::empty_body>;

std::unexpected<Error> failed(const beast::error_code& error) {
    if (error == beast::error::timeout)
        return fail(ErrorCode::timed_out, "chela did not answer in time", "E_TIMEOUT");
    return fail(
        ErrorCode::bad_response, "what listens there does not answer: " + error.message(),
        "E_NOT_CHELA");
}

/// What came from a place.
struct Heard {
    std::optional<Result<RunningAnswer>> answer;
    bool is_absent = false;  ///< nobody listens there; otherwise this user may not ask
};

Heard said(Result<RunningAnswer> answer) {
    return {std::move(answer), false};
}

template <class Protocol>
asio::awaitable<Heard> exchange(
    typename Protocol::endpoint place, Request request, std::chrono::milliseconds limit) {
    beast::basic_stream<Protocol> stream{co_await asio::this_coro::executor};
    stream.expires_after(limit);
    if (const auto [error] = co_await stream.async_connect(place, kTuple); error) {
        if (error == beast::error::timeout) co_return said(failed(error));
        co_return Heard{std::nullopt, error != asio::error::access_denied};
    }
    const auto [not_sent, sent] = co_await beast::http::async_write(stream, request, kTuple);
    if (not_sent) co_return said(failed(not_sent));
    beast::http::response_parser<beast::http::string_body> parser;
    parser.body_limit(kMaxBody);
    beast::flat_buffer buffer;
    const auto [error, read] = co_await beast::http::async_read(stream, buffer, parser, kTuple);
    if (error) co_return said(failed(error));
    auto body = parse_json(parser.get().body());
    if (!body)
        co_return said(fail(ErrorCode::bad_response, "the answer is not JSON", "E_NOT_CHELA"));
    co_return said(RunningAnswer{parser.get().result_int(), *std::move(body)});
}

void add_unix(std::vector<Place>& places, const std::optional<std::filesystem::path>& socket) {
    if (!socket || socket->native().size() >= sizeof(sockaddr_un::sun_path)) return;
    places.emplace_back(Local::endpoint{socket->string()});
}

/// The port that the running server has written down stands over the configured one, which may be
/// 0.
void add_tcp(std::vector<Place>& places, const config::ServerConfig& server) {
    if (server.tls) return;  // its certificate need not name this machine
    auto endpoint = http::parse_address(server.listen, http::Reach::loopback);
    if (!endpoint) return;
    if (server.port_file) {
        std::ifstream in{*server.port_file};
        std::uint16_t port = 0;
        if (in >> port) endpoint->port(port);
    }
    if (endpoint->port() != 0) places.emplace_back(*endpoint);
}

std::vector<Place> places_of(const config::ServerConfig& server, Door door) {
    std::vector<Place> places;
    add_unix(places, server.admin_socket);
    if (door == Door::admin) return places;
    add_unix(places, server.unix_socket);
    add_tcp(places, server);
    return places;
}

struct Ask {
    asio::io_context& context;
    const Request& request;
    std::chrono::milliseconds limit;

    Heard operator()(const Local::endpoint& place) const {
        return run_to_end(context, exchange<Local>(place, request, limit));
    }
    Heard operator()(const tcp::endpoint& place) const {
        return run_to_end(context, exchange<tcp>(place, request, limit));
    }
};

}  // namespace

Result<RunningAnswer> ask_running(
    const config::Config& config,
    Door door,
    const std::string& method,
    const std::string& target,
    std::chrono::milliseconds limit) {
    if (door == Door::admin && !config.server.admin_socket) {
        return fail(
            ErrorCode::invalid_input, "server.admin_socket is off in chela.yaml", "E_ADMIN_OFF");
    }
    Request request;
    request.method_string(method);
    request.target(target);
    request.set(beast::http::field::host, "localhost");
    request.prepare_payload();
    asio::io_context context;
    bool is_absent = false;
    for (const auto& place : places_of(config.server, door)) {
        // A port may be another chela's; sockets in this directory are nobody else's.
        if (is_absent && std::holds_alternative<tcp::endpoint>(place)) break;
        auto heard = std::visit(Ask{context, request, limit}, place);
        if (heard.answer) return *std::move(heard.answer);
        is_absent = heard.is_absent;
    }
    return fail(
        ErrorCode::unavailable,
        fmt::format(
            "no chela serves {} for this user; start one with chela serve", config.dir.string()),
        "E_NOT_RUNNING");
}

}  // namespace chela::sidecar::cli
