#include "sidecar/node/endpoint_pool.hpp"

#include "chains/node/responses.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::node {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds kFirstPause{100};
constexpr std::chrono::milliseconds kLongestPause{2'000};

Deadline real_now() {
    return std::chrono::steady_clock::now();
}

/// A different moment or a different endpoint may do better.
bool is_passing(const Error& error) {
    switch (error.code) {
        case ErrorCode::unavailable:
        case ErrorCode::timed_out:
        case ErrorCode::bad_response:
            return error.reason != "E_NODE_CHAIN_ID";  // the operator must mend that
        case ErrorCode::invalid_input:
        case ErrorCode::out_of_range:
        case ErrorCode::unauthenticated:
        case ErrorCode::denied:
        case ErrorCode::not_found:
        case ErrorCode::conflict:
        case ErrorCode::too_large:
        case ErrorCode::unsupported:
        case ErrorCode::reverted:
        case ErrorCode::rate_limited:
        case ErrorCode::internal:
            return false;
    }
    bug("unknown error code");
}

/// An error object that says nothing about the question.
bool is_refusal_of_work(const RpcAnswer& answer, const Client& client) {
    const auto& error = answer.error;
    return error &&
           (client.busy_until() > real_now() || chains::node::is_rate_limit(error->message));
}

}  // namespace

EndpointPool::EndpointPool(
    std::string chain_name,
    ChainId chain_id,
    std::vector<PooledClient> clients,
    PoolOptions options)
    : chain_name_{std::move(chain_name)},
      chain_id_{chain_id},
      options_{std::move(options)},
      made_at_{now()} {
    if (clients.empty()) bug("a chain without an endpoint");
    members_.reserve(clients.size());
    for (auto& client : clients)
        members_.emplace_back(std::move(client), options_.breaker);
}

EndpointPool::Time EndpointPool::now() const {
    return options_.now ? options_.now() : std::chrono::steady_clock::now();
}

double EndpointPool::jitter() const {
    return options_.jitter ? options_.jitter() : 1.0;
}

bool EndpointPool::may_use(const Member& member, Use use) const {
    return !member.breaker.is_open(now()) && (use == Use::sending || !member.is_behind);
}

/// The preferred one, else the first in order; those that asked for a pause come last.
std::optional<std::size_t> EndpointPool::choose(const Tried& tried, Use use) const {
    std::optional<std::size_t> paused;
    for (std::size_t i = 0; i < size(); ++i) {
        // The preferred one first, then the others in order.
        const std::size_t at = i == 0 ? preferred_ : i <= preferred_ ? i - 1 : i;
        if (tried[at] || !may_use(members_[at], use)) continue;
        if (members_[at].node.client->busy_until() <= real_now()) return at;
        if (!paused) paused = at;
    }
    return paused;
}

Error EndpointPool::why_none() const {
    const bool is_any_behind = std::ranges::any_of(members_, &Member::is_behind);
    if (is_any_behind) {
        return {
            ErrorCode::unavailable,
            fmt::format(
                "every endpoint of chain {} that answers is more than {} blocks behind",
                chain_name_, options_.max_lag),
            "E_NODE_BEHIND"};
    }
    const auto& last = members_[preferred_].last_error;
    return {
        ErrorCode::unavailable,
        fmt::format(
            "every endpoint of chain {} failed too often and is left alone for a moment; the last "
            "failure: {}",
            chain_name_, last ? last->detail : "none"),
        "E_NODE_RESTING"};
}

asio::awaitable<Result<EndpointPool::Answered>> EndpointPool::read(
    std::string method, Json parameters, Judge judge, Deadline deadline) {
    co_await survey_when_due(deadline);
    Tried tried(size());
    std::optional<Error> failure;
    for (unsigned attempt = 1;; ++attempt) {
        const auto endpoint = co_await admit_one(&tried, Use::reading, deadline);
        if (endpoint) {
            auto answer = co_await request(*endpoint, method, parameters, judge, deadline);
            if (answer) {
                preferred_ = *endpoint;
                co_return Answered{std::move(*answer), *endpoint};
            }
            failure = answer.error();
            tried[*endpoint] = true;
        } else if (!failure || attempt == 1) {
            failure = endpoint.error();
        }
        if (attempt >= options_.tries || !is_passing(*failure)) break;
        if (choose(tried, Use::reading)) continue;
        tried.assign(size(), false);
        if (!choose(tried, Use::reading)) break;
        if (!co_await pause(attempt - 1, deadline)) break;
    }
    co_return std::unexpected{*failure};
}

