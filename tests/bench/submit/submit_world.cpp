#include "tests/bench/submit/submit_world.hpp"

#include "sidecar/flow/agents.hpp"
#include "sidecar/telemetry/log.hpp"
#include "tests/bench/submit/timed_pool.hpp"
#include "tests/policy/build.hpp"
#include "tests/sidecar/await.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::bench {
namespace {

namespace asio = boost::asio;
namespace flow = sidecar::flow;
namespace store = sidecar::store;
using test::fake_node::FakeChain;

constexpr unsigned kStoreThreads = 16;
constexpr std::size_t kPaymentsInABlock = 4;  // of each client
const Address kPayee = test::address(0xa1);

template <class T>
T must(Result<T> result) {
    if (!result) bug(result.error().detail);
    return *std::move(result);
}

chains::Chain chain_of_bench(const FakeChain& node) {
    chains::Chain chain;
    chain.name = "bench";
    chain.chain_id = node.options().chain_id;
    chain.display_name = "Bench";
    chain.native_currency = "ETH";
    chain.max_fee_per_transaction = test::ether("1");
    return chain;
}

/// The fake node, with the time that it takes to answer.
class TimedNode final : public sidecar::node::Client {
public:
    TimedNode(std::shared_ptr<BenchNode> node, Meter& meter)
        : node_{std::move(node)},
          meter_{meter} {}

    asio::awaitable<Result<sidecar::node::RpcAnswer>> call(
        std::string method, Json parameters, sidecar::Deadline /*deadline*/) override {
        const auto from = SteadyClock::now();
        auto answer = node_->answer(method, parameters);
        const auto to = SteadyClock::now();
        meter_.in_node(from, to);
        node_->busy += to - from;
        co_return answer;
    }

private:
    std::shared_ptr<BenchNode> node_;
    Meter& meter_;
};

std::shared_ptr<const flow::ChainSet> chain_set(
    const std::shared_ptr<BenchNode>& node, Meter& meter) {
    const auto chain = chain_of_bench(node->chain());
    auto set = std::make_shared<flow::ChainSet>();
    set->registry = must(chains::Registry::make({chain}));
    const auto client = std::make_shared<sidecar::node::ChainClient>(
        chain, std::make_shared<TimedNode>(node, meter));
    set->clients[chain.chain_id.value] = client;
    set->simulators[chain.chain_id.value] = std::make_shared<sidecar::node::Simulator>(*client);
    return set;
}

void tell_store(
    Meter& meter, SteadyClock::time_point posted, const Moment& from, const Moment& to) {
    meter.in_store(posted, from, to);
}
void tell_signer(Meter& meter, SteadyClock::time_point, const Moment& from, const Moment& to) {
    meter.in_sign_job(from, to);
}

store::AgentRecord draft_of(std::size_t number) {
    store::AgentRecord draft;
    draft.name = fmt::format("client-{}", number);
    draft.intents_api_enabled = true;
    draft.guardrails.everywhere.to_allowlist = {kPayee};
    draft.guardrails.everywhere.max_value = test::ether("1");
    draft.guardrails.everywhere.daily_limit = test::ether("1000000");
    return draft;
}

}  // namespace

/// What serve has once, here once a client, so that each part of the time is somebody's.
struct SubmitWorld::Client {
    Client(SubmitWorld& world, std::string id)
        : agent_id{std::move(id)},
          services{
              *world.store_,
              world.gate_,
              world.keyring_,
              world.clock_,
              TimedPool{world.store_pool_, meter, tell_store},
              TimedPool{world.signing_pool_, meter, tell_signer},
              chain_set(world.node_, meter)},
          driver{world.context_.get_executor(), services, flow::DriverOptions{}},
          intents{services, driver, flow::SubmitOptions{}} {}

    Meter meter;
    std::string agent_id;
    flow::Services services;
    flow::LaneDriver driver;
    flow::Intents intents;
    std::size_t paid = 0;
};

SubmitWorld::SubmitWorld(
    std::shared_ptr<flow::KeySource> keys, unsigned signing_threads, std::size_t clients)
    : store_{must(store::open_sqlite(database(), store::OpenMode::create))},
      keys_{std::make_shared<TimedSource>(std::move(keys))},
      store_pool_{kStoreThreads},
      signing_pool_{signing_threads},
      gate_{*store_},
      keyring_{*store_, {keys_}},
      node_{std::make_shared<BenchNode>()},
      clients_wanted_{clients} {
    sidecar::log::set_level(sidecar::log::Level::error);
    for (std::size_t i = 0; i < clients; ++i)
        add_client();
    node_->chain().mine_empty(20);
}

SubmitWorld::~SubmitWorld() {
    for (const auto& client : clients_)
        test::await(context_, client->driver.stop());
    signing_pool_.join();
    store_pool_.join();
}

std::filesystem::path SubmitWorld::database() const {
    return folder_.path() / "chela.db";
}

void SubmitWorld::add_client() {
    flow::Agents agents{*store_, keyring_, clock_};
    const auto agent = must(agents.create(draft_of(clients_.size()), "operator")).agent;
    const auto address = must(store_->key(*agent.signing_key_id)).address;
    auto& client = clients_.emplace_back(std::make_unique<Client>(*this, agent.id));
    keys_->watch(address, client->meter);
    node_->chain().fund(address, test::ether("1000"));
}

SubmitWorld::Run SubmitWorld::run(std::size_t each, Pace pace) {
    Run run;
    std::size_t ended = 0;
    context_.restart();
    node_->busy = {};
    const auto began = SteadyClock::now();
    for (const auto& client : clients_) {
        asio::co_spawn(
            context_, pay(*client, each, pace, run),
            [this, &ended](const std::exception_ptr& thrown) {
                if (thrown) bug("a client of the benchmark threw");
                if (++ended == clients_.size()) context_.stop();  // lanes wait for ever
            });
    }
    context_.run();
    run.took = SteadyClock::now() - began;
    run.node = node_->busy;
    return run;
}

asio::awaitable<void> SubmitWorld::pay(Client& client, std::size_t each, Pace pace, Run& run) {
    constexpr std::chrono::milliseconds kUntilQuiet{3};
    asio::steady_timer timer{context_};
    flow::IntentRequest request;
    request.chain = chain_of_bench(node_->chain());
    request.to = kPayee;
    for (std::size_t i = 0; i < each; ++i) {
        request.value = test::wei(1 + client.paid);
        const auto key = fmt::format("{}-{}", client.agent_id, client.paid++);
        client.meter.begin();
        const auto done = co_await client.intents.submit(
            client.agent_id, key, request, SteadyClock::now() + std::chrono::minutes{1});
        if (!done) bug("a payment failed: " + done.error().detail);
        if (done->intent.state != store::IntentState::broadcast)
            bug("a payment is not broadcast: " + done->intent.error_message);
        const auto parts = client.meter.durable();
        if (!parts) bug("a payment was broadcast before it was durable");
        run.submissions.push_back(*parts);
        mine_now_and_then();
        while (pace == Pace::when_quiet && !client.meter.is_quiet_for(kUntilQuiet)) {
            timer.expires_after(kUntilQuiet);
            co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
        }
    }
}

void SubmitWorld::mine_now_and_then() {
    if (++sent_ % (kPaymentsInABlock * clients_wanted_) != 0) return;
    node_->mine();
}

}  // namespace chela::bench
