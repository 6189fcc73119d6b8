// Who may call from where, with curl and openssl as the clients.
#include "tests/e2e/support/sidecar.hpp"
#include "tests/sidecar/auth/issuer_key.hpp"
#include "tests/support/pki.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::chrono::seconds kLimit{30};
constexpr const char* kSpiffeId = "spiffe://example.org/ns/agents/sa/trader";

Output program(std::vector<std::string> argv) {
    ProcessOptions options;
    options.argv = std::move(argv);
    return must(run(std::move(options), kLimit));
}

/// What curl saw: the status, "000" without one, and the body.
struct Seen {
    std::string status;
    std::string body;
    [[nodiscard]] Json json() const { return must(parse_json(body)); }
};

class listener : public testing::Test {
protected:
    /// @param server  lines below "server:"
    /// @param allow   lines below the identity's "allow:"
    void configure(const std::string& server, const std::string& allow) {
        sidecar.edit_config("  unix_socket: chela.sock\n", "  unix_socket: chela.sock\n" + server);
        const auto key = sidecar.dir() / "agent.key";
        std::ofstream{key} << agent.api_key;
        std::filesystem::permissions(key, std::filesystem::perms{0600});
        sidecar.edit_config(
            "identities: {}\n",
            fmt::format(
                "identities:\n  tester:\n    agent_id: {}\n    api_key_file: agent.key\n    "
                "allow:\n{}",
                agent.id, allow));
    }
    static std::string tls_of(const Pki::Pair& pair, const std::string& more = {}) {
        return fmt::format(
            "  tls:\n    certificate_file: {}\n    key_file: {}\n    watch_interval: 100ms\n{}",
            pair.certificate.string(), pair.key.string(), more);
    }
    [[nodiscard]] std::string client_ca() const {
        return "    client_ca_file: " + pki.ca().string() + "\n";
    }
    Seen curl(const std::string& url, std::vector<std::string> more) const {
        std::vector<std::string> argv{"curl",   "--silent",    "--show-error",   "--cacert",
                                      pki.ca(), "--write-out", "\n%{http_code}", url};
        argv.insert(argv.end(), more.begin(), more.end());
        const auto output = program(std::move(argv));
        const auto at = output.out.rfind('\n');
        return {output.out.substr(at + 1), output.out.substr(0, at) + output.err};
    }
    Seen me(std::vector<std::string> more, const std::string& scheme = "https") const {
        return curl(
            fmt::format("{}://127.0.0.1:{}/v1/agents/me", scheme, sidecar.port()), std::move(more));
    }
    static std::vector<std::string> with(const Pki::Pair& pair) {
        return {"--cert", pair.certificate, "--key", pair.key};
    }
    /// Over the unix socket, where an API key may be shown.
    std::string jwt() const {
        const auto answer = must(sidecar.unix_client().request(
            "POST", "/v1/auth/agent-token", {}, Json{{"api_key", agent.api_key}}.dump()));
        return text(json_of(answer).at("access_token"));
    }
    std::string subject_shown() const {
        return program({"openssl", "s_client", "-connect",
                        fmt::format("127.0.0.1:{}", sidecar.port()), "-brief"})
            .err;
    }

    std::unique_ptr<Anvil> anvil = must(Anvil::start());
    Sidecar sidecar{anvil->url()};
    TestAgent agent = sidecar.create_agent(*anvil, {"--to", kPayee});
    Pki pki{sidecar.dir() / "pki"};
};

