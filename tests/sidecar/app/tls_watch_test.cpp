#include "sidecar/app/tls_watch.hpp"

#include "sidecar/app/listeners.hpp"
#include "sidecar/app/opened.hpp"
#include "tests/sidecar/auth/scripted_authority.hpp"
#include "tests/sidecar/await.hpp"
#include "tests/support/pki.hpp"
#include "tests/support/temp_dir.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chela::sidecar::app {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using testing::HasSubstr;

/// A watch over a volume as Kubernetes mounts one: tls.crt → ..data/tls.crt, ..data → a folder.
class tls_watch : public testing::Test {
protected:
    tls_watch() {
        clock.time =
            std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
        fs::create_directories(volume());
        fs::create_symlink("..data/tls.crt", volume() / "tls.crt");
        fs::create_symlink("..data/tls.key", volume() / "tls.key");
        put(pki.issue("first", {.names = "DNS:localhost"}));
        section.certificate_file = volume() / "tls.crt";
        section.key_file = volume() / "tls.key";
        section.watch_interval = 2ms;
    }

public:
    ~tls_watch() override { chela::test::await(context, watch.stop()); }

protected:
    [[nodiscard]] fs::path volume() const { return dir.path() / "volume"; }
    /// Swaps the volume's content at once.
    void put(const chela::test::Pki::Pair& pair) {
        const auto name = "..v" + std::to_string(++version);
        fs::create_directories(volume() / name);
        fs::copy_file(pair.certificate, volume() / name / "tls.crt");
        fs::copy_file(pair.key, volume() / name / "tls.key");
        fs::create_symlink(name, volume() / "..data_tmp");
        fs::rename(volume() / "..data_tmp", volume() / "..data");
    }
    void begin() {
        auto prepared = watch.prepare(section);
        ASSERT_TRUE(prepared.has_value()) << prepared.error().detail;
        watch.adopt(*std::move(prepared));
        watch.start();
    }
    bool eventually(const std::function<bool()>& is_true) {
        return chela::test::run_until(context, is_true);
    }
    [[nodiscard]] bool shows(const std::string& metric) const {
        return metrics->text().find("\n" + metric + "\n") != std::string::npos;
    }

    chela::test::TempDir dir;
    chela::test::Pki pki{dir.path() / "pki"};
    boost::asio::io_context context;
    auth::test::FakeClock clock;
    std::shared_ptr<telemetry::Metrics> metrics = std::make_shared<telemetry::Metrics>();
    int version = 0;
    int used = 0;
    config::TlsSection section;
    TlsWatch watch{
        context.get_executor(),
        {.clock = clock, .metrics = metrics, .use = [this](const http::ServerTls&) { ++used; }}};
};

TEST_F(tls_watch, takes_up_a_volume_that_is_swapped) {
    begin();
    ASSERT_EQ(used, 1);
    put(pki.issue("second", {.names = "DNS:localhost"}));
    EXPECT_TRUE(eventually([&] { return used == 2; }));
    EXPECT_TRUE(shows("chela_tls_loads_total 2"));
    EXPECT_TRUE(shows("chela_tls_reload_failures_total 0"));
}

TEST_F(tls_watch, keeps_what_it_has_when_the_new_pair_does_not_fit_and_counts_it_once) {
    begin();
    const auto second = pki.issue("second", {.names = "DNS:localhost"});
    const auto third = pki.issue("third", {.names = "DNS:localhost"});
    put({.certificate = second.certificate, .key = third.key});
    EXPECT_TRUE(eventually([&] { return shows("chela_tls_reload_failures_total 1"); }));
    const auto looks_on_until = std::chrono::steady_clock::now() + 60ms;
    EXPECT_TRUE(eventually([&] { return std::chrono::steady_clock::now() > looks_on_until; }));
    EXPECT_TRUE(shows("chela_tls_reload_failures_total 1"));
    EXPECT_EQ(used, 1);
    put(second);
    EXPECT_TRUE(eventually([&] { return used == 2; }));
}

TEST_F(tls_watch, refuses_to_be_turned_on_or_off_while_it_runs) {
    begin();
    const auto off = watch.prepare(std::nullopt);
    ASSERT_FALSE(off.has_value());
    EXPECT_EQ(off.error().reason, "E_TLS_RESTART");
    EXPECT_TRUE(watch.prepare(section).has_value());
}

config::ServerConfig server(bool unsafe, std::vector<std::string> hosts = {}) {
    config::ServerConfig settings;
    settings.unsafe_listen = unsafe;
    settings.allowed_hosts = std::move(hosts);
    return settings;
}

TEST(listeners, listen_beyond_this_machine_only_when_that_is_meant) {
    for (const char* address : {"0.0.0.0:8787", "[::]:8787", "10.0.0.1:8787"}) {
        const auto refused = check_reach(address, server(false, {"chela.internal"}));
        ASSERT_FALSE(refused.has_value()) << address;
        EXPECT_EQ(refused.error().reason, kConfigReason);
        EXPECT_THAT(refused.error().detail, HasSubstr("server.unsafe_listen: true"));
        const auto deaf = check_reach(address, server(true));
        ASSERT_FALSE(deaf.has_value()) << address;
        EXPECT_THAT(deaf.error().detail, HasSubstr("server.allowed_hosts"));
        EXPECT_TRUE(check_reach(address, server(true, {"chela.internal"})).has_value()) << address;
    }
    EXPECT_TRUE(check_reach("127.0.0.1:0", server(false)).has_value());
    EXPECT_TRUE(check_reach("[::1]:0", server(true)).has_value());
}

}  // namespace
}  // namespace chela::sidecar::app
