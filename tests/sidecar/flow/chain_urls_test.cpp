#include "sidecar/flow/chain_urls.hpp"

#include <string>

#include <gtest/gtest.h>

namespace chela::sidecar::flow {
namespace {

TEST(chain_urls, of_a_node_have_tls_wherever_they_lead) {
    for (const char* url :
         {"https://node.example", "https://user:key@node.example:8443/v2/key?k=v",
          "https://203.0.113.7", "https://[2001:db8::1]:8545/"})
        EXPECT_TRUE(check_rpc_url(url).has_value()) << url;
}

TEST(chain_urls, of_a_node_may_do_without_tls_on_this_machine_and_in_private_networks) {
    for (const char* url :
         {"http://localhost:8545", "http://127.0.0.1:8545", "http://127.9.9.9", "http://[::1]:8545",
          "http://10.1.2.3", "http://172.16.0.1", "http://172.31.255.255", "http://192.168.1.1",
          "http://[fd12::1]", "http://[::ffff:10.0.0.1]"})
        EXPECT_TRUE(check_rpc_url(url).has_value()) << url;
}

TEST(chain_urls, without_tls_lead_nowhere_else) {
    for (const char* url :
         {"http://node.example/secretkey", "http://203.0.113.7/secretkey",
          "http://172.15.0.1/secretkey", "http://172.32.0.1/secretkey",
          "http://192.169.0.1/secretkey", "http://169.254.169.254/secretkey",
          "http://0.0.0.0/secretkey", "http://[2001:db8::1]/secretkey",
          "http://[fe80::1]/secretkey", "http://[::ffff:8.8.8.8]/secretkey",
          "http://localhost.example/secretkey", "http://geth:8545/secretkey"}) {
        const auto refused = check_rpc_url(url);
        ASSERT_FALSE(refused.has_value()) << url;
        EXPECT_EQ(refused.error().code, ErrorCode::invalid_input);
        EXPECT_EQ(refused.error().reason, "E_CHAIN_INSECURE_URL") << url;
        EXPECT_EQ(refused.error().detail.find("secretkey"), std::string::npos);
    }
}

TEST(chain_urls, that_are_none_are_refused_and_never_shown) {
    for (const std::string& url :
         {std::string{"secretkey"}, std::string{"ftp://node.example/secretkey"},
          std::string{"https://"}, std::string{"https://node.example:0/secretkey"},
          std::string{"https://node.example/secretkey#x"},
          std::string{"http://127.0.0.1.example/secretkey"},
          "https://node.example/secretkey" + std::string(2'048, 'x')}) {
        const auto refused = check_rpc_url(url);
        ASSERT_FALSE(refused.has_value()) << url;
        EXPECT_EQ(refused.error().reason, "E_CHAIN_URL") << url;
        EXPECT_EQ(refused.error().detail.find("secretkey"), std::string::npos);
    }
}

TEST(chain_urls, of_a_websocket_are_held_to_the_same) {
    EXPECT_TRUE(check_ws_url("wss://node.example/v2/key").has_value());
    EXPECT_TRUE(check_ws_url("ws://127.0.0.1:8546").has_value());
    EXPECT_EQ(check_ws_url("ws://node.example").error().reason, "E_CHAIN_INSECURE_URL");
    EXPECT_EQ(check_ws_url("https://node.example").error().reason, "E_CHAIN_URL");
    EXPECT_EQ(check_ws_url("wss://").error().reason, "E_CHAIN_URL");
    EXPECT_EQ(ws_origin("wss://user:key@node.example/v2/key"), "wss://node.example:443");
    EXPECT_EQ(ws_origin("ws://127.0.0.1:8546/key"), "ws://127.0.0.1:8546");
    EXPECT_EQ(ws_origin("key"), "(not a usable URL)");
}

TEST(chain_urls, of_an_explorer_are_for_people) {
    EXPECT_TRUE(check_explorer_url("https://basescan.org").has_value());
    EXPECT_TRUE(check_explorer_url("http://explorer.example").has_value());
    for (const char* url :
         {"javascript:alert(1)", "https://user:key@explorer.example", "basescan.org", ""})
        EXPECT_EQ(check_explorer_url(url).error().reason, "E_CHAIN_URL") << url;
}

TEST(chain_urls, are_bare_when_they_can_hold_no_key) {
    for (const char* url : {"http://127.0.0.1:8545", "https://node.example/"})
        EXPECT_TRUE(is_bare_url(url)) << url;
    for (const char* url :
         {"https://node.example/key", "https://node.example/?k=v", "https://key@node.example",
          "nonsense"})
        EXPECT_FALSE(is_bare_url(url)) << url;
}

}  // namespace
}  // namespace chela::sidecar::flow