TEST_F(listener, knows_an_agent_by_the_spiffe_id_of_its_certificate) {
    const auto server = pki.issue("server", {.names = "IP:127.0.0.1"});
    configure(
        tls_of(server, client_ca()),
        fmt::format("      spiffe_ids: [\"{}\"]\n      dns_names: [a.example.org]\n", kSpiffeId));
    sidecar.start();
    const auto trader = pki.issue(
        "trader", {.names = "URI:" + std::string{kSpiffeId}, .purpose = "clientAuth,serverAuth"});
    const auto known = me(with(trader));
    EXPECT_EQ(known.status, "200") << known.body;
    EXPECT_EQ(known.json()["id"], agent.id);
    const auto by_dns =
        me(with(pki.issue("a", {.names = "DNS:a.example.org", .purpose = "clientAuth"})));
    EXPECT_EQ(by_dns.status, "200") << by_dns.body;

    const auto stranger = me(with(pki.issue(
        "stranger", {.names = "URI:spiffe://example.org/other", .purpose = "clientAuth"})));
    EXPECT_EQ(stranger.status, "401");
    EXPECT_EQ(stranger.json()["code"], "E_NO_CREDENTIALS");
    EXPECT_THAT(text(stranger.json()["detail"]), HasSubstr("spiffe://example.org/other"));
    const auto two = me(with(pki.issue(
        "two", {.names = fmt::format("URI:{},URI:spiffe://example.org/b", kSpiffeId),
                .purpose = "clientAuth"})));
    EXPECT_EQ(two.json()["code"], "E_CERTIFICATE_NAMES");

    EXPECT_EQ(me({}).status, "000") << "without a certificate";
    EXPECT_EQ(me(with(server)).status, "000") << "one that is made for servers";
    for (const char* why : {"peer did not return a certificate", "unsuitable certificate purpose"})
        EXPECT_TRUE(
            eventually([&] { return sidecar.log().find(why) != std::string::npos; }, kLimit))
            << why << sidecar.log();
}

TEST_F(listener, speaks_tls_1_3_alone_and_no_other_http) {
    configure(
        tls_of(pki.issue("server", {.names = "IP:127.0.0.1"})),
        fmt::format("      uids: [{}]\n", ::getuid()));
    sidecar.start();
    const auto at = fmt::format("127.0.0.1:{}", sidecar.port());
    const auto shake = [&at](std::vector<std::string> more) {
        std::vector<std::string> argv{"openssl", "s_client", "-connect", at, "-brief"};
        argv.insert(argv.end(), more.begin(), more.end());
        return program(std::move(argv));
    };
    EXPECT_THAT(shake({}).err, HasSubstr("TLSv1.3"));
    EXPECT_THAT(shake({"-tls1_2"}).err, HasSubstr("alert protocol version"));
    EXPECT_THAT(shake({"-alpn", "h2"}).err, HasSubstr("alert no application protocol"));
    EXPECT_THAT(me({"--http2", "-H", "Authorization: Bearer " + jwt()}).status, "200");
    EXPECT_EQ(me({}, "http").status, "000");
}

TEST_F(listener, shows_a_renewed_certificate_without_a_restart_and_keeps_the_old_one_if_it_is_bad) {
    const auto live = pki.issue("live", {.names = "IP:127.0.0.1"});
    configure(tls_of(live), fmt::format("      uids: [{}]\n", ::getuid()));
    sidecar.start();
    ASSERT_THAT(subject_shown(), HasSubstr("CN = live"));
    const auto next = pki.issue("next", {.names = "IP:127.0.0.1"});
    const auto other = pki.issue("other", {.names = "IP:127.0.0.1"});
    const auto put = [&live](const Pki::Pair& pair) {
        std::filesystem::copy_file(pair.certificate, live.certificate.string() + ".new");
        std::filesystem::copy_file(pair.key, live.key.string() + ".new");
        std::filesystem::rename(live.key.string() + ".new", live.key);
        std::filesystem::rename(live.certificate.string() + ".new", live.certificate);
    };
    put({.certificate = next.certificate, .key = other.key});
    EXPECT_TRUE(eventually(
        [this] { return sidecar.log().find("tls_reload_refused") != std::string::npos; }, kLimit));
    EXPECT_THAT(sidecar.log(), HasSubstr("E_TLS_PAIR"));
    EXPECT_THAT(subject_shown(), HasSubstr("CN = live"));
    put(next);
    EXPECT_TRUE(eventually(
        [this] { return subject_shown().find("CN = next") != std::string::npos; }, kLimit));
    // And at once, when told.
    put(other);
    sidecar.process().send(SIGHUP);
    EXPECT_TRUE(eventually(
        [this] { return subject_shown().find("CN = other") != std::string::npos; }, kLimit));
    EXPECT_EQ(sidecar.stop().code, 0);
}

