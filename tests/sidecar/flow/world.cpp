#include "tests/sidecar/flow/world.hpp"

#include "policy/rules/load.hpp"
#include "sidecar/flow/agents.hpp"
#include "sidecar/telemetry/log.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::flow {
namespace {

std::unique_ptr<store::Store> opened(const std::filesystem::path& path) {
    const auto mode =
        std::filesystem::exists(path) ? store::OpenMode::existing : store::OpenMode::create;
    auto store = store::open_sqlite(path, mode);
    if (!store) bug("the test's store does not open: " + store.error().detail);
    return *std::move(store);
}

std::shared_ptr<const ChainSet> chain_set(
    std::shared_ptr<test::FakeChain> node, std::uint64_t confirmations) {
    const auto chain = base_chain(confirmations);
    auto registry = chains::Registry::make({chain});
    if (!registry) bug("the test's chain is refused");
    auto set = std::make_shared<ChainSet>();
    set->registry = *std::move(registry);
    auto client = std::make_shared<node::ChainClient>(chain, std::move(node));
    set->simulators[chain.chain_id.value] = std::make_shared<node::Simulator>(*client);
    set->clients[chain.chain_id.value] = std::move(client);
    return set;
}

}  // namespace

chains::Chain base_chain(std::uint64_t confirmations) {
    chains::Chain chain;
    chain.name = "base";
    chain.chain_id = test::kChain;
    chain.display_name = "Base";
    chain.native_currency = "ETH";
    chain.max_fee_per_transaction = ether("1");
    chain.confirmations = confirmations;
    chain.block_time = std::chrono::milliseconds{0};  // the tests' clock stands still
    return chain;
}

IntentRequest request_to_alice(Wei value) {
    IntentRequest request;
    request.chain = base_chain();
    request.to = kAlice;
    request.value = value;
    return request;
}

Process::Process(
    const std::filesystem::path& database,
    test::FakeToken& token,
    const Clock& clock,
    std::shared_ptr<test::FakeChain> node,
    std::uint64_t confirmations,
    DriverOptions options)
    : store{opened(database)},
      keyring{*store, {std::make_shared<TokenSource>(token)}},
      services{
          *store,
          gate,
          keyring,
          clock,
          store_pool.get_executor(),
          signing_pool.get_executor(),
          chain_set(std::move(node), confirmations)},
      driver{context.get_executor(), services, options},
      intents{services, driver, SubmitOptions{}},
      approval_watch{
          context.get_executor(), services, intents,
          ApprovalWatchOptions{.interval = std::chrono::milliseconds{5}}} {}

Process::~Process() {
    test::await(context, approval_watch.stop());
    test::await(context, driver.stop());
    signing_pool.join();
    store_pool.join();
}

World::World() : node{std::make_shared<test::FakeChain>(test::kChain.value)} {
    log::set_level(log::Level::error);
    start();
    Agents agents{*process->store, process->keyring, clock};
    store::AgentRecord draft;
    draft.name = "payer";
    draft.intents_api_enabled = true;
    draft.guardrails.everywhere.to_allowlist = {kAlice};
    draft.guardrails.everywhere.max_value = ether("2");
    const auto created = agents.create(std::move(draft), "operator");
    if (!created) bug("the test's agent is refused: " + created.error().detail);
    agent_id = created->agent.id;
    const auto key = process->store->key(*created->agent.signing_key_id);
    if (!key) bug("the test's agent has no key");
    signer = key->address;
}

World::~World() {
    token.behaviour.release();
    stop();
}

void World::start() {
    process = std::make_unique<Process>(
        folder.path() / "chela.db", token, clock, node, confirmations, options);
}

void World::stop() {
    if (!process) return;
    EXPECT_TRUE(test::run_until(process->context, [this] { return unfinished == 0; }));
    process.reset();
}

void World::restart() {
    stop();
    start();
    const auto recovered = test::await(process->context, process->driver.recover(soon()));
    if (!recovered) bug("recovery failed: " + recovered.error().detail);
}

Result<Submission> World::submit(
    const std::string& key, const AnyRequest& request, Deadline deadline) {
    return test::await(process->context, process->intents.submit(agent_id, key, request, deadline));
}