asio::awaitable<Result<RpcAnswer>> EndpointPool::call(
    std::string method, Json parameters, Deadline deadline) {
    auto answered = co_await read(std::move(method), std::move(parameters), Judge{}, deadline);
    if (!answered) co_return std::unexpected{answered.error()};
    co_return std::move(answered->answer);
}

asio::awaitable<Result<RpcAnswer>> EndpointPool::ask(
    std::size_t endpoint, std::string method, Json parameters, Judge judge, Deadline deadline) {
    const auto admitted = co_await admit(endpoint, deadline);
    if (!admitted) co_return std::unexpected{admitted.error()};
    co_return co_await request(
        endpoint, std::move(method), std::move(parameters), std::move(judge), deadline);
}

asio::awaitable<Result<RpcAnswer>> EndpointPool::pass_on(
    std::string method, Json parameters, Deadline deadline) {
    Tried tried(size());
    const auto endpoint = co_await admit_one(&tried, Use::reading, deadline);
    if (!endpoint) co_return std::unexpected{endpoint.error()};
    const PooledClient node = members_[*endpoint].node;
    co_return co_await node.client->call(std::move(method), std::move(parameters), deadline);
}

asio::awaitable<Result<RpcText>> EndpointPool::pass_on_text(
    std::string method, Json parameters, Deadline deadline, asio::any_io_executor pool) {
    Tried tried(size());
    const auto endpoint = co_await admit_one(&tried, Use::reading, deadline);
    if (!endpoint) co_return std::unexpected{endpoint.error()};
    const PooledClient node = members_[*endpoint].node;
    co_return co_await node.client->call_for_text(
        std::move(method), std::move(parameters), deadline, std::move(pool));
}

asio::awaitable<Result<std::size_t>> EndpointPool::choose_for_sending(Deadline deadline) {
    Tried tried(size());
    co_return co_await admit_one(&tried, Use::sending, deadline);
}

asio::awaitable<Result<std::size_t>> EndpointPool::admit_one(
    Tried* tried, Use use, Deadline deadline) {
    std::optional<Error> first;
    for (auto at = choose(*tried, use); at; at = choose(*tried, use)) {
        // Sending does not wait: the same bytes will be sent again.
        if (use == Use::reading) co_await wait_out_pause(*at, deadline);
        const auto admitted = co_await admit(*at, deadline);
        if (admitted) co_return *at;
        if (!first) first = admitted.error();
        (*tried)[*at] = true;
    }
    co_return std::unexpected{first ? *first : why_none()};
}

asio::awaitable<Result<RpcAnswer>> EndpointPool::request(
    std::size_t endpoint, std::string method, Json parameters, Judge judge, Deadline deadline) {
    const PooledClient node = members_[endpoint].node;
    if (deadline <= real_now()) {
        co_return fail(
            ErrorCode::unavailable, "no time was left to ask " + node.origin, "E_NODE_UNAVAILABLE");
    }
    const Time started = now();
    auto answer = co_await node.client->call(std::move(method), std::move(parameters), deadline);
    Status outcome;
    if (!answer) {
        if (!is_passing(answer.error())) co_return answer;  // our own request was refused
        outcome = std::unexpected{answer.error()};
    } else if (is_refusal_of_work(*answer, *node.client)) {
        outcome = fail(
            ErrorCode::unavailable, node.origin + " asks for fewer requests",
            "E_NODE_RATE_LIMITED");
    } else if (judge) {
        outcome = judge(*answer);
    }
    record(endpoint, outcome, started);
    if (!outcome) co_return std::unexpected{outcome.error()};
    co_return answer;
}

/// Waits as long as the endpoint asked for, unless the deadline would come first.
asio::awaitable<void> EndpointPool::wait_out_pause(std::size_t endpoint, Deadline deadline) const {
    const auto until = members_[endpoint].node.client->busy_until();
    if (until <= real_now() || until >= deadline) co_return;
    asio::steady_timer timer{co_await asio::this_coro::executor, until};
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

/// @return false: the deadline would come first
asio::awaitable<bool> EndpointPool::pause(unsigned attempt, Deadline deadline) const {
    const auto time = full_jitter(kFirstPause, kLongestPause, attempt, jitter());
    if (real_now() + time >= deadline) co_return false;
    asio::steady_timer timer{co_await asio::this_coro::executor};
    timer.expires_after(time);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return true;
}

}  // namespace chela::sidecar::node