TEST_F(listener, is_open_to_others_than_this_machine_only_when_that_is_meant) {
    const auto refused = sidecar.cli({"serve", "--listen", "0.0.0.0:0"});
    EXPECT_EQ(refused.status.code, 78);
    EXPECT_THAT(refused.err, HasSubstr("server.unsafe_listen: true"));
    sidecar.edit_config(
        "  unix_socket: chela.sock\n", "  unix_socket: chela.sock\n  unsafe_listen: true\n");
    const auto deaf = sidecar.cli({"serve", "--listen", "0.0.0.0:0"});
    EXPECT_EQ(deaf.status.code, 78);
    EXPECT_THAT(deaf.err, HasSubstr("server.allowed_hosts"));
}

TEST_F(listener, takes_nothing_but_short_lived_tokens_where_others_can_read) {
    const auto token = sidecar.dir() / "client.token";
    std::ofstream{token} << "0123456789abcdef0123456789abcdef";
    std::filesystem::permissions(token, std::filesystem::perms{0600});
    configure(
        "  unsafe_listen: true\n  allowed_hosts: [chela.internal]\n",
        "      client_token_file: client.token\n");
    sidecar.start({}, "0.0.0.0:0");
    EXPECT_THAT(sidecar.log(), HasSubstr("listening_elsewhere"));
    const auto as = [this](const std::string& header) {
        return me({"-H", header, "-H", "Host: chela.internal"}, "http");
    };
    EXPECT_EQ(as("Authorization: Bearer " + jwt()).status, "200");
    EXPECT_EQ(as("Authorization: Bearer " + agent.api_key).json()["code"], "E_CREDENTIAL_READABLE");
    EXPECT_EQ(
        as("Authorization: Bearer " + sidecar.admin_key()).json()["code"], "E_CREDENTIAL_READABLE");
    EXPECT_EQ(
        as("X-Chela-Token: 0123456789abcdef0123456789abcdef").json()["code"],
        "E_CLIENT_TOKEN_NOT_LOCAL");
    const auto exchange = curl(
        fmt::format("http://127.0.0.1:{}/v1/auth/agent-token", sidecar.port()),
        {"--json", Json{{"api_key", agent.api_key}}.dump()});
    EXPECT_EQ(exchange.json()["code"], "E_CREDENTIAL_READABLE");
}

TEST_F(listener, names_the_file_that_keeps_it_from_starting) {
    const auto server = pki.issue("server", {.names = "IP:127.0.0.1"});
    configure(tls_of(server), "      uids: [1]\n");
    std::filesystem::permissions(server.key, std::filesystem::perms{0644});
    const auto refused = sidecar.cli({"serve", "--listen", "127.0.0.1:0"});
    EXPECT_EQ(refused.status.code, 77);
    EXPECT_THAT(refused.err, HasSubstr("chmod 600 " + server.key.string()));
    std::filesystem::permissions(server.key, std::filesystem::perms{0600});
    std::filesystem::remove(server.certificate);
    const auto missing = sidecar.cli({"serve", "--listen", "127.0.0.1:0"});
    EXPECT_EQ(missing.status.code, 66);
    EXPECT_THAT(missing.err, HasSubstr(server.certificate.string()));
}

/// An issuer as `openssl s_server -WWW` serves it: files over TLS.
class cluster : public listener {
protected:
    cluster() {
        std::filesystem::create_directories(folder() / ".well-known");
        const auto server = pki.issue("issuer", {.names = "IP:127.0.0.1"});
        ProcessOptions options;
        options.argv = {"openssl", "s_server",
                        "-accept", "127.0.0.1:0",
                        "-cert",   server.certificate.string(),
                        "-key",    server.key.string(),
                        "-WWW"};
        options.dir = folder();
        process = must(Process::start(std::move(options)));
        if (!eventually(
                [this] { return process->out().find("ACCEPT 127.0.0.1:") != std::string::npos; },
                kLimit))
            throw std::runtime_error{"no issuer: " + process->err()};
        const auto said = process->out();
        const std::string before = "ACCEPT 127.0.0.1:";
        url = "https://127.0.0.1:" +
              std::to_string(std::stoi(said.substr(said.find(before) + before.size())));
        std::ofstream{folder() / "jwks"} << jwks_of({&key});
        std::ofstream{folder() / ".well-known" / "openid-configuration"}
            << Json{{"issuer", url}, {"jwks_uri", url + "/jwks"}}.dump();
    }
    [[nodiscard]] std::filesystem::path folder() const { return sidecar.dir() / "issuer"; }
    [[nodiscard]] std::string token(const std::string& name, const std::string& audience) const {
        const auto ends = std::chrono::floor<std::chrono::seconds>(
            std::chrono::system_clock::now() + std::chrono::minutes{10});
        return key.sign(
            {{"iss", url},
             {"aud", {audience}},
             {"sub", "system:serviceaccount:agents:" + name},
             {"exp", ends.time_since_epoch().count()},
             {"kubernetes.io", {{"namespace", "agents"}, {"serviceaccount", {{"name", name}}}}}});
    }
    Seen as(const std::string& token) const { return me({"-H", "Authorization: Bearer " + token}); }

