#include "tests/support/fake_node/server.hpp"

#include "tests/support/fake_node/request.hpp"

#include <array>
#include <thread>

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace chela::test::fake_node {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kMaxBody = std::size_t{16} * 1024 * 1024;
constexpr unsigned kHttp11 = 11;

using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

Response make_response(unsigned status, const Request& request, std::string body) {
    Response response{static_cast<http::status>(status), kHttp11};
    response.set(http::field::content_type, "application/json");
    response.keep_alive(request.keep_alive());
    response.body() = std::move(body);
    response.prepare_payload();
    return response;
}

}  // namespace

struct FakeNodeServer::State {
    explicit State(std::shared_ptr<FakeEndpoint> served) : endpoint{std::move(served)} {}

    asio::io_context context{1};
    tcp::acceptor acceptor{context, {asio::ip::address_v4::loopback(), 0}};
    std::shared_ptr<FakeEndpoint> endpoint;
    std::mutex mutex;
    std::thread thread;

    HttpReply serve(const Request& request) {
        const std::lock_guard lock{mutex};
        return serve_body(*endpoint, request.body());
    }

    static asio::awaitable<void> converse(State& self, tcp::socket socket) {
        boost::system::error_code code;
        if (socket.set_option(tcp::no_delay{true}, code)) co_return;
        beast::flat_buffer buffer;
        for (;;) {
            http::request_parser<http::string_body> parser;
            parser.body_limit(kMaxBody);
            const auto [read, bytes_read] =
                co_await http::async_read(socket, buffer, parser, kToken);
            if (read) co_return;
            const Request request = parser.release();
            auto reply = self.serve(request);
            const auto* const none = std::get_if<NoReply>(&reply);
            if (none != nullptr && !none->is_closed) {
                // Until the client gives up.
                std::array<char, 1> byte{};
                (void)co_await socket.async_read_some(asio::buffer(byte), kToken);
                co_return;
            }
            auto* const body = std::get_if<std::string>(&reply);
            const auto* const status = std::get_if<HttpStatus>(&reply);
            if (body == nullptr && status == nullptr) co_return;
            constexpr unsigned kOk = 200;
            const auto response = body != nullptr
                                      ? make_response(kOk, request, std::move(*body))
                                      : make_response(status->status, request, "<html></html>");
            const auto [written, bytes_written] =
                co_await http::async_write(socket, response, kToken);
            if (written || !response.keep_alive()) co_return;
        }
    }

    static asio::awaitable<void> listen(State& self) {
        for (;;) {
            auto [code, socket] = co_await self.acceptor.async_accept(kToken);
            if (code) co_return;
            asio::co_spawn(self.context, converse(self, std::move(socket)), asio::detached);
        }
    }
};

FakeNodeServer::FakeNodeServer(std::shared_ptr<FakeEndpoint> endpoint)
    : state_{std::make_unique<State>(std::move(endpoint))} {
    asio::co_spawn(state_->context, State::listen(*state_), asio::detached);
    state_->thread = std::thread{[state = state_.get()] { state->context.run(); }};
}

FakeNodeServer::~FakeNodeServer() {
    state_->context.stop();
    state_->thread.join();
}

std::uint16_t FakeNodeServer::port() const {
    return state_->acceptor.local_endpoint().port();
}

std::string FakeNodeServer::url() const {
    return "http://127.0.0.1:" + std::to_string(port());
}

void FakeNodeServer::while_idle(const std::function<void(FakeEndpoint& endpoint)>& work) {
    const std::lock_guard lock{state_->mutex};
    work(*state_->endpoint);
}

}  // namespace chela::test::fake_node
