#include "sidecar/app/chain_watch.hpp"

#include "tests/sidecar/flow/world.hpp"

namespace chela::sidecar::app {
namespace {

using namespace std::chrono_literals;

config::Config configuration(std::string name, std::uint64_t id) {
    config::ChainConfig chain;
    chain.name = std::move(name);
    chain.chain_id = ChainId{id};
    config::EndpointConfig endpoint;
    endpoint.url = "http://127.0.0.1:8545";
    chain.endpoints = {endpoint};
    config::Config config;
    config.chains = {chain};
    return config;
}

store::ChainRecord stored(std::string name, std::uint64_t id) {
    store::ChainRecord record;
    record.chain.name = std::move(name);
    record.chain.chain_id = ChainId{id};
    record.rpc_url = "https://node.example";
    record.max_fee_per_transaction = Wei{U256{1}};
    return record;
}

/// A watch over a store, with base in chela.yaml.
class chain_watch : public flow::World {
public:
    ~chain_watch() override { test::await(process->context, watch.stop()); }

protected:
    void load() {
        if (auto ok = watch.load(); !ok) bug(ok.error().detail);
    }
    /// As another process does it.
    void add(const store::ChainRecord& record) {
        const auto done = process->store->insert_chain(
            record, {clock.time, "operator", "chain.created", record.chain.name, "{}"});
        if (!done) bug(done.error().detail);
    }
    void set_enabled(std::uint64_t id, bool is_enabled) {
        const auto done = process->store->update_chain(
            ChainId{id}, {clock.time, "operator", "chain.updated", "x", "{}"},
            [is_enabled](store::ChainRecord& record) -> Status {
                record.chain.is_enabled = is_enabled;
                return {};
            });
        if (!done) bug(done.error().detail);
    }
    [[nodiscard]] bool has(const std::string& name) const {
        return process->services.chains->registry.find(name).has_value();
    }
    bool eventually(const std::function<bool()>& is_true) {
        return test::run_until(process->context, is_true);
    }
    Status take_up() { return test::await(process->context, watch.take_up()); }

    ChainWatch watch{
        process->context.get_executor(),
        process->services,
        configuration("base", 8453),
        {.interval = 2ms}};
};

TEST_F(chain_watch, starts_with_what_is_configured_and_stored) {
    add(stored("gnosis", 100));
    load();
    EXPECT_TRUE(has("base"));
    EXPECT_TRUE(has("gnosis"));
}

TEST_F(chain_watch, takes_up_what_another_process_changes) {
    load();
    watch.start();
    add(stored("gnosis", 100));
    EXPECT_TRUE(eventually([&] { return has("gnosis"); }));
    set_enabled(100, false);
    EXPECT_TRUE(
        eventually([&] { return !process->services.chains->registry.find("gnosis")->is_enabled; }));
    const auto removed = process->store->remove_chain(
        ChainId{100}, {clock.time, "operator", "chain.removed", "x", "{}"});
    ASSERT_TRUE(removed.has_value());
    EXPECT_TRUE(eventually([&] { return !has("gnosis"); }));
    EXPECT_TRUE(has("base"));
}

TEST_F(chain_watch, looks_at_once_when_it_is_told) {
    load();
    add(stored("gnosis", 100));
    EXPECT_FALSE(has("gnosis"));
    EXPECT_TRUE(take_up().has_value());
    EXPECT_TRUE(has("gnosis"));
}

TEST_F(chain_watch, keeps_the_set_while_nothing_changes) {
    load();
    const auto before = process->services.chains;
    EXPECT_TRUE(take_up().has_value());
    EXPECT_EQ(process->services.chains, before) << "its clients and connections stay";
}

TEST_F(chain_watch, leaves_the_chains_when_what_is_stored_cannot_be_used) {
    load();
    auto bad = stored("bad", 7);
    bad.rpc_url = "nonsense";  // no door lets it in
    add(bad);
    EXPECT_FALSE(take_up().has_value());
    EXPECT_TRUE(has("base"));
    EXPECT_FALSE(has("bad"));
    EXPECT_TRUE(take_up().has_value()) << "the same again is not worth a word";
    const auto removed = process->store->remove_chain(
        ChainId{7}, {clock.time, "operator", "chain.removed", "x", "{}"});
    ASSERT_TRUE(removed.has_value());
    add(stored("gnosis", 100));
    EXPECT_TRUE(take_up().has_value());
    EXPECT_TRUE(has("gnosis"));
}

TEST_F(chain_watch, takes_another_configuration_when_it_is_adopted_and_not_before) {
    add(stored("gnosis", 100));
    load();
    auto prepared = test::await(process->context, watch.prepare(configuration("ours", 100)));
    ASSERT_TRUE(prepared.has_value()) << prepared.error().detail;
    EXPECT_TRUE(has("base"));
    watch.adopt(std::move(*prepared));
    EXPECT_FALSE(has("base"));
    EXPECT_TRUE(has("ours"));
    EXPECT_FALSE(has("gnosis")) << "chela.yaml has this id now";
    add(stored("zone", 7));
    EXPECT_TRUE(take_up().has_value());
    EXPECT_TRUE(has("zone"));
    EXPECT_TRUE(has("ours"));
}

TEST_F(chain_watch, refuses_a_configuration_that_cannot_be_used) {
    load();
    auto bad = configuration("base", 8453);
    bad.chains[0].endpoints[0].url = "nonsense";
    EXPECT_FALSE(test::await(process->context, watch.prepare(bad)).has_value());
    EXPECT_TRUE(has("base"));
}

}  // namespace
}  // namespace chela::sidecar::app
