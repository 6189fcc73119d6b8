// What EndpointPool knows of its endpoints: chain ids, heads, health.
#include "chains/node/responses.hpp"
#include "sidecar/edge/gather.hpp"
#include "sidecar/edge/rethrow.hpp"
#include "sidecar/node/endpoint_pool.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::node {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kChainIdTrust{10};
constexpr std::chrono::seconds kHeadTrust{5};
// A slow endpoint must not keep reads waiting that another one could answer.
constexpr std::chrono::seconds kSurveyLimit{2};

Deadline real_now() {
    return std::chrono::steady_clock::now();
}

Status judge_number(const RpcAnswer& answer) {
    if (answer.error) return {};
    const auto number = chains::node::read_uint64(*answer.result);
    return number ? Status{} : std::unexpected{number.error()};
}

Result<std::uint64_t> number_of(const RpcAnswer& answer) {
    if (!answer.error) return chains::node::read_uint64(*answer.result);
    return fail(
        ErrorCode::bad_response,
        fmt::format("the node answered error {} to a plain question", answer.error->code),
        "E_NODE_ERROR");
}

}  // namespace

EndpointState EndpointPool::state_of(const Member& member) const {
    if (member.refused_at) return EndpointState::wrong_chain;
    if (member.breaker.is_open(now())) return EndpointState::resting;
    if (member.last_error) return EndpointState::failing;
    if (member.is_behind) return EndpointState::behind;
    return member.verified_at ? EndpointState::healthy : EndpointState::untried;
}

EndpointHealth EndpointPool::health(std::size_t endpoint) const {
    const Member& member = members_.at(endpoint);
    return {
        member.node.origin,
        state_of(member),
        member.refused_at ? std::optional{member.refusal} : member.last_error,
        member.head,
        member.latency,
        now() - member.answered_at.value_or(made_at_)};
}

void EndpointPool::record(std::size_t endpoint, const Status& outcome, Time started) {
    Member& member = members_[endpoint];
    const Time ended = now();
    if (outcome) {
        member.breaker.succeeded();
        member.answered_at = ended;
        member.last_error.reset();
        member.latency = std::chrono::duration_cast<std::chrono::microseconds>(ended - started);
    } else {
        member.breaker.failed(ended, jitter());
        member.last_error = outcome.error();
        // Whoever answers next at this address may be another node.
        member.verified_at.reset();
    }
    if (options_.on_call) options_.on_call({endpoint, outcome.has_value(), ended - started});
    report_change(endpoint);
}

void EndpointPool::report_change(std::size_t endpoint) {
    Member& member = members_[endpoint];
    const auto state = state_of(member);
    if (state == EndpointState::untried || state == member.reported) return;
    member.reported = state;
    if (options_.on_change) options_.on_change(endpoint, health(endpoint));
}

/// Is this endpoint of the right chain, and may it be asked now?
asio::awaitable<Status> EndpointPool::admit(std::size_t endpoint, Deadline deadline) {
    Member& member = members_[endpoint];
    const Time at = now();
    if (member.node.client->busy_until() > real_now()) {
        co_return fail(
            ErrorCode::unavailable, member.node.origin + " asked for a pause",
            "E_NODE_RATE_LIMITED");
    }
    if (!member.breaker.enter(at)) {
        co_return fail(
            ErrorCode::unavailable,
            fmt::format(
                "{} failed {} times in a row and is left alone for a moment: {}",
                member.node.origin, member.breaker.failures(),
                member.last_error ? member.last_error->detail : "no reason"),
            "E_NODE_RESTING");
    }
    if (member.verified_at && at - *member.verified_at < kChainIdTrust) co_return Status{};
    if (member.refused_at && at - *member.refused_at < kChainIdTrust)
        co_return std::unexpected{member.refusal};
    co_return co_await check_chain_id(endpoint, deadline);
}

