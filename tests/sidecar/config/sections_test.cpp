#include "tests/sidecar/config/documents.hpp"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chela::sidecar::config::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

TEST(config_sections, fills_what_the_file_leaves_out) {
    const auto config = read(kToken);
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->dir, "/state");
    EXPECT_EQ(config->server.listen, "127.0.0.1:8787");
    EXPECT_EQ(config->server.unix_socket_mode, 0600U);
    EXPECT_FALSE(config->server.unix_socket);
    EXPECT_EQ(config->server.admin_socket, "/state/admin.sock");
    EXPECT_EQ(config->health.listen, "");
    EXPECT_FALSE(config->health.needs_chains);
    EXPECT_FALSE(config->health.needs_credentials);
    EXPECT_EQ(config->token->sessions, 2U);
    EXPECT_TRUE(config->intents.require_simulation);
    EXPECT_EQ(config->intents.default_token_ttl, 900s);
    EXPECT_EQ(config->log.level, "info");
    EXPECT_FALSE(config->webhooks.allow_private);
    EXPECT_TRUE(config->chains.empty());
    EXPECT_TRUE(config->identities.empty());
}

TEST(config_sections, has_no_admin_door_where_that_is_said) {
    const auto config = read(std::string{kToken} + "server: {admin_socket: off}\n");
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_FALSE(config->server.admin_socket);
}

TEST(config_sections, refuses_a_health_section_that_cannot_be_meant) {
    EXPECT_THAT(
        read(std::string{kToken} + "health: {listen: '9809'}\n").error().detail,
        HasSubstr("HOST:PORT"));
    EXPECT_THAT(
        read(std::string{kToken} + "health: {require: [chains, weather]}\n").error().detail,
        HasSubstr("found \"weather\""));
}

TEST(config_sections, reads_every_service_setting) {
    const auto config = read(
        "server: {listen: '[::1]:0', unix_socket: run/../s, unix_socket_mode: 0660, allowed_hosts: "
        "[a, b.c],\n"
        "  port_file: /p, max_body_bytes: 2048, request_timeout: 250ms, drain_timeout: 0s,\n"
        "  admin_socket: run/admin}\n"
        "health: {listen: '0.0.0.0:9809', require: [credentials]}\n"
        "token: {uri: 'pkcs11:token=t?module-path=/m', pin_file: /pin, softhsm_conf: s.conf, "
        "sessions: 4}\n"
        "intents: {require_simulation: false, default_token_ttl: 2h}\n"
        "webhooks: {allow_private: true}\n"
        "log: {level: debug}\n");
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->server.listen, "[::1]:0");
    EXPECT_EQ(config->server.unix_socket, "/state/s");
    EXPECT_EQ(config->server.unix_socket_mode, 0660U);
    EXPECT_THAT(config->server.allowed_hosts, ElementsAre("a", "b.c"));
    EXPECT_EQ(config->server.port_file, "/p");
    EXPECT_EQ(config->server.max_body_bytes, 2048U);
    EXPECT_EQ(config->server.request_timeout, 250ms);
    EXPECT_EQ(config->server.drain_timeout, 0ms);
    EXPECT_EQ(config->server.admin_socket, "/state/run/admin");
    EXPECT_EQ(config->health.listen, "0.0.0.0:9809");
    EXPECT_FALSE(config->health.needs_chains);
    EXPECT_TRUE(config->health.needs_credentials);
    EXPECT_EQ(config->token->uri, "pkcs11:token=t?module-path=/m");
    EXPECT_EQ(config->token->pin_file, "/pin");
    EXPECT_EQ(config->token->softhsm_conf, "/state/s.conf");
    EXPECT_EQ(config->token->sessions, 4U);
    EXPECT_FALSE(config->intents.require_simulation);
    EXPECT_EQ(config->intents.default_token_ttl, 2h);
    EXPECT_EQ(config->log.level, "debug");
    EXPECT_TRUE(config->webhooks.allow_private);
}

TEST(config_sections, the_default_chain_of_json_rpc_is_one_of_the_chains) {
    const auto config = read(
        kToken +
        "chains: {base: {chain_id: 8453, rpc_url: 'http://127.0.0.1:1', max_fee_per_transaction: "
        "0.05 ETH}}\nrpc: {default_chain: base}\n");
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->rpc.default_chain, "base");
}

TEST(config_sections, an_empty_listen_needs_a_unix_socket) {
    EXPECT_THAT(
        refusal(kToken + "server: {listen: ''}\n"),
        StartsWith("c.yaml:4: server.listen: is empty"));
    const auto config = read(kToken + "server: {listen: '', unix_socket: s}\n");
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->server.listen, "");
}

struct Refused {
    const char* line;
    const char* message;
};

