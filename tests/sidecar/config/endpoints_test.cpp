#include "tests/sidecar/config/documents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chela::sidecar::config::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

/// kToken and a chain, at lines 4 to 7, with `lines` from line 8 on.
std::string chain_of(const std::string& lines) {
    return kToken +
           "chains:\n"
           "  base:\n"
           "    chain_id: 8453\n"
           "    max_fee_per_transaction: 0.01 ETH\n" +
           lines;
}

/// A chain with one endpoint, its URL at line 9, and `line` at line 10.
std::string endpoint_with(const std::string& line) {
    return chain_of("    endpoints:\n      - url: https://a.example/KEY\n        " + line + "\n");
}

TEST(config_endpoints, rpc_url_is_one_endpoint_with_its_ws_url) {
    const auto config =
        read(chain_of("    rpc_url: https://a.example/k\n    ws_url: wss://a.example/ws\n"));
    ASSERT_TRUE(config) << config.error().detail;
    ASSERT_THAT(config->chains.at(0).endpoints, SizeIs(1));
    const auto& endpoint = config->chains[0].endpoints[0];
    EXPECT_EQ(endpoint.url, "https://a.example/k");
    EXPECT_EQ(endpoint.ws_url, "wss://a.example/ws");
    EXPECT_FALSE(endpoint.ca_file || endpoint.authorization_file);
    EXPECT_TRUE(endpoint.headers.empty());
    EXPECT_EQ(config->chains[0].finality, chains::Finality::depth);
}

TEST(config_endpoints, reads_every_setting_in_the_order_of_the_file) {
    const auto config =
        read(chain_of("    finality: finalized\n"
                      "    endpoints:\n"
                      "      - url: https://a.example\n"
                      "        ws_url: ws://a.example\n"
                      "        ca_file: certs/a.pem\n"
                      "        authorization_file: secrets/a\n"
                      "        headers:\n"
                      "          - {name: X-Api-Key, value_file: secrets/key}\n"
                      "          - {name: X_Other, value_file: /abs/other}\n"
                      "      - url: http://127.0.0.1:8545\n"));
    ASSERT_TRUE(config) << config.error().detail;
    const auto& chain = config->chains.at(0);
    EXPECT_EQ(chain.finality, chains::Finality::finalized_tag);
    ASSERT_THAT(chain.endpoints, SizeIs(2));
    EXPECT_EQ(chain.endpoints[0].ws_url, "ws://a.example");
    EXPECT_EQ(chain.endpoints[0].ca_file, "/state/certs/a.pem");
    EXPECT_EQ(chain.endpoints[0].authorization_file, "/state/secrets/a");
    ASSERT_THAT(chain.endpoints[0].headers, SizeIs(2));
    EXPECT_EQ(chain.endpoints[0].headers[0].name, "X-Api-Key");
    EXPECT_EQ(chain.endpoints[0].headers[0].value_file, "/state/secrets/key");
    EXPECT_EQ(chain.endpoints[0].headers[1].value_file, "/abs/other");
    EXPECT_EQ(chain.endpoints[1].url, "http://127.0.0.1:8545");
    EXPECT_FALSE(chain.endpoints[1].ws_url);
}

TEST(config_endpoints, are_either_named_alone_or_in_a_list) {
    EXPECT_THAT(
        refusal(chain_of("    rpc_url: http://a\n    endpoints:\n      - url: http://b\n")),
        StartsWith("c.yaml:8: chains.base.rpc_url: endpoints names the nodes already"));
    EXPECT_THAT(
        refusal(chain_of("    ws_url: ws://a\n    endpoints:\n      - url: http://b\n")),
        StartsWith("c.yaml:8: chains.base.ws_url: endpoints names the nodes already"));
    EXPECT_THAT(
        refusal(chain_of("    ws_url: ws://a\n")),
        StartsWith("c.yaml:5: chains.base.rpc_url: is required"));
}

TEST(config_endpoints, are_one_to_eight_different_nodes) {
    EXPECT_EQ(
        refusal(chain_of("    endpoints: []\n")),
        "c.yaml:8: chains.base.endpoints: expected 1 to 8 nodes");
    std::string nine = "    endpoints:\n";
    for (int i = 0; i < 9; ++i)
        nine += "      - url: http://n" + std::to_string(i) + "\n";
    EXPECT_EQ(refusal(chain_of(nine)), "c.yaml:8: chains.base.endpoints: expected 1 to 8 nodes");
    EXPECT_EQ(
        refusal(chain_of("    endpoints:\n      - url: http://a\n      - url: http://a\n")),
        "c.yaml:10: chains.base.endpoints[1].url: this node is there already");
}

