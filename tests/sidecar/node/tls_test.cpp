#include "sidecar/node/client.hpp"
#include "tests/sidecar/node/await_call.hpp"
#include "tests/sidecar/node/certificate.hpp"
#include "tests/sidecar/node/scripted_server.hpp"
#include "tests/support/temp_dir.hpp"

#include <cstdlib>
#include <fstream>

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <openssl/x509.h>

namespace chela::sidecar::node {
namespace {

namespace asio = boost::asio;

std::shared_ptr<asio::ssl::context> server_context(const test::SelfSigned& identity) {
    auto tls = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
    tls->use_certificate_chain(asio::buffer(identity.certificate_pem));
    tls->use_private_key(asio::buffer(identity.key_pem), asio::ssl::context::pem);
    return tls;
}

/// A TLS node on 127.0.0.1 with a certificate of its own, and a client whose "system roots" are
/// what the test says.
struct node_tls : testing::Test {
    void TearDown() override { unsetenv(X509_get_default_cert_file_env()); }

    void serve(const std::string& alternative_name) {
        identity = test::make_self_signed(alternative_name);
        server = std::make_unique<test::ScriptedServer>(
            context,
            std::vector<test::Script>{
                {test::answers(R"("result":1)"), test::answers(R"("result":2)")}},
            server_context(identity));
    }
    void trust_it() {
        const auto file = dir.path() / "roots.pem";
        std::ofstream{file} << identity.certificate_pem;
        setenv(X509_get_default_cert_file_env(), file.c_str(), 1);
    }
    std::shared_ptr<Client> client_of(const std::string& host) {
        return *make_client(
            context.get_executor(),
            {.url = "https://" + host + ":" + std::to_string(server->port())});
    }
    void expect_refused(const std::string& host, const std::string& why) {
        const auto answer = test::await_call(context, client_of(host));
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
        EXPECT_NE(
            answer.error().detail.find("could not connect to https://" + host), std::string::npos);
        EXPECT_NE(
            answer.error().detail.find("certificate verification failed: " + why),
            std::string::npos)
            << answer.error().detail;
        EXPECT_TRUE(server->seen().empty());
    }

    asio::io_context context{1};
    test::TempDir dir;
    test::SelfSigned identity;
    std::unique_ptr<test::ScriptedServer> server;
};

TEST_F(node_tls, a_certificate_that_nobody_vouches_for_is_refused) {
    serve("IP:127.0.0.1");
    expect_refused("127.0.0.1", "self-signed certificate");
}

TEST_F(node_tls, a_trusted_certificate_for_the_address_is_accepted_and_the_connection_kept) {
    serve("IP:127.0.0.1");
    trust_it();
    const auto client = client_of("127.0.0.1");
    const auto first = test::await_call(context, client);
    ASSERT_TRUE(first) << first.error().detail;
    EXPECT_EQ(*first->result, 1);
    const auto second = test::await_call(context, client);
    ASSERT_TRUE(second) << second.error().detail;
    EXPECT_EQ(*second->result, 2);
    EXPECT_EQ(server->accepted(), 1U);
}

TEST_F(node_tls, a_ca_file_vouches_in_place_of_the_systems_roots) {
    serve("IP:127.0.0.1");
    const auto file = dir.path() / "ca.pem";
    std::ofstream{file} << identity.certificate_pem;
    ClientOptions options;
    options.url = server->url();
    options.access.ca_file = file;
    const auto answer =
        test::await_call(context, make_client(context.get_executor(), options).value());
    ASSERT_TRUE(answer) << answer.error().detail;

    const auto other = dir.path() / "other.pem";
    std::ofstream{other} << test::make_self_signed("IP:127.0.0.1").certificate_pem;
    trust_it();
    options.access.ca_file = other;
    const auto refused =
        test::await_call(context, make_client(context.get_executor(), options).value());
    ASSERT_FALSE(refused) << "the system's roots count as well";
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
}

TEST_F(node_tls, a_ca_file_without_certificates_is_refused_at_once) {
    const auto empty = dir.path() / "empty.pem";
    std::ofstream{empty} << "no certificate";
    for (const auto& file : {empty, dir.path() / "nowhere.pem"}) {
        ClientOptions options;
        options.url = "https://127.0.0.1:1";
        options.access.ca_file = file;
        const auto client = make_client(context.get_executor(), options);
        ASSERT_FALSE(client) << file;
        EXPECT_EQ(client.error().code, ErrorCode::invalid_input);
        EXPECT_EQ(client.error().reason, "E_NODE_CA_FILE");
    }
}

TEST_F(node_tls, a_trusted_certificate_for_the_host_name_is_accepted) {
    serve("DNS:localhost");
    trust_it();
    const auto answer = test::await_call(context, client_of("localhost"));
    ASSERT_TRUE(answer) << answer.error().detail;
}

TEST_F(node_tls, a_trusted_certificate_for_another_name_is_refused) {
    serve("DNS:example.org");
    trust_it();
    expect_refused("localhost", "hostname mismatch");
}

TEST_F(node_tls, a_trusted_certificate_for_another_address_is_refused) {
    serve("IP:127.0.0.2");
    trust_it();
    expect_refused("127.0.0.1", "IP address mismatch");
}

TEST_F(node_tls, a_certificate_for_a_name_does_not_stand_for_an_address) {
    serve("DNS:127.0.0.1");
    trust_it();
    expect_refused("127.0.0.1", "IP address mismatch");
}

TEST_F(node_tls, a_server_without_tls_is_unavailable) {
    server = std::make_unique<test::ScriptedServer>(
        context, std::vector<test::Script>{{test::raw("no")}});
    const auto client = *make_client(
        context.get_executor(), {.url = "https://127.0.0.1:" + std::to_string(server->port()),
                                 .timeout = std::chrono::milliseconds{200}});
    const auto answer = test::await_call(context, client);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
    EXPECT_NE(answer.error().detail.find("TLS"), std::string::npos) << answer.error().detail;
}

}  // namespace
}  // namespace chela::sidecar::node