std::string World::submitted(const std::string& key, IntentState state, const AnyRequest& request) {
    const auto submission = submit(key, request);
    if (!submission) {
        ADD_FAILURE() << submission.error().reason << ": " << submission.error().detail;
        return {};
    }
    EXPECT_EQ(submission->intent.state, state)
        << to_string(submission->intent.state) << ' ' << submission->intent.error_message;
    return submission->intent.id;
}

std::string World::begun(const std::string& key, IntentState state) {
    ++unfinished;
    boost::asio::co_spawn(
        process->context, process->intents.submit(agent_id, key, request_to_alice(), soon()),
        [this](const std::exception_ptr& thrown, const Result<Submission>& result) {
            EXPECT_FALSE(thrown);
            EXPECT_TRUE(result.has_value());
            --unfinished;
        });
    const auto hash = hash_idempotency_key(key);
    std::string id;
    const auto is_there = [&] {
        for (const auto& intent : process->store->intents(agent_id, 100).value()) {
            if (intent.idempotency_hash == hash && intent.state == state) id = intent.id;
        }
        return !id.empty();
    };
    EXPECT_TRUE(test::run_until(process->context, is_there)) << "it is not " << to_string(state);
    return id;
}

void World::deactivate_agent() {
    const auto changed = process->store->update_agent(
        agent_id, {clock.time, "operator", "agent.deactivate", agent_id, "{}"},
        [](store::AgentRecord& agent) -> Status {
            agent.is_active = false;
            return {};
        });
    if (!changed) bug(changed.error().detail);
}

void World::use_policy(std::string_view document) {
    const auto policy = policy::load_policy(document, "test.yaml");
    if (!policy) bug("the test's policy does not load: " + policy.error().detail);
    store::PolicyRecord record;
    record.id = policy->id;
    record.version = policy->version;
    record.digest = policy->digest;
    record.canonical = policy->canonical;
    record.source = document;
    record.activated_at = clock.time;
    record.activated_by = "operator";
    const policy::AuditEntry entry{clock.time, "operator", "test", policy->id, "{}"};
    if (auto ok = process->store->activate_policy(record, entry); !ok) bug(ok.error().detail);
    const auto bound = process->store->update_agent(
        agent_id, {clock.time, "operator", "test", agent_id, "{}"},
        [&policy](store::AgentRecord& agent) -> Status {
            agent.guardrails = {};
            agent.policy_id = policy->id;
            return {};
        });
    if (!bound) bug(bound.error().detail);
}

IntentRecord World::intent(const std::string& id) const {
    const auto found = process->store->intent(id);
    if (!found) bug("the test's intent is not there");
    return *found;
}

void World::expect_reaches(const std::string& id, IntentState state) {
    EXPECT_TRUE(test::run_until(process->context, [&] { return intent(id).state == state; }))
        << "it is " << to_string(intent(id).state) << ": " << intent(id).error_message;
}

void World::expect_asked(const std::string& method, std::uint64_t more) {
    const auto wanted = node->calls[method] + more;
    EXPECT_TRUE(test::run_until(process->context, [&] { return node->calls[method] >= wanted; }))
        << method << " was not asked " << more << " times";
}

std::optional<Nonce> World::highest_nonce() const {
    std::optional<Nonce> highest;
    const auto status = process->store->transact([&](policy::LedgerTransaction& ledger) -> Status {
        const auto found = ledger.highest_nonce({test::kChain, signer});
        if (!found) return std::unexpected{found.error()};
        highest = *found;
        return {};
    });
    if (!status) bug("the lane cannot be read");
    return highest;
}

std::vector<policy::SpentCharge> World::spent(std::string_view meter) const {
    auto found = process->store->charges(
        {{policy::Budget::Scope::agent, agent_id, std::string{meter}}}, TimePoint{});
    if (!found) bug("the budget cannot be read");
    return *std::move(found);
}

std::size_t World::charges() const {
    return spent(policy::kGuardrailCountBudget).size();
}

}  // namespace chela::sidecar::flow