asio::awaitable<Status> EndpointPool::check_chain_id(std::size_t endpoint, Deadline deadline) {
    const auto answer =
        co_await request(endpoint, "eth_chainId", Json::array(), judge_number, deadline);
    if (!answer) co_return std::unexpected{answer.error()};
    const auto id = number_of(*answer);
    if (!id) co_return std::unexpected{id.error()};
    Member& member = members_[endpoint];
    if (*id == chain_id_.value) {
        member.verified_at = now();
        member.refused_at.reset();
        report_change(endpoint);
        co_return Status{};
    }
    member.verified_at.reset();
    member.refused_at = now();
    member.refusal = Error{
        ErrorCode::unavailable,
        fmt::format(
            "chain {} is configured with chain id {}, but {} serves chain id {}; correct its URL "
            "or chain_id",
            chain_name_, chain_id_.value, member.node.origin, *id),
        "E_NODE_CHAIN_ID"};
    report_change(endpoint);
    co_return std::unexpected{member.refusal};
}

asio::awaitable<Status> EndpointPool::verify(Deadline deadline) {
    Status first;
    for (std::size_t i = 0; i < size(); ++i) {
        const std::size_t at = (preferred_ + i) % size();
        Member& member = members_[at];
        // Who asks in so many words wants to know whether a mistake has been mended.
        const bool is_refused = member.refused_at.has_value();
        Status status;
        if (is_refused) {
            status = co_await check_chain_id(at, deadline);
        } else {
            status = co_await admit(at, deadline);
        }
        if (status) co_return status;
        if (first) first = std::move(status);
    }
    co_return first;
}

asio::awaitable<Result<BlockNumber>> EndpointPool::ask_head(
    std::size_t endpoint, Deadline deadline) {
    const auto answer =
        co_await ask(endpoint, "eth_blockNumber", Json::array(), judge_number, deadline);
    if (!answer) co_return std::unexpected{answer.error()};
    const auto number = number_of(*answer);
    if (!number) co_return std::unexpected{number.error()};
    note_head(endpoint, BlockNumber{*number});
    co_return BlockNumber{*number};
}

asio::awaitable<void> EndpointPool::survey(Deadline deadline) {
    is_surveying_ = true;
    std::vector<asio::awaitable<Result<BlockNumber>>> questions;
    questions.reserve(size());
    for (std::size_t i = 0; i < size(); ++i)
        questions.push_back(ask_head(i, deadline));
    compare_heads(co_await gather(std::move(questions)));
    surveyed_at_ = now();
    is_surveying_ = false;
}

asio::awaitable<void> EndpointPool::survey_behind_the_scenes(
    std::shared_ptr<EndpointPool> self, Deadline deadline) {
    co_await self->survey(deadline);
}

/// Before the first read all heads are known; later surveys keep nobody waiting.
asio::awaitable<void> EndpointPool::survey_when_due(Deadline deadline) {
    if (size() < 2 || is_surveying_) co_return;
    const Deadline limit = real_now() + kSurveyLimit;
    if (!surveyed_at_) {
        co_await survey(deadline.at_most(limit));
    } else if (now() - *surveyed_at_ >= kHeadTrust) {
        is_surveying_ = true;
        asio::co_spawn(
            co_await asio::this_coro::executor, survey_behind_the_scenes(shared_from_this(), limit),
            rethrow);
    }
}

/// @param heads  of one survey: heads of different moments say nothing about each other
void EndpointPool::compare_heads(const std::vector<Result<BlockNumber>>& heads) {
    std::vector<std::uint64_t> seen;
    for (const auto& head : heads) {
        if (head) seen.push_back(head->value);
    }
    if (seen.empty()) return;
    std::ranges::sort(seen, std::ranges::greater{});
    const std::uint64_t best = seen.size() > 2 ? seen[1] : seen[0];
    for (std::size_t i = 0; i < heads.size(); ++i) {
        if (!heads[i]) continue;
        members_[i].is_behind = heads[i]->value < best && best - heads[i]->value > options_.max_lag;
        report_change(i);
    }
}

void EndpointPool::note_head(std::size_t endpoint, BlockNumber head) {
    members_.at(endpoint).head = head;
}

void EndpointPool::note_behind(std::size_t endpoint) {
    members_.at(endpoint).is_behind = true;
    report_change(endpoint);
}

}  // namespace chela::sidecar::node