    IssuerKey key{"RSA", "first"};
    std::unique_ptr<Process> process;
    std::string url;
};

TEST_F(cluster, vouches_for_its_service_accounts) {
    configure(
        tls_of(pki.issue("server", {.names = "IP:127.0.0.1"})) +
            fmt::format(
                "  service_accounts:\n    issuer: {}\n    audience: chela\n    ca_file: {}\n", url,
                pki.ca().string()),
        "      service_accounts:\n        - namespace: agents\n          name: trader\n");
    sidecar.start();
    const auto trader = token("trader", "chela");
    const auto known = as(trader);
    EXPECT_EQ(known.status, "200") << known.body << sidecar.log();
    EXPECT_EQ(known.json()["id"], agent.id);
    const auto other = as(token("other", "chela"));
    EXPECT_EQ(other.status, "401");
    EXPECT_EQ(other.json()["code"], "E_NO_CREDENTIALS");
    EXPECT_EQ(
        as(token("trader", "https://kubernetes.default.svc")).json()["code"], "E_TOKEN_AUDIENCE");
    EXPECT_EQ(
        as(trader.substr(0, trader.size() - 8) + "AAAAAAAA").json()["code"], "E_TOKEN_SIGNATURE");
    EXPECT_THAT(sidecar.log(), Not(HasSubstr(trader)));
    EXPECT_THAT(sidecar.log(), Not(HasSubstr(trader.substr(trader.rfind('.')))));
    const auto doctor = sidecar.cli({"doctor"});
    EXPECT_EQ(doctor.status.code, 0) << doctor.out << doctor.err;
    EXPECT_THAT(doctor.out, HasSubstr("the certificate holds until "));
    EXPECT_THAT(doctor.out, HasSubstr(url + " publishes 1 key"));
}

TEST_F(cluster, that_is_away_is_said_to_be_away) {
    process->send(SIGKILL);
    ASSERT_TRUE(process->wait(kLimit).has_value());
    configure(
        tls_of(pki.issue("server", {.names = "IP:127.0.0.1"})) +
            fmt::format(
                "  service_accounts:\n    issuer: {}\n    audience: chela\n    ca_file: {}\n", url,
                pki.ca().string()),
        "      service_accounts:\n        - namespace: agents\n          name: trader\n");
    sidecar.start();
    const auto refused = as(token("trader", "chela"));
    EXPECT_EQ(refused.status, "503") << refused.body;
    EXPECT_EQ(refused.json()["code"], "E_ISSUER_UNAVAILABLE");
    EXPECT_THAT(sidecar.log(), HasSubstr("issuer_keys_failed"));
    EXPECT_NE(sidecar.cli({"doctor"}).status.code, 0) << "the doctor sees it, too";
}

TEST_F(listener, narrows_a_user_to_one_program) {
    const auto curl_file = std::filesystem::canonical("/usr/bin/curl").string();
    configure("", fmt::format("      uids: [{}]\n      executable: {}\n", ::getuid(), curl_file));
    sidecar.start();
    const auto known = curl("http://localhost/v1/agents/me", {"--unix-socket", sidecar.socket()});
    EXPECT_EQ(known.status, "200") << known.body;
    const auto other = must(sidecar.unix_client().request("GET", "/v1/agents/me"));
    EXPECT_EQ(other.status, 403U);
    EXPECT_EQ(json_of(other)["code"], "E_PEER_PROGRAM");
}

}  // namespace
}  // namespace chela::test