TEST(config_endpoints, of_another_shape_are_refused_where_they_stand) {
    EXPECT_EQ(
        refusal(chain_of("    endpoints: http://a\n")),
        "c.yaml:8: chains.base.endpoints must be a list with one \"- \" before each entry, but is "
        "a "
        "single value");
    EXPECT_EQ(
        refusal(chain_of("    endpoints: [http://a]\n")),
        "c.yaml:8: chains.base.endpoints[0] must be a section with one setting per line, but is a "
        "single value");
    EXPECT_EQ(
        refusal(endpoint_with("wsurl: ws://a")),
        "c.yaml:10: unknown key \"wsurl\" in chains.base.endpoints[0]; did you mean \"ws_url\"?");
    EXPECT_THAT(
        refusal(endpoint_with("headers: [{nmae: x}]")),
        StartsWith("c.yaml:10: unknown key \"nmae\" in chains.base.endpoints[0].headers[0]"));
    EXPECT_THAT(
        refusal(chain_of("    endpoints:\n      - ws_url: ws://a\n")),
        StartsWith("c.yaml:9: chains.base.endpoints[0].url: is required"));
}

TEST(config_endpoints, refuse_urls_of_other_schemes_and_never_show_them) {
    for (const std::string url :
         {"https://a.example/SECRET", "a.example/SECRET", "ws://", "wss:///SECRET",
          "ws://a b/SECRET", "wss://u:SECRET@/x", "''"}) {
        const auto message = refusal(endpoint_with("ws_url: " + url));
        EXPECT_THAT(message, StartsWith("c.yaml:10: chains.base.endpoints[0].ws_url: ")) << url;
        EXPECT_THAT(message, Not(HasSubstr("SECRET"))) << url;
    }
    const auto message = refusal(chain_of("    endpoints:\n      - url: wss://a.example/SECRET\n"));
    EXPECT_THAT(message, StartsWith("c.yaml:9: chains.base.endpoints[0].url: expected a URL"));
    EXPECT_THAT(message, Not(HasSubstr("SECRET")));
}

TEST(config_endpoints, refuse_headers_that_are_not_the_operators_to_write) {
    for (const std::string name :
         {"Host", "content-length", "Transfer-Encoding", "Connection", "Authorization", "Upgrade",
          "Sec-WebSocket-Key", "Content-Type"}) {
        EXPECT_THAT(
            refusal(endpoint_with("headers: [{name: " + name + ", value_file: f}]")),
            StartsWith("c.yaml:10: chains.base.endpoints[0].headers[0].name: "))
            << name;
    }
    for (const std::string name : {"'X Key'", "'X:Key'", "'X\u00e9'", "''"}) {
        EXPECT_THAT(
            refusal(endpoint_with("headers: [{name: " + name + ", value_file: f}]")),
            StartsWith("c.yaml:10: chains.base.endpoints[0].headers[0].name: "))
            << name;
    }
    EXPECT_EQ(
        refusal(endpoint_with("headers: [{name: X, value_file: f}, {name: x, value_file: g}]")),
        "c.yaml:10: chains.base.endpoints[0].headers[1].name: this header is there already");
    EXPECT_THAT(
        refusal(endpoint_with("headers: [{name: X}]")),
        StartsWith("c.yaml:10: chains.base.endpoints[0].headers[0].value_file: is required"));
}

TEST(config_endpoints, refuse_two_authorizations) {
    EXPECT_EQ(
        refusal(chain_of(
            "    endpoints:\n      - url: https://u:SECRET@a\n        authorization_file: f\n")),
        "c.yaml:10: chains.base.endpoints[0].authorization_file: the URL has a user already; keep "
        "one of the two");
    EXPECT_EQ(
        refusal(chain_of(
            "    endpoints:\n      - url: https://a/x@y\n        authorization_file: f\n")),
        "accepted");
}

TEST(config_endpoints, in_a_list_are_out_of_the_environments_reach) {
    const auto file = chain_of("    endpoints:\n      - url: http://a\n");
    for (const std::string variable :
         {"CHELA_CHAINS__BASE__ENDPOINTS", "CHELA_CHAINS__BASE__ENDPOINTS__0__URL"}) {
        EXPECT_EQ(
            refusal(file, {{variable, "http://b"}}),
            variable +
                ": chains.base.endpoints is a list of sections, which only chela.yaml can hold");
    }
    EXPECT_THAT(
        refusal(file, {{"CHELA_CHAINS__BASE__RPC_URL", "http://b"}}),
        StartsWith("CHELA_CHAINS__BASE__RPC_URL: chains.base.rpc_url: endpoints names the nodes"));
    const auto config = read(
        chain_of("    rpc_url: http://a\n"),
        {{"CHELA_CHAINS__BASE__WS_URL", "ws://b"}, {"CHELA_CHAINS__BASE__FINALITY", "finalized"}});
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->chains[0].endpoints.at(0).ws_url, "ws://b");
    EXPECT_EQ(config->chains[0].finality, chains::Finality::finalized_tag);
}

}  // namespace
}  // namespace chela::sidecar::config::test
