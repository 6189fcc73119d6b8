#include "sidecar/mcp/bridge.hpp"

#include "sidecar/auth/base64url.hpp"
#include "sidecar/edge/rethrow.hpp"
#include "sidecar/mcp/message.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace chela::sidecar::mcp {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace beast_http = boost::beast::http;

namespace {

using HttpRequest = beast_http::request<beast_http::string_body>;

constexpr std::chrono::seconds kConnectLimit{5};
/// Longer than chela itself takes for a request at most.
constexpr std::chrono::seconds kAnswerLimit{120};
constexpr std::size_t kMostAnswer = std::size_t{32} * 1024 * 1024;
constexpr std::size_t kMostLine = std::size_t{4} * 1024 * 1024;

struct Reply {
    unsigned status{};
    std::string body;
};

template <class Protocol>
asio::awaitable<Result<Reply>> exchange(typename Protocol::endpoint endpoint, HttpRequest request) {
    const auto as_tuple = asio::as_tuple(asio::use_awaitable);
    beast::basic_stream<Protocol> stream{co_await asio::this_coro::executor};
    stream.expires_after(kConnectLimit);
    const auto [refused] = co_await stream.async_connect(endpoint, as_tuple);
    if (refused) {
        co_return fail(
            ErrorCode::unavailable,
            "chela does not listen there (" + refused.message() + "); start it with `chela serve`",
            "E_UNREACHABLE");
    }
    stream.expires_after(kAnswerLimit);
    const auto lost = fail(
        ErrorCode::timed_out,
        "chela has not answered; what was asked for may have been done: ask again with the same "
        "idempotency_key",
        "E_NO_ANSWER");
    const auto [unsent, written] = co_await beast_http::async_write(stream, request, as_tuple);
    if (unsent) co_return lost;
    beast::flat_buffer buffer;
    beast_http::response_parser<beast_http::string_body> parser;
    parser.body_limit(kMostAnswer);
    const auto [unread, size] = co_await beast_http::async_read(stream, buffer, parser, as_tuple);
    if (unread) co_return lost;
    co_return Reply{parser.get().result_int(), std::move(parser.get().body())};
}

/// As headers carry it: what is no visible ASCII is wrapped. Source: 2026-07-28, "Value encoding".
std::string header_value(const std::string& text) {
    const bool is_plain = !text.starts_with("=?") &&
                          std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
    if (is_plain) return text;
    const Bytes bytes{text.begin(), text.end()};
    std::string encoded = auth::to_base64url(bytes);
    std::ranges::replace(encoded, '-', '+');
    std::ranges::replace(encoded, '_', '/');
    encoded.append((4 - encoded.size() % 4) % 4, '=');
    return "=?base64?" + encoded + "?=";
}

std::string name_of(const Message& message) {
    if (message.method == "resources/read") return text_member(message.params, "uri");
    if (message.method == "tools/call" || message.method == "prompts/get")
        return text_member(message.params, "name");
    return {};
}

class Bridge {
public:
    Bridge(const Reach& reach, std::function<void(std::string)> output)
        : reach_{reach},
          output_{std::move(output)} {}

    static asio::awaitable<void> carry(Bridge* self, std::string line) {
        auto message = read_message(line);
        if (!message) {
            const auto& unread = message.error();
            self->say(response_to(unread.id, std::unexpected{unread.error}));
            co_return;
        }
        const bool is_waited_for = message->kind == Message::Kind::request;
        const auto reply = co_await self->post(self->request_of(*message, std::move(line)));
        if (!is_waited_for) co_return;
        Json answer = answer_of(message->id, reply);
        self->remember(*message, answer);
        self->say(answer);
    }

private:
    [[nodiscard]] HttpRequest request_of(const Message& message, std::string line) const {
        HttpRequest request{beast_http::verb::post, "/mcp", 11};
        request.set(beast_http::field::host, host());
        request.set(beast_http::field::content_type, "application/json");
        request.set(beast_http::field::accept, "application/json");
        request.set(beast_http::field::connection, "close");
        if (!reach_.token.empty()) request.set("X-Chela-Token", reach_.token);
        const auto version = text_member(object_member(message.params, "_meta"), kMetaVersion);
        if (!version.empty()) {
            request.set("MCP-Protocol-Version", header_value(version));
            request.set("Mcp-Method", header_value(message.method));
            if (const auto name = name_of(message); !name.empty())
                request.set("Mcp-Name", header_value(name));
        } else if (!agreed_.empty()) {
            request.set("MCP-Protocol-Version", agreed_);
        }
        request.body() = std::move(line);
        request.prepare_payload();
        return request;
    }

    [[nodiscard]] std::string host() const {
        const auto* tcp = std::get_if<Reach::Tcp>(&reach_.where);
        if (tcp == nullptr) return "localhost";
        const auto address = tcp->address().to_string();
        return (tcp->address().is_v6() ? "[" + address + "]" : address) + ":" +
               std::to_string(tcp->port());
    }

    asio::awaitable<Result<Reply>> post(HttpRequest request) {
        if (const auto* path = std::get_if<Reach::Unix>(&reach_.where))
            return exchange<asio::local::stream_protocol>(path->string(), std::move(request));
        return exchange<asio::ip::tcp>(std::get<Reach::Tcp>(reach_.where), std::move(request));
    }

    /// A message for whoever has asked: chela's own, or what became of it on the way.
    static Json answer_of(const Json& id, const Result<Reply>& reply) {
        if (!reply) {
            return response_to(
                id, refuse(kInternalError, reply.error().detail, reply.error().reason));
        }
        const auto body = parse_json(reply->body, rpc::kJsonLimits);
        if (body && body->is_object() && body->contains("jsonrpc")) {
            Json answer = *body;
            if (!answer.contains("id")) answer["id"] = id;
            return answer;
        }
        // The gate's own: a problem that was met before the door.
        auto detail = body && body->is_object() ? text_member(*body, "detail") : std::string{};
        auto code = body && body->is_object() ? text_member(*body, "code") : std::string{};
        if (detail.empty()) detail = "chela answered with status " + std::to_string(reply->status);
        if (code.empty()) code = "E_HTTP_STATUS";
        return response_to(id, refuse(kInternalError, std::move(detail), std::move(code)));
    }

    /// A legacy client's requests carry what initialize has agreed on.
    void remember(const Message& message, const Json& answer) {
        if (message.method != "initialize") return;
        agreed_ = text_member(object_member(answer, "result"), "protocolVersion");
    }

    void say(const Json& message) { output_(to_text(message)); }

    const Reach& reach_;
    std::function<void(std::string)> output_;
    std::string agreed_;
};

/// @return false: the input has ended
bool read_line(std::istream& input, std::string& line) {
    line.clear();
    for (int c = input.get(); c != std::istream::traits_type::eof(); c = input.get()) {
        if (c == '\n') return true;
        // What is too long is read to its end and refused as what it has become: no JSON.
        if (line.size() < kMostLine) line += static_cast<char>(c);
    }
    return !line.empty();
}

}  // namespace

void bridge(const Reach& reach, std::istream& input, std::function<void(std::string)> output) {
    asio::io_context context{1};
    Bridge between{reach, std::move(output)};
    auto work = asio::make_work_guard(context);
    std::thread carrier{[&context] { context.run(); }};
    std::string line;
    while (read_line(input, line)) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        asio::co_spawn(context, Bridge::carry(&between, line), rethrow);
    }
    work.reset();
    carrier.join();
}

}  // namespace chela::sidecar::mcp
