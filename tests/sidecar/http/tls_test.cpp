#include "sidecar/http/tls.hpp"

#include "chains/base/json.hpp"
#include "tests/sidecar/http/raw_client.hpp"
#include "tests/sidecar/http/running_server.hpp"
#include "tests/sidecar/http/tls_client.hpp"
#include "tests/support/pki.hpp"
#include "tests/support/process.hpp"

#include <csignal>
#include <fstream>
#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <openssl/ssl.h>

namespace chela::sidecar::http {
namespace {

using namespace std::chrono_literals;
using chela::test::eventually;
using chela::test::Pki;
using test::RawClient;
using test::RunningServer;
using test::TlsClient;
using testing::HasSubstr;

TimePoint now() {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// One authority for the whole suite: keys take time.
class http_tls : public testing::Test {
protected:
    static void SetUpTestSuite() {
        // Writing to a connection that has ended is an error and no signal, as in chela.
        static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
        folder_ = std::make_unique<chela::test::TempDir>();
        pki_ = std::make_unique<Pki>(folder_->path() / "pki");
        server_pair_ = pki_->issue("server", {.names = "DNS:localhost,IP:127.0.0.1"});
        client_pair_ = pki_->issue(
            "client", {.names = "URI:spiffe://example.org/agent/trader,DNS:Trader.Example.org",
                       .purpose = "clientAuth"});
    }
    static void TearDownTestSuite() {
        pki_.reset();
        folder_.reset();
    }

    static TlsFiles files() {
        return {.certificate = server_pair_.certificate, .key = server_pair_.key, .client_ca = {}};
    }
    static TlsFiles mutual_files() {
        auto files = http_tls::files();
        files.client_ca = pki_->ca();
        return files;
    }
    static ServerTls tls(const TlsFiles& files) {
        auto made = make_server_tls(files, now());
        if (!made) throw std::runtime_error{made.error().detail};
        return *std::move(made);
    }
    static TlsClient::Options plain_client() {
        return {.ca = pki_->ca(), .certificate = {}, .key = {}, .alpn = {}, .newest = 0};
    }
    static TlsClient::Options client_with(const Pki::Pair& pair) {
        auto options = plain_client();
        options.certificate = pair.certificate;
        options.key = pair.key;
        return options;
    }
    static std::filesystem::path write(const std::string& name, const std::string& text) {
        auto path = folder_->path() / name;
        std::ofstream{path} << text;
        ::chmod(path.c_str(), 0600);
        return path;
    }
    static std::string refusal(const TlsFiles& files, TimePoint when = now()) {
        const auto made = make_server_tls(files, when);
        if (made) return "taken";
        return made.error().reason + ": " + made.error().detail;
    }

    // NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables): of the suite
    static std::unique_ptr<chela::test::TempDir> folder_;
    static std::unique_ptr<Pki> pki_;
    static Pki::Pair server_pair_;
    static Pki::Pair client_pair_;
    // NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)
};

std::unique_ptr<chela::test::TempDir> http_tls::folder_;
std::unique_ptr<Pki> http_tls::pki_;
Pki::Pair http_tls::server_pair_;
Pki::Pair http_tls::client_pair_;

TEST_F(http_tls, answers_over_tls_1_3) {
    RunningServer server{{}, tls(files())};
    TlsClient client{server.tls_port(), plain_client()};
    ASSERT_TRUE(client.is_connected());
    EXPECT_EQ(client.version(), "TLSv1.3");
    EXPECT_EQ(client.get("/ping"), "200 {\"pong\":true}");
    EXPECT_EQ(client.get("/ping"), "200 {\"pong\":true}") << "the connection is kept";
}

TEST_F(http_tls, speaks_nothing_older) {
    RunningServer server{{}, tls(files())};
    auto options = plain_client();
    options.newest = TLS1_2_VERSION;
    TlsClient client{server.tls_port(), options};
    EXPECT_FALSE(client.is_connected());
    EXPECT_TRUE(eventually([&] { return server.failed_handshakes().size() == 1; }, 5s));
}

TEST_F(http_tls, answers_no_plain_text) {
    RunningServer server{{}, tls(files())};
    RawClient client{server.tls_port()};
    client.send("GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_FALSE(client.response().has_value());
    EXPECT_TRUE(eventually([&] { return server.failed_handshakes().size() == 1; }, 5s));
    EXPECT_TRUE(server.access().empty());
}

TEST_F(http_tls, speaks_http_1_1_and_says_so_to_who_asks) {
    RunningServer server{{}, tls(files())};
    const std::string h1 = "\x08http/1.1";
    const std::string h2 = "\x02h2";
    for (const auto& [offered, spoken] :
         {std::pair{h1, "http/1.1"}, std::pair{h2 + h1, "http/1.1"},
          std::pair{std::string{}, ""}}) {
        auto options = plain_client();
        options.alpn = offered;
        TlsClient client{server.tls_port(), options};
        EXPECT_TRUE(client.is_connected()) << offered;
        EXPECT_EQ(client.protocol(), spoken) << offered;
    }
    auto options = plain_client();
    options.alpn = h2;
    EXPECT_FALSE((TlsClient{server.tls_port(), options}.is_connected()));
}

TEST_F(http_tls, gives_no_tickets_so_every_connection_shows_certificates) {
    RunningServer server{{}, tls(mutual_files())};
    TlsClient client{server.tls_port(), client_with(client_pair_)};
    EXPECT_EQ(client.get("/ping"), "200 {\"pong\":true}");
    EXPECT_EQ(client.tickets(), 0U);
}

TEST_F(http_tls, hands_the_names_of_a_client_certificate_to_the_handler) {
    RunningServer server{{}, tls(mutual_files())};
    TlsClient client{server.tls_port(), client_with(client_pair_)};
    const auto answer = client.get("/certificate");
    ASSERT_TRUE(answer.starts_with("200 ")) << answer;
    const Json seen = Json::parse(answer.substr(4));
    EXPECT_EQ(seen["uris"], Json::array({"spiffe://example.org/agent/trader"}));
    EXPECT_EQ(seen["dns_names"], Json::array({"trader.example.org"}));
    EXPECT_EQ(seen["fault"], "");
    const auto ends = TimePoint{std::chrono::milliseconds{seen["ends"].get<std::int64_t>()}};
    EXPECT_GT(ends, now() + 23h);
    EXPECT_LE(ends, now() + 24h + 1s);
}

TEST_F(http_tls, knows_no_certificate_where_none_was_asked_for) {
    RunningServer server{{}, tls(files())};
    TlsClient client{server.tls_port(), client_with(client_pair_)};
    EXPECT_EQ(client.get("/certificate"), "200 {\"certificate\":null}");
}

TEST_F(http_tls, turns_away_every_client_whose_certificate_does_not_hold) {
    RunningServer server{{}, tls(mutual_files())};
    const Pki other{folder_->path() / "other"};
    const std::string name = "URI:spiffe://example.org/agent/trader";
    const std::map<std::string, TlsClient::Options> clients{
        {"none at all", plain_client()},
        {"of another authority",
         client_with(other.issue("client", {.names = name, .purpose = "clientAuth"}))},
        {"expired", client_with(pki_->issue(
                        "expired", {.names = name, .purpose = "clientAuth", .life = -60s}))},
        {"made for servers", client_with(pki_->issue("serverish", {.names = name}))},
        {"made for nothing in particular",
         client_with(pki_->issue("any", {.names = name, .purpose = ""}))},
        {"made for anything",
         client_with(pki_->issue("anything", {.names = name, .purpose = "anyExtendedKeyUsage"}))},
    };
    std::size_t failed = 0;
    for (const auto& [what, options] : clients) {
        TlsClient client{server.tls_port(), options};
        EXPECT_EQ(client.get("/ping"), "") << what;
        ++failed;
        EXPECT_TRUE(eventually([&] { return server.failed_handshakes().size() == failed; }, 5s))
            << what;
    }
    EXPECT_TRUE(server.access().empty());
    TlsClient good{server.tls_port(), client_with(client_pair_)};
    EXPECT_EQ(good.get("/ping"), "200 {\"pong\":true}");
}

TEST_F(http_tls, lets_clients_without_one_in_where_it_is_optional_but_no_bad_one) {
    auto wanted = mutual_files();
    wanted.client_certificate = ClientCertificate::optional;
    RunningServer server{{}, tls(wanted)};
    EXPECT_EQ(
        (TlsClient{server.tls_port(), plain_client()}.get("/certificate")),
        "200 {\"certificate\":null}");
    const auto bad = pki_->issue("optional-bad", {.names = "DNS:a.example", .purpose = ""});
    EXPECT_EQ((TlsClient{server.tls_port(), client_with(bad)}.get("/ping")), "");
}

TEST_F(http_tls, sheds_who_does_not_finish_the_handshake) {
    ServerOptions options;
    options.limits.handshake_timeout = 50ms;
    RunningServer server{options, tls(files())};
    RawClient silent{server.tls_port()};
    EXPECT_TRUE(silent.is_closed());
    EXPECT_TRUE(eventually([&] { return server.failed_handshakes().size() == 1; }, 5s));
    EXPECT_THAT(server.failed_handshakes(), testing::ElementsAre("the handshake took too long"));
}

TEST_F(http_tls, counts_handshakes_among_the_connections_that_give_way) {
    ServerOptions options;
    options.limits.max_connections = 1;
    RunningServer server{options, tls(files())};
    RawClient silent{server.tls_port()};
    TlsClient second{server.tls_port(), plain_client()};
    EXPECT_EQ(second.get("/ping"), "200 {\"pong\":true}");
    EXPECT_TRUE(silent.is_closed());
}

TEST_F(http_tls, shows_a_new_certificate_to_new_connections_and_keeps_the_old_ones_open) {
    RunningServer server{{}, tls(files())};
    TlsClient before{server.tls_port(), plain_client()};
    ASSERT_EQ(before.get("/ping"), "200 {\"pong\":true}");
    const auto renewed = pki_->issue("renewed", {.names = "DNS:localhost"});
    server.use(tls({.certificate = renewed.certificate, .key = renewed.key, .client_ca = {}}));
    TlsClient after{server.tls_port(), plain_client()};
    EXPECT_EQ(before.server_name(), "server");
    EXPECT_EQ(after.server_name(), "renewed");
    EXPECT_EQ(before.get("/ping"), "200 {\"pong\":true}");
    EXPECT_EQ(after.get("/ping"), "200 {\"pong\":true}");
}

TEST_F(http_tls, has_everybody_shake_hands_again_when_it_believes_others) {
    RunningServer server{{}, tls(mutual_files())};
    const auto client = client_with(client_pair_);
    TlsClient idle{server.tls_port(), client};
    ASSERT_EQ(idle.get("/ping"), "200 {\"pong\":true}");
    TlsClient listening{server.tls_port(), client};
    ASSERT_TRUE(listening.send("GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    TlsClient waiting{server.tls_port(), client};
    ASSERT_TRUE(waiting.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    ASSERT_TRUE(eventually([&] { return server.streams() == 1 && server.waiting() == 1; }, 5s));
    RawClient plain{server.port()};
    const std::string ping = "GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n";
    ASSERT_TRUE(plain.send(ping));
    ASSERT_TRUE(plain.response());
    // The same authorities in other files are the same.
    server.use(tls(mutual_files()));
    ASSERT_EQ(idle.get("/ping"), "200 {\"pong\":true}");

    Pki others{folder_->path() / "others"};
    auto wanted = mutual_files();
    wanted.client_ca = others.ca();
    server.use(tls(wanted));
    EXPECT_TRUE(eventually([&] { return server.streams() == 0; }, 5s));
    server.open_gate();
    EXPECT_THAT(waiting.read_until("}"), HasSubstr("Connection: close"));
    for (TlsClient* old : {&idle, &waiting})
        EXPECT_EQ(old->get("/ping"), "") << "it came with what is not believed any more";
    TlsClient again{server.tls_port(), client};
    EXPECT_EQ(again.get("/ping"), "");
    TlsClient other{
        server.tls_port(),
        client_with(others.issue("other", {.names = "DNS:other", .purpose = "clientAuth"}))};
    EXPECT_EQ(other.get("/ping"), "200 {\"pong\":true}");
    ASSERT_TRUE(plain.send(ping)) << "it shook no hands";
    EXPECT_TRUE(plain.response());
}

TEST_F(http_tls, says_why_and_ends_properly_when_it_refuses_a_body) {
    ServerOptions options;
    options.limits.max_body_bytes = 10;
    RunningServer server{options, tls(files())};
    TlsClient client{server.tls_port(), plain_client()};
    ASSERT_TRUE(client.send(
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Content-Length: 100000\r\n\r\n" +
        std::string(20'000, ' ')));
    EXPECT_THAT(client.read_until("}"), HasSubstr("E_BODY_TOO_LARGE"));
    EXPECT_TRUE(client.is_ended_properly());
}

TEST_F(http_tls, answers_408_when_a_body_does_not_come) {
    ServerOptions options;
    options.limits.body_timeout = 50ms;
    RunningServer server{options, tls(files())};
    TlsClient client{server.tls_port(), plain_client()};
    ASSERT_TRUE(
        client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    "Content-Length: 5\r\n\r\n{"));
    EXPECT_THAT(client.read_until("}"), HasSubstr("E_TIMEOUT"));
}

TEST_F(http_tls, streams_and_stops_when_the_client_leaves) {
    RunningServer server{{}, tls(files())};
    {
        TlsClient client{server.tls_port(), plain_client()};
        ASSERT_TRUE(client.send("GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        ASSERT_TRUE(eventually([&] { return server.streams() == 1; }, 5s));
        server.say("hello");
        EXPECT_THAT(client.read_until("hello\r\n"), HasSubstr("hello"));
    }
    EXPECT_TRUE(eventually([&] { return server.streams() == 0; }, 5s));
}

TEST_F(http_tls, drains_idle_connections_and_handshakes_at_once) {
    RunningServer server{{}, tls(files())};
    TlsClient idle{server.tls_port(), plain_client()};
    ASSERT_EQ(idle.get("/ping"), "200 {\"pong\":true}");
    const RawClient silent{server.tls_port()};
    EXPECT_EQ(server.drain(5s).wait_for(4s), std::future_status::ready);
}

TEST_F(http_tls, refuses_files_that_do_not_hold_and_names_them) {
    const auto other = pki_->issue("pair", {.names = "DNS:localhost"});
    const auto with = [](auto member, const std::filesystem::path& file) {
        auto wanted = mutual_files();
        wanted.*member = file;
        return wanted;
    };
    const auto missing = folder_->path() / "missing";
    const auto garbage = write("garbage", "-----BEGIN NONSENSE-----\n");
    const auto open = write("open.key", "x");
    ::chmod(open.c_str(), 0644);
    EXPECT_THAT(
        refusal(with(&TlsFiles::certificate, missing)),
        testing::AllOf(HasSubstr("E_TLS_CERTIFICATE"), HasSubstr(missing.string())));
    EXPECT_THAT(
        refusal(with(&TlsFiles::certificate, garbage)),
        testing::AllOf(HasSubstr("E_TLS_CERTIFICATE"), HasSubstr(garbage.string())));
    EXPECT_THAT(refusal(with(&TlsFiles::key, missing)), HasSubstr(missing.string()));
    EXPECT_THAT(
        refusal(with(&TlsFiles::key, garbage)),
        testing::AllOf(HasSubstr("E_TLS_KEY"), HasSubstr(garbage.string())));
    EXPECT_THAT(
        refusal(with(&TlsFiles::key, open)),
        testing::AllOf(HasSubstr("E_FILE_MODE"), HasSubstr("chmod 600 " + open.string())));
    EXPECT_THAT(
        refusal(with(&TlsFiles::key, other.key)),
        testing::AllOf(HasSubstr("E_TLS_PAIR"), HasSubstr(other.key.string())));
    for (const auto& ca : {missing, garbage, server_pair_.certificate})
        EXPECT_THAT(
            refusal(with(&TlsFiles::client_ca, ca)),
            testing::AllOf(HasSubstr("E_TLS_CLIENT_CA"), HasSubstr(ca.string())));
    EXPECT_THAT(refusal(mutual_files(), now() + 25h), HasSubstr("E_TLS_EXPIRED"));
    EXPECT_EQ(refusal(mutual_files()), "taken");
}

}  // namespace
}  // namespace chela::sidecar::http
