#include "sidecar/node/client.hpp"

#include "sidecar/node/answer.hpp"
#include "sidecar/node/connection.hpp"
#include "sidecar/node/scrub.hpp"
#include "sidecar/node/secret_headers.hpp"
#include "sidecar/node/tls.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <new>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::node {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

// Shorter than the idle limits of common servers and NAT tables.
constexpr std::chrono::seconds kMaxIdleTime{30};
// A node cannot put itself out of use for longer with one answer.
constexpr std::chrono::seconds kMaxPause{30};
// Reading more would keep others waiting for longer than handing it to another thread does.
constexpr std::size_t kLongAnswer = std::size_t{64} * 1024;

bool is_success(unsigned status) {
    return status >= 200 && status < 300;
}

/// A secret that cannot be read is this endpoint's trouble: another one may do.
std::unexpected<Error> unreadable(const Error& error, const std::string& origin) {
    return fail(
        ErrorCode::unavailable, fmt::format("a header for {} is missing: {}", origin, error.detail),
        reason_of(error));
}

/// Source: RFC 9110, section 10.2.3; a date is not understood.
std::optional<std::chrono::seconds> seconds_of(std::string_view text) {
    constexpr std::uint32_t kLongest = 24 * 60 * 60;
    std::uint32_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return {};
    return std::chrono::seconds{std::min(seconds, kLongest)};
}

RpcText to_text(const RpcAnswer& answer) {
    if (answer.error) return {.result = {}, .error = answer.error};
    constexpr auto kReplace = Json::error_handler_t::replace;
    return {.result = answer.result->dump(-1, ' ', false, kReplace), .error = {}};
}

class HttpClient final : public Client, public std::enable_shared_from_this<HttpClient> {
public:
    HttpClient(
        asio::any_io_executor executor,
        ClientOptions options,
        Endpoint endpoint,
        std::shared_ptr<asio::ssl::context> tls)
        : executor_{asio::make_strand(std::move(executor))},
          options_{std::move(options)},
          endpoint_{std::make_shared<const Endpoint>(std::move(endpoint))},
          tls_{std::move(tls)},
          headers_{options_.access},
          scrub_{*endpoint_} {}

    asio::awaitable<Result<RpcAnswer>> call(
        std::string method, Json parameters, Deadline deadline) override {
        return launch(shared_from_this(), std::move(method), std::move(parameters), deadline);
    }

    asio::awaitable<Result<RpcText>> call_for_text(
        std::string method,
        Json parameters,
        Deadline deadline,
        asio::any_io_executor pool) override {
        return launch_for_text(
            shared_from_this(), std::move(method), std::move(parameters), deadline,
            std::move(pool));
    }

    [[nodiscard]] Deadline busy_until() const override {
        return Deadline{Clock::duration{busy_until_.load(std::memory_order_relaxed)}};
    }

private:
    struct Idle {
        std::unique_ptr<Connection> connection;
        Clock::time_point since;
    };
    using Self = std::shared_ptr<HttpClient>;
    /// An answer that nobody has read yet, and all that reading it takes.
    struct Unread {
        HttpReply reply;
        std::uint64_t id{};
        std::shared_ptr<const Endpoint> endpoint;
        Scrub scrub;
    };
    using Fetched = Result<std::shared_ptr<const Unread>>;

    // The sockets and the pool belong to the strand, wherever the caller runs. Its cancellation
    // stays outside.
    static asio::awaitable<Result<RpcAnswer>> launch(
        Self self, std::string method, Json parameters, Deadline deadline) {
        const auto unread =
            co_await fetch(std::move(self), std::move(method), std::move(parameters), deadline);
        if (!unread) co_return std::unexpected{unread.error()};
        co_return read(**unread);
    }

    static asio::awaitable<Result<RpcText>> launch_for_text(
        Self self,
        std::string method,
        Json parameters,
        Deadline deadline,
        asio::any_io_executor pool) {
        auto unread =
            co_await fetch(std::move(self), std::move(method), std::move(parameters), deadline);
        if (!unread) co_return std::unexpected{unread.error()};
        const std::string origin = (*unread)->endpoint->origin;
        if ((*unread)->reply.body.size() <= kLongAnswer || !pool) co_return read_text(**unread);
        auto text = co_await run_blocking<RpcText>(
            std::move(pool), deadline,
            [unread = *std::move(unread), deadline]() mutable -> Result<RpcText> {
                // Whoever waited for it is gone: those behind it are not.
                if (Clock::now() >= deadline) return late(unread->endpoint->origin);
                auto read = read_on_pool(*unread);
                unread.reset();  // here, and not where it came from
                return read;
            });
        if (!text && text.error().code == ErrorCode::timed_out) co_return late(origin);
        co_return text;
    }

    static Result<RpcText> late(const std::string& origin) {
        return fail(
            ErrorCode::timed_out,
            origin + " answered, and no time was left to read so long an answer",
            "E_NODE_ANSWER_UNREAD");
    }

    /// Nothing may leave a pool's job: there is nobody who would catch it.
    static Result<RpcText> read_on_pool(const Unread& unread) {
        try {
            return read_text(unread);
        } catch (const std::bad_alloc&) {
            return fail(
                ErrorCode::unavailable,
                unread.endpoint->origin + " answered more than there is memory for",
                "E_NODE_ANSWER_UNREAD");
        }
    }

