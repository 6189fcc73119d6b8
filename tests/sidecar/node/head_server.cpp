#include "tests/sidecar/node/head_server.hpp"

#include <deque>
#include <map>
#include <sstream>

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;
using Code = boost::system::error_code;
constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr std::string_view kSubscription = "0x9ce59a13059e417087c02d3236a0b1cc";

}  // namespace

struct HeadServer::State {
    State(asio::io_context& context, std::shared_ptr<asio::ssl::context> tls_context)
        : acceptor{context, {asio::ip::address_v4::loopback(), 0}},
          tls{std::move(tls_context)} {}

    /// One connection, as far as the test has to do with it.
    struct Peer {
        explicit Peer(const asio::any_io_executor& executor) : bell{executor} {
            bell.expires_at(std::chrono::steady_clock::time_point::max());
        }
        std::deque<std::string> outgoing;
        asio::steady_timer bell;  // rings when there is something to send
        std::function<void()> cut;
        bool is_subscribed = false;
        bool is_gone = false;
    };

    tcp::acceptor acceptor;
    std::shared_ptr<asio::ssl::context> tls;
    std::vector<std::shared_ptr<Peer>> peers;
    std::size_t accepted = 0;
    std::uint64_t chain_id = 8453;
    std::string subscription_answer;
    std::string handshake;
    bool refuses = false;

    std::string answer(Peer& peer, const std::string& text) const {
        const auto request = nlohmann::json::parse(text);
        const auto id = request.at("id").dump();
        if (request.at("method") == "eth_chainId")
            return fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":"{:#x}"}})", id, chain_id);
        peer.is_subscribed = true;
        if (!subscription_answer.empty()) return subscription_answer;
        return fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":"{}"}})", id, kSubscription);
    }

    template <class Stream>
    static asio::awaitable<void> write(
        std::shared_ptr<websocket::stream<Stream>> stream, std::shared_ptr<Peer> peer) {
        while (!peer->is_gone) {
            if (peer->outgoing.empty()) {
                co_await peer->bell.async_wait(kToken);
                peer->bell.expires_at(std::chrono::steady_clock::time_point::max());
                continue;
            }
            const auto text = std::move(peer->outgoing.front());
            peer->outgoing.pop_front();
            const auto [code, size] = co_await stream->async_write(asio::buffer(text), kToken);
            if (code) co_return;
        }
    }

    template <class Stream>
    static asio::awaitable<void> talk(std::shared_ptr<State> self, Stream plain) {
        const auto stream = std::make_shared<websocket::stream<Stream>>(std::move(plain));
        const auto peer = std::make_shared<Peer>(self->acceptor.get_executor());
        peer->cut = [stream] { beast::get_lowest_layer(*stream).close(); };
        self->peers.push_back(peer);
        beast::flat_buffer buffer;
        beast::http::request<beast::http::string_body> request;
        const auto [bad, size] =
            co_await beast::http::async_read(stream->next_layer(), buffer, request, kToken);
        if (bad) co_return;
        std::ostringstream head;
        head << request.base();
        self->handshake = head.str();
        const auto [refused] = co_await stream->async_accept(request, kToken);
        if (refused) co_return;
        asio::co_spawn(self->acceptor.get_executor(), write(stream, peer), asio::detached);
        for (;;) {
            beast::flat_buffer message;
            const auto [code, length] = co_await stream->async_read(message, kToken);
            if (code) break;
            peer->outgoing.push_back(self->answer(*peer, beast::buffers_to_string(message.data())));
            peer->bell.cancel();
        }
        peer->is_gone = true;
        peer->is_subscribed = false;
        peer->bell.cancel();
    }

    static asio::awaitable<void> shake(std::shared_ptr<State> self, tcp::socket socket) {
        asio::ssl::stream<beast::tcp_stream> stream{
            beast::tcp_stream{std::move(socket)}, *self->tls};
        const auto [code] = co_await stream.async_handshake(asio::ssl::stream_base::server, kToken);
        if (!code) co_await talk(self, std::move(stream));
    }

    static asio::awaitable<void> listen(std::shared_ptr<State> self) {
        for (;;) {
            auto [code, socket] = co_await self->acceptor.async_accept(kToken);
            if (code) co_return;
            ++self->accepted;
            if (self->refuses) continue;
            if (self->tls) {
                asio::co_spawn(
                    self->acceptor.get_executor(), shake(self, std::move(socket)), asio::detached);
            } else {
                asio::co_spawn(
                    self->acceptor.get_executor(), talk(self, beast::tcp_stream{std::move(socket)}),
                    asio::detached);
            }
        }
    }
};

HeadServer::HeadServer(asio::io_context& context, std::shared_ptr<asio::ssl::context> tls)
    : state_{std::make_shared<State>(context, std::move(tls))} {
    asio::co_spawn(context, State::listen(state_), asio::detached);
}

HeadServer::~HeadServer() {
    Code ignored;
    state_->acceptor.close(ignored);
    drop();
}

std::string HeadServer::url(std::string_view rest) const {
    return fmt::format(
        "{}://127.0.0.1:{}{}", state_->tls ? "wss" : "ws", state_->acceptor.local_endpoint().port(),
        rest);
}

std::size_t HeadServer::accepted() const {
    return state_->accepted;
}

std::size_t HeadServer::subscribed() const {
    std::size_t count = 0;
    for (const auto& peer : state_->peers)
        count += peer->is_subscribed ? 1U : 0U;
    return count;
}

const std::string& HeadServer::handshake() const {
    return state_->handshake;
}

void HeadServer::serve_chain(std::uint64_t id) {
    state_->chain_id = id;
}

void HeadServer::answer_subscription(std::string text) {
    state_->subscription_answer = std::move(text);
}

void HeadServer::push(const std::string& text) {
    for (const auto& peer : state_->peers) {
        if (!peer->is_subscribed) continue;
        peer->outgoing.push_back(text);
        peer->bell.cancel();
    }
}

void HeadServer::push_head(std::uint64_t number, std::uint8_t hash_fill) {
    push(fmt::format(
        R"({{"jsonrpc":"2.0","method":"eth_subscription","params":{{"subscription":"{}","result":{}}}}})",
        kSubscription, header_text(number, hash_fill)));
}

void HeadServer::drop() {
    for (const auto& peer : state_->peers) {
        peer->is_gone = true;
        peer->is_subscribed = false;
        if (peer->cut) peer->cut();
        peer->cut = {};
        peer->bell.cancel();
    }
    state_->peers.clear();
}

void HeadServer::refuse() {
    state_->refuses = true;
}

std::string header_text(std::uint64_t number, std::uint8_t hash_fill) {
    std::string hash = "0x";
    for (int i = 0; i < 32; ++i)
        hash += fmt::format("{:02x}", hash_fill);
    return fmt::format(
        R"({{"number":"{:#x}","hash":"{}","parentHash":"0x{:064x}","timestamp":"0x65","baseFeePerGas":"0x7"}})",
        number, hash, 0);
}

}  // namespace chela::test
