#pragma once

#include "sidecar/node/pool_options.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace chela::sidecar::node {

/// Several endpoints of one chain. Each one's chain id is verified before anything else of it is
/// believed, again after 10 s and after each failure; one that serves another chain is not used.
///
/// Reads go to one endpoint while it is healthy, so that answers agree, and to the next one in
/// order otherwise; they are tried again with full jitter. An endpoint is left alone while its
/// breaker is open or it asked for a pause, and not read from while its head is more than max_lag
/// blocks behind the best. Of three or more heads the second highest counts as the best, so that
/// one endpoint's word cannot rule out all others. Nothing but reads is ever repeated.
/// Threads: the io_context's one.
class EndpointPool final : public Client, public std::enable_shared_from_this<EndpointPool> {
public:
    struct Answered {
        RpcAnswer answer;
        std::size_t endpoint{};
    };
    /// An error says that the answer is garbage: it counts against the endpoint, and another one is
    /// asked. May be empty.
    using Judge = std::function<Status(const RpcAnswer&)>;

    /// @param clients  at least one, in order of preference
    EndpointPool(
        std::string chain_name,
        ChainId chain_id,
        std::vector<PooledClient> clients,
        PoolOptions options);

    [[nodiscard]] std::size_t size() const { return members_.size(); }
    [[nodiscard]] EndpointHealth health(std::size_t endpoint) const;

    /// A read. @return the last endpoint's error, as Client::call; also unavailable
    /// E_NODE_CHAIN_ID, E_NODE_RESTING, E_NODE_BEHIND or E_NODE_RATE_LIMITED
    [[nodiscard]] boost::asio::awaitable<Result<Answered>> read(
        std::string method, Json parameters, Judge judge, Deadline deadline);
    /// A read without a judge.
    [[nodiscard]] boost::asio::awaitable<Result<RpcAnswer>> call(
        std::string method, Json parameters, Deadline deadline) override;
    /// One request to one endpoint, never repeated. @return as read
    [[nodiscard]] boost::asio::awaitable<Result<RpcAnswer>> ask(
        std::size_t endpoint, std::string method, Json parameters, Judge judge, Deadline deadline);
    /// A question of somebody else's, asked once of the endpoint that reads go to. What comes of it
    /// counts neither for nor against that one: whoever asks cannot rule it out for others.
    /// @return as Client::call and read
    [[nodiscard]] boost::asio::awaitable<Result<RpcAnswer>> pass_on(
        std::string method, Json parameters, Deadline deadline);
    /// The same, as Client::call_for_text.
    [[nodiscard]] boost::asio::awaitable<Result<RpcText>> pass_on_text(
        std::string method, Json parameters, Deadline deadline, boost::asio::any_io_executor pool);
    /// The endpoint to send through, verified; one that is behind will do.
    [[nodiscard]] boost::asio::awaitable<Result<std::size_t>> choose_for_sending(Deadline deadline);

    /// Verifies endpoints until one serves the right chain. @return the first one's error
    [[nodiscard]] boost::asio::awaitable<Status> verify(Deadline deadline);
    /// Asks all of them for chain id and head, at once.
    [[nodiscard]] boost::asio::awaitable<void> survey(Deadline deadline);
    [[nodiscard]] boost::asio::awaitable<Result<BlockNumber>> ask_head(
        std::size_t endpoint, Deadline deadline);
    void note_head(std::size_t endpoint, BlockNumber head);
    /// It has shown that it is behind: no state is read from it until the next survey.
    void note_behind(std::size_t endpoint);
    using Time = std::chrono::steady_clock::time_point;
    [[nodiscard]] Time now() const;  ///< by the pool's clock

private:
    enum class Use : std::uint8_t { reading, sending };
    struct Member {
        Member(PooledClient client, Breaker::Limits limits)
            : node{std::move(client)},
              breaker{limits} {}
        PooledClient node;
        Breaker breaker;
        std::optional<Time> answered_at;
        std::optional<Time> verified_at;
        std::optional<Time> refused_at;  ///< it served another chain then
        Error refusal;                   ///< why, while refused_at is set
        std::optional<Error> last_error;
        std::optional<BlockNumber> head;
        std::optional<std::chrono::microseconds> latency;
        bool is_behind = false;
        EndpointState reported{EndpointState::untried};
    };
    using Tried = std::vector<bool>;

    [[nodiscard]] double jitter() const;
    [[nodiscard]] EndpointState state_of(const Member& member) const;
    [[nodiscard]] bool may_use(const Member& member, Use use) const;
    [[nodiscard]] std::optional<std::size_t> choose(const Tried& tried, Use use) const;
    [[nodiscard]] Error why_none() const;

    boost::asio::awaitable<Result<std::size_t>> admit_one(Tried* tried, Use use, Deadline deadline);
    boost::asio::awaitable<Status> admit(std::size_t endpoint, Deadline deadline);
    boost::asio::awaitable<Status> check_chain_id(std::size_t endpoint, Deadline deadline);
    boost::asio::awaitable<Result<RpcAnswer>> request(
        std::size_t endpoint, std::string method, Json parameters, Judge judge, Deadline deadline);
    boost::asio::awaitable<void> wait_out_pause(std::size_t endpoint, Deadline deadline) const;
    boost::asio::awaitable<bool> pause(unsigned attempt, Deadline deadline) const;
    boost::asio::awaitable<void> survey_when_due(Deadline deadline);
    static boost::asio::awaitable<void> survey_behind_the_scenes(
        std::shared_ptr<EndpointPool> self, Deadline deadline);
    void compare_heads(const std::vector<Result<BlockNumber>>& heads);
    void record(std::size_t endpoint, const Status& outcome, Time started);
    void report_change(std::size_t endpoint);

    std::string chain_name_;
    ChainId chain_id_;
    std::vector<Member> members_;
    PoolOptions options_;
    Time made_at_;
    std::size_t preferred_ = 0;
    std::optional<Time> surveyed_at_;
    bool is_surveying_ = false;
};

}  // namespace chela::sidecar::node
