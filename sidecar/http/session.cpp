#include "sidecar/http/session.hpp"

#include "sidecar/edge/entropy.hpp"
#include "sidecar/http/answer.hpp"
#include "sidecar/http/ascii.hpp"
#include "sidecar/http/body.hpp"
#include "sidecar/http/chunks.hpp"
#include "sidecar/http/connection.hpp"
#include "sidecar/http/fields.hpp"
#include "sidecar/http/transport.hpp"
#include "sidecar/http/web_socket_server.hpp"
#include "sidecar/http/wire.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

namespace chela::sidecar::http {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kReadAhead = 64 * 1024;

Deadline in(std::chrono::milliseconds span) {
    return std::chrono::steady_clock::now() + span;
}

/// One request on its way through a session.
struct Exchange {
    std::string request_id = random_uuid();
    Trace trace;  // begins with the head
    std::shared_ptr<Footprint> footprint = std::make_shared<Footprint>();
    std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
    std::string method = "none";
    std::string route = "unmatched";
    BodyUse body_use = BodyUse::send;
    Persistence persistence = Persistence::close;
    bool client_is_gone = false;
    std::optional<Head> handshake;  ///< of a WebSocket
};

/// Of a request that names no trace, or two of them, the trace begins here.
Trace trace_of(const Head& head) {
    if (count_fields(head, "traceparent") == 1)
        if (auto trace = continue_trace(first_field(head, "traceparent"), random_bytes(8)))
            return *std::move(trace);
    return begin_trace(random_bytes(24));
}

struct HeadRead {
    std::size_t size{};              ///< 0: no head
    std::optional<Refusal> refusal;  ///< no head and no refusal: the client is gone
};

template <class Protocol>
class Session final : public LiveSession {
public:
    Session(std::shared_ptr<Hub> hub, typename Protocol::socket socket, Origin origin)
        : hub_{std::move(hub)},
          connection_{std::make_shared<Connection<Protocol>>(
              std::move(socket), limits().max_header_bytes + kReadAhead)},
          origin_{std::move(origin)} {
        hub_->sessions.insert(this);
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session() override {
        hub_->sessions.erase(this);
        if (hub_->on_leave) hub_->on_leave();
    }

    void close_if_idle() override {
        if (is_idle_) connection_->close();
        // A stream could go on for ever: it is no request in progress.
        if (stream_) stream_->stop();
        if (web_socket_) web_socket_->stop();
    }
    void outlived_its_handshake() override {
        if constexpr (kIsEncrypted<Protocol>) {
            is_last_ = true;
            close_if_idle();
        }
    }
    void close() override {
        if (stream_) stream_->stop();
        if (web_socket_) web_socket_->stop();
        connection_->close();
    }

    [[nodiscard]] const std::string& peer_name() const override { return origin_.name; }
    [[nodiscard]] bool has_place() const override { return has_place_; }
    [[nodiscard]] std::optional<Deadline> waits_since() const override { return waits_since_; }
    void give_way() override {
        has_place_ = false;
        waits_since_.reset();
        connection_->close();
    }

    asio::awaitable<void> run() {
        if (!co_await greet()) co_return connection_->close();
        bool goes_on = true;
        while (goes_on && !is_last_) {
            if (has_place_) waits_since_ = std::chrono::steady_clock::now();
            HeadRead head = co_await next_head();
            if (head.size == 0 && !head.refusal) break;
            goes_on = co_await exchange(std::move(head));
        }
        const bool has_unread = refused_ || !connection_->received().empty();
        co_await connection_->finish(has_unread ? Farewell::linger : Farewell::at_once);
    }

    asio::awaitable<void> turn_away() {
        has_place_ = false;
        waits_since_.reset();
        if (!co_await greet()) co_return connection_->close();
        refused_ = true;
        co_await respond(refused({503, "E_TOO_MANY_CONNECTIONS", "All connections are taken."}));
        co_await connection_->finish(Farewell::linger);
    }

private:
    [[nodiscard]] const ServerLimits& limits() const { return hub_->options.limits; }
    /// Does nothing begin here any more?
    [[nodiscard]] bool is_ending() const { return hub_->draining || is_last_; }

    /// @return may requests follow?
    asio::awaitable<bool> greet() {
        is_idle_ = true;
        const auto greeted = co_await connection_->greet(limits().handshake_timeout);
        is_idle_ = false;
        if (!greeted) {
            const auto& tell = hub_->options.on_handshake_failed;
            if (tell && !is_last_) tell(greeted.error().detail);
            co_return false;
        }
        certificate_ = connection_->certificate();
        if (certificate_ && origin_.way_in == WayIn::encrypted) origin_.way_in = WayIn::certified;
        co_return true;
    }

    asio::awaitable<HeadRead> next_head() {
        std::size_t seen = 0;
        Deadline deadline =
            in(is_first_ || !connection_->received().empty() ? limits().header_timeout
                                                             : limits().idle_timeout);
        is_first_ = false;
        for (;;) {
            const HeadScan scan =
                scan_head(connection_->received(), seen, limits().max_header_bytes);
            if (scan.state != HeadState::incomplete) co_return judge(scan);
            seen = connection_->received().size();
            is_idle_ = seen == 0;
            if (is_idle_ && is_ending()) co_return HeadRead{};
            const ReadEnd end = co_await connection_->fill(deadline);
            const bool had_begun = !is_idle_;
            is_idle_ = false;
            if (end == ReadEnd::timed_out && had_begun) {
                co_return HeadRead{
                    0, Refusal{408, "E_TIMEOUT", "The header did not arrive in time."}};
            }
            if (end != ReadEnd::data) co_return HeadRead{};
            // It was closed as idle while this was on its way: no answer would get out.
            if (!had_begun && is_ending()) co_return HeadRead{};
            // From the first byte on, all of the header shares one limit.
            if (!had_begun) deadline = in(limits().header_timeout);
        }
    }

    static HeadRead judge(HeadScan scan) {
        if (scan.state == HeadState::complete) return {scan.size, std::nullopt};
        if (scan.state == HeadState::too_large) {
            return {0, Refusal{431, "E_HEADERS", "The header is over the limit."}};
        }
        return {0, Refusal{400, "E_FRAMING", "The request is not well-formed HTTP/1.1."}};
    }

    /// @return may another request follow?
    asio::awaitable<bool> exchange(HeadRead read) {
        exchange_ = Exchange{};
        Response response;
        if (read.refusal) {
            response = refuse(*read.refusal);
        } else {
            response = co_await answer(read.size);
        }
        waits_since_.reset();
        if (exchange_.client_is_gone) co_return false;
        if (response.web_socket && exchange_.handshake) {
            co_await speak(std::move(response.web_socket));
            co_return false;
        }
        if (is_ending()) exchange_.persistence = Persistence::close;
        const bool sent = co_await respond(std::move(response));
        co_return sent&& exchange_.persistence == Persistence::keep_alive;
    }

    Response refuse(const Refusal& refusal) {
        refused_ = true;
        exchange_.persistence = Persistence::close;
        return refused(refusal);
    }

    asio::awaitable<Response> answer(std::size_t head_size) {
        const auto head =
            parse_head(connection_->received().substr(0, head_size), limits().max_headers);
        if (!head) {
            const unsigned status = head.error().code == ErrorCode::too_large ? 431 : 400;
            co_return refuse({status, head.error().reason, head.error().detail});
        }
        exchange_.method = method_for_logs(head->method);
        exchange_.trace = trace_of(*head);
        if (head->method == "HEAD") exchange_.body_use = BodyUse::omit;
        auto admission = admit(*head, hub_->gate);
        if (!admission) co_return refuse(admission.error());
        exchange_.route = hub_->router->route_of(admission->target.path);
        if (admission->wants_web_socket) exchange_.handshake = *head;
        if (admission->expects_continue && has_body(admission->framing)) {
            const bool sent =
                co_await connection_->write("HTTP/1.1 100 Continue\r\n\r\n", limits().body_timeout);
            if (!sent) co_return gone();
        }
        auto body = co_await read_body<Protocol>(connection_, *head, body_limits());
        if (!body && !body.error()) co_return gone();
        if (!body) co_return refuse(*body.error());
        // A chunked body's length is known only now.
        if (auto typed = check_content_type(*head, body->size()); !typed) {
            co_return refuse(typed.error());
        }
        waits_since_.reset();
        if (!admission->close) exchange_.persistence = Persistence::keep_alive;
        if (exchange_.handshake && !connection_->received().empty()) {
            co_return refuse(
                {400, "E_FRAMING", "A WebSocket's frames follow the answer to its handshake."});
        }
        Request request = make_request(*head, std::move(*admission), std::move(*body));
        const auto retry_after = request.retry_after;
        Response response = co_await run_handler(hub_->router, std::move(request), exchange_.route);
        if (*retry_after > std::chrono::seconds{0}) say_when(response, *retry_after);
        co_return response;
    }

    /// Whatever the door said: it does not know how long.
    static void say_when(Response& response, std::chrono::seconds wait) {
        if (response.status != 429) return;
        std::erase_if(response.headers, [](const auto& field) {
            return lower_case(field.first) == "retry-after";
        });
        response.headers.emplace_back("Retry-After", std::to_string(wait.count()));
    }

    static bool has_body(const Framing& framing) {
        return framing.chunked || framing.content_length > 0;
    }

    [[nodiscard]] BodyLimits body_limits() const {
        return {
            .max_head_bytes = static_cast<std::uint32_t>(limits().max_header_bytes),
            .max_body_bytes = limits().max_body_bytes,
            .timeout = limits().body_timeout,
            .grace = limits().body_grace,
            .min_bytes_per_second = limits().min_body_bytes_per_second};
    }

    Response gone() {
        exchange_.client_is_gone = true;
        return {};
    }

    Request make_request(const Head& head, Admission admission, std::string body) const {
        Request request;
        request.method = head.method;
        request.path = std::move(admission.target.path);
        request.query = std::move(admission.target.query);
        request.headers = std::move(admission.fields);
        request.body = std::move(body);
        request.way_in = origin_.way_in;
        request.peer = origin_.peer;
        request.certificate = certificate_;
        request.route = exchange_.route;
        request.peer_name = origin_.name;
        request.wants_web_socket = exchange_.handshake.has_value();
        request.request_id = exchange_.request_id;
        request.trace = exchange_.trace;
        request.footprint = exchange_.footprint;
        request.deadline = {in(limits().request_timeout), traceparent_of(exchange_.trace)};
        return request;
    }

    asio::awaitable<bool> respond(Response response) {
        if (response.stream) exchange_.persistence = Persistence::close;
        std::string bytes =
            serialize(response, exchange_.request_id, exchange_.persistence, exchange_.body_use);
        bool sent = co_await connection_->write(std::move(bytes), limits().body_timeout);
        if (sent && response.stream) sent = co_await send_stream(response.stream);
        if (hub_->options.on_access) hub_->options.on_access(access_entry(response));
        co_return sent;
    }

    asio::awaitable<bool> send_stream(std::shared_ptr<BodySource> source) {
        stream_ = source;
        if (is_ending()) source->stop();
        const bool sent =
            co_await send_chunks<Protocol>(connection_, source, limits().body_timeout);
        stream_.reset();
        co_return sent;
    }

    asio::awaitable<void> speak(std::shared_ptr<WebSocketHandler> handler) {
        constexpr unsigned kSwitching = 101;
        Response switching;
        switching.status = kSwitching;
        if (hub_->options.on_access) hub_->options.on_access(access_entry(switching));
        web_socket_ = handler;
        if (is_ending()) handler->stop();
        co_await serve_web_socket<Protocol>(
            connection_, *std::move(exchange_.handshake), exchange_.request_id, handler, limits());
        web_socket_.reset();
    }

    [[nodiscard]] AccessEntry access_entry(const Response& response) const {
        Footprint footprint = *exchange_.footprint;
        if (!response.reason.empty()) footprint.reason = response.reason;
        return {
            .request_id = exchange_.request_id,
            .trace_id = exchange_.trace.trace_id,
            .method = exchange_.method,
            .route = exchange_.route,
            .status = response.status,
            .duration = std::chrono::duration_cast<std::chrono::microseconds>(
                std::chrono::steady_clock::now() - exchange_.started),
            .unix_socket = origin_.peer.has_value(),
            .footprint = std::move(footprint)};
    }

    std::shared_ptr<Hub> hub_;
    std::shared_ptr<Connection<Protocol>> connection_;
    Origin origin_;
    std::shared_ptr<const TlsPeer> certificate_;
    Exchange exchange_;
    std::optional<Deadline> waits_since_ = std::chrono::steady_clock::now();
    bool has_place_ = true;
    std::shared_ptr<BodySource> stream_;            ///< what is being sent
    std::shared_ptr<WebSocketHandler> web_socket_;  ///< who speaks
    bool is_first_ = true;
    bool is_idle_ = false;
    bool refused_ = false;
    bool is_last_ = false;  ///< no request follows the one that has begun
};

}  // namespace

template <class Protocol>
asio::awaitable<void> serve(
    std::shared_ptr<Hub> hub, typename Protocol::socket socket, Origin origin) {
    Session<Protocol> session{std::move(hub), std::move(socket), std::move(origin)};
    co_await session.run();
}

template <class Protocol>
asio::awaitable<void> turn_away(
    std::shared_ptr<Hub> hub, typename Protocol::socket socket, Origin origin) {
    Session<Protocol> session{std::move(hub), std::move(socket), std::move(origin)};
    co_await session.turn_away();
}

template asio::awaitable<void> serve<asio::ip::tcp>(
    std::shared_ptr<Hub>, asio::ip::tcp::socket, Origin);
template asio::awaitable<void> serve<asio::local::stream_protocol>(
    std::shared_ptr<Hub>, asio::local::stream_protocol::socket, Origin);
template asio::awaitable<void> serve<TlsOverTcp>(std::shared_ptr<Hub>, TlsOverTcp::socket, Origin);
template asio::awaitable<void> turn_away<asio::ip::tcp>(
    std::shared_ptr<Hub>, asio::ip::tcp::socket, Origin);
template asio::awaitable<void> turn_away<asio::local::stream_protocol>(
    std::shared_ptr<Hub>, asio::local::stream_protocol::socket, Origin);
template asio::awaitable<void> turn_away<TlsOverTcp>(
    std::shared_ptr<Hub>, TlsOverTcp::socket, Origin);

}  // namespace chela::sidecar::http
