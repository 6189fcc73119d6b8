#include "sidecar/node/url.hpp"

#include "sidecar/node/client.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace chela::sidecar::node {
namespace {

TEST(node_url, a_bare_https_url_has_the_default_port_and_path) {
    const auto endpoint = parse_endpoint("https://rpc.example.org");
    ASSERT_TRUE(endpoint);
    EXPECT_EQ(endpoint->transport, Transport::tls);
    EXPECT_EQ(endpoint->host_kind, HostKind::name);
    EXPECT_EQ(endpoint->host, "rpc.example.org");
    EXPECT_EQ(endpoint->port, 443);
    EXPECT_EQ(endpoint->target, "/");
    EXPECT_EQ(endpoint->host_header, "rpc.example.org");
    EXPECT_EQ(endpoint->origin, "https://rpc.example.org:443");
    EXPECT_FALSE(endpoint->authorization);
}

TEST(node_url, of_a_web_socket_has_schemes_of_its_own) {
    const auto secure = parse_endpoint("wss://rpc.example.org/ws?k=v", Protocol::web_socket);
    ASSERT_TRUE(secure);
    EXPECT_EQ(secure->transport, Transport::tls);
    EXPECT_EQ(secure->port, 443);
    EXPECT_EQ(secure->target, "/ws?k=v");
    EXPECT_EQ(secure->origin, "wss://rpc.example.org:443");
    const auto plain = parse_endpoint("ws://127.0.0.1:8546", Protocol::web_socket);
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->transport, Transport::plain);
    EXPECT_EQ(plain->origin, "ws://127.0.0.1:8546");
    EXPECT_FALSE(parse_endpoint("https://h", Protocol::web_socket));
    EXPECT_FALSE(parse_endpoint("wss://h"));
}

TEST(node_url, keeps_path_and_query_as_written) {
    EXPECT_EQ(parse_endpoint("http://h:8545/v3/a%2Fb?k=%20v&x")->target, "/v3/a%2Fb?k=%20v&x");
    EXPECT_EQ(parse_endpoint("http://h?k=v")->target, "/?k=v");
    EXPECT_EQ(parse_endpoint("HTTP://h")->port, 80);
}

TEST(node_url, addresses_are_told_from_names) {
    const auto v4 = parse_endpoint("http://127.0.0.1:8545");
    ASSERT_TRUE(v4);
    EXPECT_EQ(v4->host_kind, HostKind::address);
    EXPECT_EQ(v4->host_header, "127.0.0.1:8545");
    const auto v6 = parse_endpoint("https://[::1]:8545/");
    ASSERT_TRUE(v6);
    EXPECT_EQ(v6->host_kind, HostKind::address);
    EXPECT_EQ(v6->host, "::1");
    EXPECT_EQ(v6->host_header, "[::1]:8545");
    EXPECT_EQ(v6->origin, "https://[::1]:8545");
}

TEST(node_url, an_encoded_host_name_is_decoded_everywhere) {
    const auto endpoint = parse_endpoint("http://ho%73t");
    ASSERT_TRUE(endpoint);
    EXPECT_EQ(endpoint->host, "host");
    EXPECT_EQ(endpoint->host_header, "host");
    EXPECT_EQ(endpoint->origin, "http://host:80");
}

TEST(node_url, user_info_is_decoded_and_becomes_basic_authorization) {
    EXPECT_EQ(parse_endpoint("https://u:p%40ss@h")->authorization, "Basic dTpwQHNz");
    EXPECT_EQ(parse_endpoint("https://u@h")->authorization, "Basic dTo=");
    EXPECT_FALSE(parse_endpoint("https://a%3Ab:c@h"));
}

TEST(node_url, refuses_what_is_no_http_url_without_quoting_it) {
    for (const char* url :
         {"",
          "h",
          "secret.example.org",
          "//secret",
          "ftp://secret/",
          "ws://secret",
          "file:///secret",
          "http:secret",
          "http://",
          "http:///secret",
          "https://:443",
          "http://secret:0",
          "http://secret:65536",
          "http://secret:99999",
          "http://secret:131071",
          "http://secret:99999999999",
          "http://secret:x",
          "http://secret:-1",
          "http://secret:",
          "http://secret/#f",
          "http://sec ret",
          "http://secret/\r\nX: y",
          "http://10.0.0.1.secret:80/",
          "http://127.0.0.1secret/",
          "http://1.2.3.4.5/secret",
          "http://secret%2fx",
          "http://secret%00",
          "http://secret%20",
          "http://secret!",
          "http://[::1",
          "http://[secret]",
          "http://[v1.x]",
          "http://127.0.0.1.secret.org/x",
          "http://1.2.3.4secret",
          "http://[::1]secret/",
          "http://secret/\x80",
          " http://secret",
          "http://secret "}) {
        const auto endpoint = parse_endpoint(url);
        ASSERT_FALSE(endpoint) << url;
        EXPECT_EQ(endpoint.error().code, ErrorCode::invalid_input) << url;
        EXPECT_EQ(endpoint.error().detail.find("secret"), std::string::npos)
            << endpoint.error().detail;
        boost::asio::io_context context;
        EXPECT_FALSE(make_client(context.get_executor(), {.url = url})) << url;
    }
    EXPECT_FALSE(parse_endpoint("http://" + std::string(254, 'a')));
}

TEST(display_origin, shows_scheme_host_and_port_alone) {
    EXPECT_EQ(
        display_origin("https://user:pass@rpc.example.org/v3/key?token=x"),
        "https://rpc.example.org:443");
    EXPECT_EQ(display_origin("http://[::1]/"), "http://[::1]:80");
    EXPECT_EQ(display_origin("ftp://user:pass@h"), "(not a usable URL)");
}

}  // namespace
}  // namespace chela::sidecar::node
