#include "sidecar/app/policy_watch.hpp"

#include "sidecar/flow/token_source.hpp"
#include "tests/sidecar/app/policy_fixture.hpp"
#include "tests/sidecar/auth/scripted_authority.hpp"
#include "tests/sidecar/await.hpp"
#include "tests/sidecar/flow/fake_token.hpp"

namespace chela::sidecar::app::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// A watch over a.yaml that looks every few milliseconds.
class policy_watch : public PolicyFilesTest {
protected:
    policy_watch() {
        config.watch_interval = 2ms;
        config.files = {write("a.yaml", document("a", 1, "1"))};
        if (auto ok = start_with_policy_files(*store, config, now); !ok) bug(ok.error().detail);
        watch.emplace(
            context.get_executor(), PolicyWatchParts{*store, clock, store_pool, counted}, config);
        watch->start();
    }

public:
    ~policy_watch() override {
        chela::test::await(context, watch->stop());
        store_pool.join();
    }

protected:
    bool eventually(const std::function<bool()>& is_true) {
        return chela::test::run_until(context, is_true);
    }
    [[nodiscard]] bool shows(const std::string& metric) const {
        return counted->text().find("\n" + metric + "\n") != std::string::npos;
    }

    boost::asio::io_context context;
    boost::asio::thread_pool store_pool{2};
    auth::test::FakeClock clock;
    std::shared_ptr<telemetry::Metrics> counted = std::make_shared<telemetry::Metrics>();
    config::PolicyConfig config;
    std::optional<PolicyWatch> watch;
};

TEST_F(policy_watch, brings_in_a_file_that_changes) {
    write("a.yaml", document("a", 2, "2"));
    EXPECT_TRUE(eventually([&] { return active("a") == "2 by file:a.yaml"; }));
    EXPECT_TRUE(eventually([&] { return shows("chela_policy_reloads_total 1"); }));
    EXPECT_TRUE(shows("chela_policy_reload_failures_total 0"));
}

TEST_F(policy_watch, leaves_every_policy_when_a_file_is_bad_and_counts_it_once) {
    write("a.yaml", "schema: chela.policy/1\nid: a\nversion: 2\nnonsense: true\n");
    EXPECT_TRUE(eventually([&] { return shows("chela_policy_reload_failures_total 1"); }));
    const auto looks_on_until = std::chrono::steady_clock::now() + 60ms;
    EXPECT_TRUE(eventually([&] { return std::chrono::steady_clock::now() > looks_on_until; }));
    EXPECT_TRUE(shows("chela_policy_reload_failures_total 1")) << "not at each look";
    EXPECT_EQ(active("a"), "1 by file:a.yaml");
    EXPECT_TRUE(shows("chela_policy_reloads_total 0"));
    write("a.yaml", document("a", 2, "2"));
    EXPECT_TRUE(eventually([&] { return active("a") == "2 by file:a.yaml"; }));
}

TEST_F(policy_watch, leaves_the_policy_of_a_file_that_goes_away) {
    std::filesystem::remove(config.files[0]);
    EXPECT_TRUE(eventually([&] { return shows("chela_policy_reload_failures_total 1"); }));
    EXPECT_EQ(active("a"), "1 by file:a.yaml");
}

TEST_F(policy_watch, takes_new_files_at_a_signal_and_watches_them) {
    auto wanted = config;
    wanted.files.push_back(write("b.yaml", document("b", 1, "1")));
    EXPECT_TRUE(chela::test::await(context, watch->reload(wanted)).has_value());
    EXPECT_EQ(active("b"), "1 by file:b.yaml");
    write("b.yaml", document("b", 2, "2"));
    EXPECT_TRUE(eventually([&] { return active("b") == "2 by file:b.yaml"; }));
}

TEST_F(policy_watch, refuses_a_bad_file_at_a_signal_and_goes_on_with_the_old_ones) {
    auto wanted = config;
    wanted.files.push_back(write("b.yaml", "id: [\n"));
    const auto refused = chela::test::await(context, watch->reload(wanted));
    ASSERT_FALSE(refused.has_value());
    EXPECT_THAT(refused.error().detail, HasSubstr("b.yaml:"));
    EXPECT_TRUE(shows("chela_policy_reload_failures_total 1"));
    write("a.yaml", document("a", 2, "2"));
    EXPECT_TRUE(eventually([&] { return active("a") == "2 by file:a.yaml"; }));
}

}  // namespace
}  // namespace chela::sidecar::app::test