    static Result<RpcText> read_text(const Unread& unread) {
        const auto answer = read(unread);
        if (!answer) return std::unexpected{answer.error()};
        return to_text(*answer);
    }

    static asio::awaitable<Fetched> fetch(
        Self self, std::string method, Json parameters, Deadline deadline) {
        const auto executor = self->executor_;
        co_return co_await asio::co_spawn(
            executor, run(std::move(self), std::move(method), std::move(parameters), deadline),
            asio::bind_cancellation_slot(asio::cancellation_slot{}, asio::use_awaitable));
    }

    static asio::awaitable<Fetched> run(
        Self self, std::string method, Json parameters, Deadline deadline) {
        const auto now = Clock::now();
        const Deadline limit = deadline.at_most(now + self->options_.timeout);
        const std::string& origin = self->endpoint_->origin;
        if (limit <= now) {
            co_return fail(
                ErrorCode::unavailable, "no time was left to ask " + origin, "E_NODE_UNAVAILABLE");
        }
        const std::uint64_t id = ++self->last_id_;
        auto body = encode_request(id, method, parameters);
        if (!body) co_return std::unexpected{body.error()};
        auto headers = self->headers_.read();
        if (!headers) co_return unreadable(headers.error(), origin);
        Scrub scrub = self->scrub_;
        for (const auto& header : *headers)
            scrub.add_header(header.second);

        auto connection = self->take_idle(now);
        if (!connection) {
            auto opened = co_await connect(
                self->executor_, self->tls_, self->endpoint_, self->options_.max_response_bytes,
                limit);
            if (!opened) co_return std::unexpected{opened.error()};
            connection = std::move(*opened);
        }
        auto reply = co_await connection->exchange({std::move(*body), std::move(*headers)}, limit);
        if (!reply) co_return std::unexpected{reply.error()};
        self->note_pause(*reply);
        if (reply->is_reusable) self->keep(std::move(connection));
        co_return std::make_shared<const Unread>(
            *std::move(reply), id, self->endpoint_, std::move(scrub));
    }

    static Result<RpcAnswer> read(const Unread& unread) {
        const auto& [reply, id, endpoint, scrub] = unread;
        const std::string& origin = endpoint->origin;
        auto answer = decode_answer(reply.body, id, origin);
        if (answer) scrub.clean(*answer);
        if (is_success(reply.status)) return answer;
        // Some nodes put their error objects under a 4xx or 5xx; nothing else is believed there.
        if (answer && answer->error) return answer;
        return fail(
            ErrorCode::bad_response,
            fmt::format("{} answered HTTP status {}", origin, reply.status), "E_NODE_HTTP_STATUS");
    }

    void note_pause(const HttpReply& reply) {
        constexpr unsigned kTooManyRequests = 429;
        constexpr unsigned kServiceUnavailable = 503;
        if (reply.status != kTooManyRequests && reply.status != kServiceUnavailable) return;
        const auto pause = seconds_of(reply.retry_after);
        if (!pause) return;
        const auto until = Clock::now() + std::min(*pause, kMaxPause);
        busy_until_.store(until.time_since_epoch().count(), std::memory_order_relaxed);
    }

    /// The connection used last is the one most likely still open. Those found closed are dropped:
    /// nothing was sent on them.
    std::unique_ptr<Connection> take_idle(Clock::time_point now) {
        while (!idle_.empty()) {
            Idle last = std::move(idle_.back());
            idle_.pop_back();
            if (now - last.since <= kMaxIdleTime && last.connection->is_still_open()) {
                return std::move(last.connection);
            }
        }
        return nullptr;
    }

    void keep(std::unique_ptr<Connection> connection) {
        if (idle_.size() < options_.max_idle_connections) {
            idle_.push_back({std::move(connection), Clock::now()});
        }
    }

    asio::any_io_executor executor_;
    ClientOptions options_;
    std::shared_ptr<const Endpoint> endpoint_;
    std::shared_ptr<asio::ssl::context> tls_;
    SecretHeaders headers_;
    Scrub scrub_;
    std::vector<Idle> idle_;
    std::atomic<Clock::rep> busy_until_{Clock::time_point::min().time_since_epoch().count()};
    std::uint64_t last_id_ = 0;
};

}  // namespace

asio::awaitable<Result<RpcText>> Client::call_for_text(
    std::string method, Json parameters, Deadline deadline, asio::any_io_executor) {
    const auto answer = co_await call(std::move(method), std::move(parameters), deadline);
    if (!answer) co_return std::unexpected{answer.error()};
    co_return to_text(*answer);
}

Result<std::shared_ptr<Client>> make_client(asio::any_io_executor executor, ClientOptions options) {
    auto endpoint = parse_endpoint(options.url);
    if (!endpoint) return std::unexpected{endpoint.error()};
    std::shared_ptr<asio::ssl::context> tls;
    if (endpoint->transport == Transport::tls) {
        auto made = make_tls(options.access.ca_file);
        if (!made) return std::unexpected{made.error()};
        tls = std::move(*made);
    }
    return std::make_shared<HttpClient>(
        std::move(executor), std::move(options), std::move(*endpoint), std::move(tls));
}

}  // namespace chela::sidecar::node
