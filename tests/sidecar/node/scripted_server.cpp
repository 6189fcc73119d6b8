#include "tests/sidecar/node/scripted_server.hpp"

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Code = boost::system::error_code;
constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

std::size_t content_length(const std::string& head) {
    constexpr std::string_view kName = "Content-Length: ";
    const auto at = head.find(kName);
    return at == std::string::npos ? 0 : std::stoul(head.substr(at + kName.size()));
}

/// @return false: the peer is gone
template <class Stream>
asio::awaitable<bool> read_request(Stream& stream, std::string& buffer, Seen& out) {
    const auto [head_code, head_size] =
        co_await asio::async_read_until(stream, asio::dynamic_buffer(buffer), "\r\n\r\n", kToken);
    if (head_code) co_return false;
    out.head = buffer.substr(0, head_size);
    buffer.erase(0, head_size);
    const std::size_t length = content_length(out.head);
    if (buffer.size() < length) {
        const auto [code, size] = co_await asio::async_read(
            stream, asio::dynamic_buffer(buffer), asio::transfer_exactly(length - buffer.size()),
            kToken);
        if (code) co_return false;
    }
    out.body = buffer.substr(0, length);
    buffer.erase(0, length);
    co_return true;
}

}  // namespace

struct ScriptedServer::State {
    State(
        asio::io_context& context,
        std::vector<Script> todo,
        std::shared_ptr<asio::ssl::context> tls_context)
        : acceptor{context, {asio::ip::address_v4::loopback(), 0}},
          scripts{std::move(todo)},
          tls{std::move(tls_context)} {}

    tcp::acceptor acceptor;
    std::vector<Script> scripts;
    std::shared_ptr<asio::ssl::context> tls;
    std::size_t accepted = 0;
    std::vector<Seen> seen;

    template <class Stream>
    static asio::awaitable<void> play(std::shared_ptr<State> self, Script script, Stream& stream) {
        std::string buffer;
        for (const Step& step : script) {
            Seen request;
            if (!co_await read_request(stream, buffer, request)) co_return;
            self->seen.push_back(request);
            const std::string answer = step(request);
            if (answer.empty()) {
                // Until the client gives up and closes.
                Seen never;
                (void)co_await read_request(stream, buffer, never);
                co_return;
            }
            const auto [code, size] =
                co_await asio::async_write(stream, asio::buffer(answer), kToken);
            if (code) co_return;
        }
    }

    static asio::awaitable<void> serve(
        std::shared_ptr<State> self, Script script, tcp::socket socket) {
        if (!self->tls) {
            co_await play(self, std::move(script), socket);
            co_return;
        }
        asio::ssl::stream<tcp::socket> stream{std::move(socket), *self->tls};
        const auto [code] = co_await stream.async_handshake(asio::ssl::stream_base::server, kToken);
        if (!code) co_await play(self, std::move(script), stream);
    }

    static asio::awaitable<void> listen(std::shared_ptr<State> self) {
        for (;;) {
            auto [code, socket] = co_await self->acceptor.async_accept(kToken);
            if (code) co_return;
            const std::size_t number = self->accepted++;
            Script script = number < self->scripts.size() ? self->scripts[number] : Script{};
            asio::co_spawn(
                self->acceptor.get_executor(), serve(self, std::move(script), std::move(socket)),
                asio::detached);
        }
    }
};

ScriptedServer::ScriptedServer(
    asio::io_context& context, std::vector<Script> scripts, std::shared_ptr<asio::ssl::context> tls)
    : state_{std::make_shared<State>(context, std::move(scripts), std::move(tls))} {
    asio::co_spawn(context, State::listen(state_), asio::detached);
}

ScriptedServer::~ScriptedServer() {
    Code ignored;
    state_->acceptor.close(ignored);
}

std::uint16_t ScriptedServer::port() const {
    return state_->acceptor.local_endpoint().port();
}

std::string ScriptedServer::url(std::string_view rest) const {
    return fmt::format("{}://127.0.0.1:{}{}", state_->tls ? "https" : "http", port(), rest);
}

std::size_t ScriptedServer::accepted() const {
    return state_->accepted;
}

const std::vector<Seen>& ScriptedServer::seen() const {
    return state_->seen;
}

std::string http_answer(std::string_view status, std::string_view body, std::string_view headers) {
    return fmt::format(
        "HTTP/1.1 {}\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(), headers, body);
}

Step answers(std::string members) {
    return [members = std::move(members)](const Seen& request) {
        const auto id = nlohmann::json::parse(request.body).at("id").dump();
        return http_answer("200 OK", fmt::format(R"({{"jsonrpc":"2.0","id":{},{}}})", id, members));
    };
}

Step raw(std::string bytes) {
    return [bytes = std::move(bytes)](const Seen&) { return bytes; };
}

Step silence() {
    return raw({});
}

}  // namespace chela::test
