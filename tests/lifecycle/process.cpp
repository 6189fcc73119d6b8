#include "tests/lifecycle/process.hpp"

#include "sidecar/node/chain_client.hpp"
#include "tests/sidecar/await.hpp"
#include "tests/sidecar/store/fixture.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fmt/format.h>

namespace chela::test::lifecycle {
namespace {

namespace flow = sidecar::flow;
namespace node = sidecar::node;
namespace store = sidecar::store;

constexpr std::chrono::hours kNever{24};

std::unique_ptr<store::Store> opened(Universe& universe) {
    const auto path = universe.database();
    const auto mode =
        std::filesystem::exists(path) ? store::OpenMode::existing : store::OpenMode::create;
    store::SqliteOptions options;
    options.failpoint = failpoint(universe.mortality);
    auto opened = store::open_sqlite(path, mode, options);
    if (!opened) bug("the store of a life does not open: " + opened.error().detail);
    return *std::move(opened);
}

/// I3: what leaves the process is stored, as another connection to the database sees it.
std::function<void(const std::string&)> check_durable(Universe& universe) {
    const auto raw = std::make_shared<store::Raw>(universe.database());
    return [&universe, raw](const std::string& bytes) {
        if (raw->ask("SELECT count(*) FROM attempts WHERE signed_bytes = '" + bytes + "'") != "1")
            universe.troubles.push_back("I3: bytes were sent that are not stored");
    };
}

/// On the life's clock and without waiting, so that a seed repeats itself.
node::PoolOptions pool_options(const Universe& universe) {
    node::PoolOptions options;
    options.jitter = [] { return 0.0; };
    options.now = [&universe] {
        return std::chrono::steady_clock::time_point{universe.clock.time.time_since_epoch()};
    };
    return options;
}

std::shared_ptr<const flow::ChainSet> chain_set(Universe& universe) {
    const auto chain = chain_of_lives();
    auto registry = chains::Registry::make({chain});
    if (!registry) bug("the chain of a life is refused");
    auto set = std::make_shared<flow::ChainSet>();
    set->registry = *std::move(registry);
    std::vector<node::PooledClient> endpoints;
    for (const auto& endpoint : universe.endpoints) {
        endpoints.push_back(
            {fmt::format("node {}", endpoints.size()),
             std::make_shared<MortalClient>(
                 endpoint, universe.mortality, check_durable(universe))});
    }
    set->clients[chain.chain_id.value] =
        std::make_shared<node::ChainClient>(chain, std::move(endpoints), pool_options(universe));
    return set;
}

flow::DriverOptions options() {
    flow::DriverOptions options;
    options.poll_interval = kNever;
    options.step_timeout = kNever;
    options.rules.retry_after = std::chrono::milliseconds{0};
    options.rules.bump_after = 2;
    options.rules.resend_after = 1;
    options.rules.most_attempts = 5;
    return options;
}

sidecar::Deadline never() {
    return std::chrono::steady_clock::now() + kNever;
}

}  // namespace

chains::Chain chain_of_lives() {
    chains::Chain chain;
    chain.name = "base";
    chain.chain_id = kChain;
    chain.display_name = "Base";
    chain.native_currency = "ETH";
    chain.max_fee_per_transaction = ether("0.01");
    chain.confirmations = Universe::kConfirmations;
    chain.block_time = std::chrono::milliseconds{0};  // time passes by the story alone
    return chain;
}

Process::Process(Universe& universe)
    : store_{opened(universe)},
      keyring_{*store_, {std::make_shared<flow::TokenSource>(universe.token)}},
      services_{
          *store_,
          gate_,
          keyring_,
          universe.clock,
          context_.get_executor(),
          context_.get_executor(),
          chain_set(universe)},
      driver_{context_.get_executor(), services_, options()},
      intents_{services_, driver_, flow::SubmitOptions{.require_simulation = false}} {
    boost::asio::co_spawn(context_, driver_.recover(never()), [](const auto&, const Status&) {});
    pump();
}

Process::~Process() {
    driver_.release_waiters();
    await(context_, driver_.stop());
}

void Process::submit(
    const std::string& agent_id,
    const std::string& key,
    const flow::AnyRequest& request,
    std::function<void(const Result<flow::Submission>&)> done) {
    ++unanswered_;
    boost::asio::co_spawn(
        context_, intents_.submit(agent_id, key, request, never()),
        [this, done = std::move(done)](
            const std::exception_ptr& thrown, const Result<flow::Submission>& submission) {
            if (thrown) bug("a submission threw");
            --unanswered_;
            done(submission);
        });
}

void Process::cancel(const std::string& intent_id) {
    boost::asio::co_spawn(
        context_, intents_.cancel(intent_id, "agent:x", never()), boost::asio::detached);
}

void Process::speed_up(const std::string& intent_id) {
    boost::asio::co_spawn(
        context_, intents_.speed_up(intent_id, {}, "agent:x", never()), boost::asio::detached);
}

void Process::hand_over(const std::string& agent_id, const Bytes& signed_bytes) {
    boost::asio::co_spawn(
        context_, intents_.send_signed(agent_id, chain_of_lives().chain_id, signed_bytes, never()),
        [](const std::exception_ptr& thrown, const Result<store::IntentRecord>&) {
            if (thrown) bug("a hand-over threw");
        });
}

void Process::pump(unsigned rounds) {
    for (unsigned round = 0; round < rounds; ++round) {
        driver_.wake_all();
        context_.restart();
        context_.poll();
    }
}

}  // namespace chela::test::lifecycle
