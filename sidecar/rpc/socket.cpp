#include "sidecar/rpc/socket.hpp"

#include "sidecar/edge/rethrow.hpp"
#include "sidecar/edge/wait.hpp"
#include "sidecar/rpc/answer.hpp"
#include "sidecar/rpc/error.hpp"
#include "sidecar/telemetry/log.hpp"

#include <chrono>
#include <exception>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json.hpp>

namespace chela::sidecar::rpc {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMostUnderWay = 16;  // calls; more wait to be read
constexpr std::chrono::seconds kCallTimeout{60};

/// Nothing is wrong with who is calling; it could not be looked up now.
bool is_passing(const RpcError& error) {
    return error.code == kResourceUnavailable || error.code == kFailed ||
           error.code == kLimitExceeded;
}

/// To each call of a body that came too late.
std::string not_looked_at(std::string_view text) {
    const RpcResult<std::string> error = std::unexpected{to_rpc_error(
        {ErrorCode::unavailable, "this connection is ending: the call was not looked at",
         "E_STOPPING"})};
    const auto body = read_body(text);
    if (!body) return response_text({}, std::unexpected{body.error()});
    std::string out;
    for (const auto& entry : body->entries)
        out += (out.empty() ? "" : ",") + response_text(entry.id, error);
    return body->is_batch ? '[' + out + ']' : out;
}

/// One more, as long as it lives.
class Counted {
public:
    explicit Counted(std::size_t& count) : count_{++count} {}
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    ~Counted() { --count_; }

private:
    std::size_t& count_;
};

class Socket final : public http::WebSocketHandler, public std::enable_shared_from_this<Socket> {
public:
    Socket(
        const Parts& parts,
        http::Request request,
        std::string agent_id,
        std::unique_ptr<api::Seats::Seat> seat)
        : parts_{parts},
          request_{std::move(request)},
          agent_id_{std::move(agent_id)},
          seat_{std::move(seat)} {}

    asio::awaitable<void> run(std::shared_ptr<http::WebSocket> socket) override {
        socket_ = socket;
        subscriptions_ = std::make_shared<Subscriptions>(socket);
        const auto executor = co_await asio::this_coro::executor;
        recheck_ = std::make_unique<asio::steady_timer>(executor);
        start(executor, watch(shared_from_this()));
        if (is_stopped_) stop();
        while (auto text = co_await socket->read()) {
            if (is_ending_) {
                socket_->send(not_looked_at(*text));
                continue;
            }
            start(executor, serve(shared_from_this(), *std::move(text)));
            co_await wait_while([this] { return under_way_ > kMostUnderWay; });
        }
        has_ended_ = true;
        recheck_->cancel();
        subscriptions_->clear();
        co_await wait_while([this] { return under_way_ > 0; });
        seat_.reset();
    }

    void stop() override {
        is_stopped_ = true;
        if (recheck_) end(http::CloseCode::going_away, "connect again");
    }

private:
    void end(http::CloseCode code, std::string reason) {
        if (std::exchange(is_ending_, true)) return;
        start(recheck_->get_executor(), say_goodbye(shared_from_this(), code, std::move(reason)));
    }

    /// What is under way may have signed something: its caller hears of it first.
    static asio::awaitable<void> say_goodbye(
        std::shared_ptr<Socket> self, http::CloseCode code, std::string reason) {
        co_await wait_while([&self] { return self->calls_ > 0 && !self->has_ended_; });
        self->socket_->close(code, reason);
    }

    void start(const asio::any_io_executor& executor, asio::awaitable<void> work) {
        ++under_way_;
        asio::co_spawn(
            executor, std::move(work),
            [self = shared_from_this()](const std::exception_ptr& thrown) {
                --self->under_way_;  // however it ends
                if (thrown) self->fail_by(thrown);
            });
    }

    /// A fault of chela's, or an answer of a node that nobody thought of: this connection ends, and
    /// nothing else.
    void fail_by(const std::exception_ptr& thrown) {
        log::event(
            log::Level::error, "handler_exception",
            {{"request_id", request_.request_id},
             {"route", request_.route},
             {"what", what_of(thrown)}});
        end(http::CloseCode::internal_error, "E_INTERNAL");
    }

    /// Who it is now: a token may have ended, an agent been deactivated, a chain removed.
    asio::awaitable<Identified> identify_now() {
        auto request = request_;
        request.deadline = {
            std::chrono::steady_clock::now() + kCallTimeout, request_.deadline.traceparent()};
        auto caller = co_await identify(parts_, std::move(request));
        if (caller && caller->agent_id != agent_id_) {
            co_return std::unexpected{Refused{
                401, to_rpc_error(
                         {ErrorCode::unauthenticated, "the credentials are another agent's now",
                          "E_OTHER_AGENT"})}};
        }
        co_return caller;
    }

    void end_for(const RpcError& error) {
        end(http::CloseCode::policy_violation, error.data.value("code", "E_CLOSED"));
    }

    static asio::awaitable<void> serve(std::shared_ptr<Socket> self, std::string text) {
        const Counted counted{self->calls_};
        auto caller = co_await self->identify_now();
        if (!caller) {
            self->socket_->send(response_text({}, std::unexpected{caller.error().error}));
            if (!is_passing(caller.error().error)) self->end_for(caller.error().error);
        } else {
            // A key is of one payment, and the handshake is of many.
            caller->idempotency_key.reset();
            caller->subscriptions = self->subscriptions_;
            self->socket_->send((co_await answer_to(*std::move(caller), std::move(text))).text);
        }
    }

    static asio::awaitable<void> watch(std::shared_ptr<Socket> self) {
        while (!self->has_ended_) {
            self->recheck_->expires_after(self->parts_.live->recheck);
            co_await self->recheck_->async_wait(asio::as_tuple(asio::use_awaitable));
            if (self->has_ended_) break;
            const auto caller = co_await self->identify_now();
            if (caller || is_passing(caller.error().error)) continue;
            self->end_for(caller.error().error);
            break;
        }
    }

    const Parts& parts_;
    http::Request request_;
    std::string agent_id_;
    std::unique_ptr<api::Seats::Seat> seat_;
    std::shared_ptr<http::WebSocket> socket_;
    std::shared_ptr<Subscriptions> subscriptions_;
    std::unique_ptr<asio::steady_timer> recheck_;
    std::size_t under_way_ = 0;
    std::size_t calls_ = 0;    ///< among them
    bool is_stopped_ = false;  ///< perhaps before it has begun
    bool is_ending_ = false;   ///< takes nothing new
    bool has_ended_ = false;
};

}  // namespace

std::shared_ptr<http::WebSocketHandler> make_socket(
    const Parts& parts,
    http::Request request,
    std::string agent_id,
    std::unique_ptr<api::Seats::Seat> seat) {
    return std::make_shared<Socket>(
        parts, std::move(request), std::move(agent_id), std::move(seat));
}

}  // namespace chela::sidecar::rpc