constexpr std::array kRefused{
    Refused{"server: {listen: '8787'}", "server.listen: expected HOST:PORT"},
    Refused{"server: {listen: ':8787'}", "server.listen: expected HOST:PORT"},
    Refused{"server: {listen: '::1:8787'}", "server.listen: expected HOST:PORT"},
    Refused{"server: {listen: '127.0.0.1:65536'}", "server.listen: expected HOST:PORT"},
    Refused{"server: {listen: '127.0.0.1:'}", "server.listen: expected HOST:PORT"},
    Refused{"server: {unix_socket: ''}", "server.unix_socket: expected a path"},
    Refused{"server: {unix_socket_mode: 660}", "server.unix_socket_mode: expected three octal"},
    Refused{"server: {unix_socket_mode: '0680'}", "server.unix_socket_mode: expected three octal"},
    Refused{"server: {unix_socket_mode: '01660'}", "server.unix_socket_mode: expected three octal"},
    Refused{"server: {unix_socket_mode: rw}", "server.unix_socket_mode: expected three octal"},
    Refused{"server: {allowed_hosts: ['a:1']}", "server.allowed_hosts: expected a host name"},
    Refused{"server: {allowed_hosts: ['']}", "server.allowed_hosts: expected a host name"},
    Refused{
        "server: {max_body_bytes: 0x1000}",
        "server.max_body_bytes: expected a whole number from 1024"},
    Refused{"server: {max_body_bytes: 10}", "server.max_body_bytes: expected a whole number"},
    Refused{"server: {max_body_bytes: 1e6}", "server.max_body_bytes: expected a whole number"},
    Refused{"server: {max_body_bytes: -2048}", "server.max_body_bytes: expected a whole number"},
    Refused{"server: {max_body_bytes: +2048}", "server.max_body_bytes: expected a whole number"},
    Refused{"server: {max_body_bytes: 02048}", "server.max_body_bytes: expected a whole number"},
    Refused{
        "server: {max_body_bytes: 2048 bytes}", "server.max_body_bytes: expected a whole number"},
    Refused{
        "server: {max_body_bytes: 99999999999999999999}",
        "server.max_body_bytes: expected a whole"},
    Refused{"server: {request_timeout: 10}", "server.request_timeout: expected a duration"},
    Refused{
        "server: {request_timeout: 2h}",
        "server.request_timeout: expected a duration from 100ms to 1h"},
    Refused{
        "intents: {require_simulation: yes}", "intents.require_simulation: expected true or false"},
    Refused{
        "intents: {require_simulation: 'True'}",
        "intents.require_simulation: expected true or false"},
    Refused{
        "intents: {default_token_ttl: 1500ms}",
        "intents.default_token_ttl: expected whole seconds"},
    Refused{
        "intents: {default_token_ttl: 25h}",
        "intents.default_token_ttl: expected a duration from 1s to 24h"},
    Refused{"webhooks: {allow_private: 1}", "webhooks.allow_private: "},
    Refused{"rpc: {default_chain: base}", "rpc.default_chain: expected a name below chains"},
    Refused{"rpc: {default_chain: ''}", "rpc.default_chain: expected a name below chains"},
    Refused{"log: {level: trace}", "log.level: expected one of debug, info, warn, error"},
    Refused{"log: {level: INFO}", "log.level: expected one of"},
};

TEST(config_sections, refuses_a_service_setting_of_another_type_or_range) {
    for (const auto& [line, message] : kRefused)
        EXPECT_THAT(refusal(kToken + line), StartsWith(std::string{"c.yaml:4: "} + message))
            << line;
}

TEST(config_sections, refuses_a_token_that_cannot_be_opened_or_shows_its_pin) {
    const auto token = [](const std::string& uri) {
        return refusal("token:\n  uri: \"" + uri + "\"\n  pin_file: p\n");
    };
    EXPECT_THAT(token("file:/m.so"), StartsWith("c.yaml:2: token.uri: expected a PKCS#11 URI"));
    EXPECT_THAT(token("pkcs11:token=t"), StartsWith("c.yaml:2: token.uri: the module is missing"));
    EXPECT_THAT(
        token("pkcs11:module-path=/m"), StartsWith("c.yaml:2: token.uri: the module is missing"));
    const auto with_pin = token("pkcs11:token=t?module-path=/m&pin-value=4711");
    EXPECT_THAT(with_pin, StartsWith("c.yaml:2: token.uri: a PIN in the URI is refused"));
    EXPECT_EQ(with_pin.find("4711"), std::string::npos);
    EXPECT_THAT(
        refusal("token:\n  uri: pkcs11:token=t?module-path=/m\n"),
        StartsWith("c.yaml:1: token.pin_file: is required"));
    EXPECT_THAT(
        refusal(kToken + "  sessions: 0\n"),
        StartsWith("c.yaml:4: token.sessions: expected a whole number"));
}

TEST(config_sections, keys_may_live_in_a_keystore_instead_of_a_token_or_beside_it) {
    const auto alone = read("keystore: {dir: keys, password_file: /run/secrets/pw}\n");
    ASSERT_TRUE(alone) << alone.error().detail;
    EXPECT_FALSE(alone->token);
    EXPECT_EQ(alone->keystore->dir, "/state/keys");
    EXPECT_EQ(alone->keystore->password_file, "/run/secrets/pw");
    const auto both = read(kToken + "keystore: {dir: keys, password_file: pw}\n");
    ASSERT_TRUE(both) << both.error().detail;
    EXPECT_TRUE(both->token);
    EXPECT_TRUE(both->keystore);
    EXPECT_FALSE(read(kToken)->keystore) << "never without being asked for";
    EXPECT_THAT(
        refusal("keystore:\n  dir: keys\n"),
        StartsWith("c.yaml:1: keystore.password_file: is required"));
    EXPECT_THAT(
        refusal("keystore:\n  password_file: pw\n"),
        StartsWith("c.yaml:1: keystore.dir: is required"));
    EXPECT_THAT(refusal("log: {level: info}\n"), HasSubstr("token.uri"));
}

TEST(config_sections, extractable_keys_are_allowed_in_so_many_words_only) {
    EXPECT_FALSE(read(kToken)->token->allow_extractable_keys);
    EXPECT_TRUE(read(kToken + "  allow_extractable_keys: true\n")->token->allow_extractable_keys);
    EXPECT_THAT(
        refusal(kToken + "  allow_extractable_keys: maybe\n"),
        StartsWith("c.yaml:4: token.allow_extractable_keys:"));
}

}  // namespace
}  // namespace chela::sidecar::config::test
