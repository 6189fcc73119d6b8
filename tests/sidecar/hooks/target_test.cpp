#include "sidecar/hooks/target.hpp"

#include "sidecar/hooks/reach.hpp"

#include <gmock/gmock.h>

namespace chela::sidecar::hooks {
namespace {

namespace ip = boost::asio::ip;
using testing::ElementsAre;

Reach reach(const char* address) {
    return reach_of(ip::make_address(address));
}

ip::tcp::endpoint at(const char* address) {
    return {ip::make_address(address), 443};
}

TEST(webhook_reach, link_local_metadata_multicast_and_reserved_addresses_lead_nowhere) {
    for (const auto* address :
         {"169.254.169.254",
          "169.254.0.1",
          "100.100.100.200",
          "168.63.129.16",
          "192.0.0.192",
          "0.0.0.0",
          "0.1.2.3",
          "224.0.0.1",
          "239.255.255.255",
          "240.0.0.1",
          "255.255.255.255",
          "192.0.2.1",
          "198.51.100.1",
          "203.0.113.9",
          "::",
          "fe80::1",
          "fe80::1%1",
          "ff02::1",
          "fd00:ec2::254",
          "2001:db8::1",
          "2001::1",
          "::ffff:169.254.169.254",
          "64:ff9b::169.254.169.254",
          "2002:a9fe:a9fe::1",
          "::2",
          "::1.2.3.4",
          "fec0::1",
          "100::1"})
        EXPECT_EQ(reach(address), Reach::nowhere) << address;
}

TEST(webhook_reach, loopback_private_and_public_addresses_are_told_apart) {
    for (const auto* address :
         {"127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "2002:7f00:1::"})
        EXPECT_EQ(reach(address), Reach::loopback) << address;
    for (const auto* address :
         {"10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
          "198.18.0.1", "192.0.0.1", "fc00::1", "fdff::1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1"})
        EXPECT_EQ(reach(address), Reach::private_network) << address;
    for (const auto* address :
         {"1.1.1.1", "9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255",
          "192.169.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
          "169.253.255.255", "169.255.0.0", "223.255.255.255", "2606:4700::1111", "::ffff:1.1.1.1"})
        EXPECT_EQ(reach(address), Reach::internet) << address;
}

TEST(webhook_url, https_goes_anywhere_and_http_to_this_machine_alone) {
    for (const auto* url :
         {"https://example.org", "https://example.org:8443/a/b?c=d", "https://1.1.1.1/",
          "https://[2606:4700::1111]/", "http://127.0.0.1:8080/x", "http://localhost/x",
          "http://LOCALHOST:9/", "http://[::1]:9/", "https://127.0.0.1/"}) {
        const auto target = parse_target(url, PrivateTargets::refuse);
        EXPECT_TRUE(target) << url << ": " << target.error().detail;
    }
    for (const auto* url :
         {"http://example.org/", "http://1.1.1.1/", "http://10.0.0.1/",
          "http://localhost.evil.org/", "http://127.0.0.1.nip.io/", "http://2130706433/",
          "http://0x7f.1/"}) {
        const auto target = parse_target(url, PrivateTargets::allow);
        ASSERT_FALSE(target) << url;
        EXPECT_EQ(target.error().reason, "E_WEBHOOK_URL") << url;
    }
}

TEST(webhook_url, what_is_no_plain_url_is_refused_and_never_quoted) {
    for (const std::string url :
         {"",
          "example.org",
          "ftp://example.org/",
          "https://",
          "https:///path",
          "https://user@h/",
          "https://user:hunter22@h/",
          "https://@h/",
          "https://h/#f",
          "https://h:0/",
          "https://h:65536/",
          "https://h h/",
          "https://h/\r\nX: y",
          "https://exa%6dple.org\\@h/",
          "https://169.254.169.254/",
          "https://[fe80::1]/",
          "https://[::ffff:169.254.169.254]/",
          "https://0.0.0.0/",
          "https://224.0.0.1/",
          "javascript:alert(1)",
          "file:///etc/passwd"}) {
        const auto target = parse_target(url, PrivateTargets::refuse);
        ASSERT_FALSE(target) << url;
        EXPECT_EQ(target.error().code, ErrorCode::invalid_input) << url;
        EXPECT_EQ(target.error().reason, "E_WEBHOOK_URL") << url;
        EXPECT_EQ(target.error().detail.find("hunter22"), std::string::npos);
    }
    EXPECT_FALSE(parse_target("https://h/" + std::string(2'039, 'a'), PrivateTargets::refuse));
    EXPECT_TRUE(parse_target("https://h/" + std::string(2'038, 'a'), PrivateTargets::refuse));
}

TEST(webhook_url, a_name_that_a_resolver_takes_for_an_address_is_refused) {
    for (const auto* host :
         {"2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "127.1", "0", "10.1", "a.0x7f",
          "example.1"})
        EXPECT_FALSE(parse_target(std::string{"https://"} + host + "/", PrivateTargets::allow))
            << host;
    EXPECT_TRUE(parse_target("https://0x.example/", PrivateTargets::refuse));
    EXPECT_TRUE(parse_target("https://1.example/", PrivateTargets::refuse));
}

TEST(webhook_url, a_private_address_has_to_be_allowed) {
    for (const auto* url : {"https://10.1.2.3/", "https://[fd12::1]/", "https://192.168.0.9:1/"}) {
        EXPECT_FALSE(parse_target(url, PrivateTargets::refuse)) << url;
        EXPECT_TRUE(parse_target(url, PrivateTargets::allow)) << url;
    }
}

TEST(webhook_addresses, a_name_that_resolves_to_this_machine_or_inside_is_not_called) {
    const auto target = *parse_target("https://example.org/", PrivateTargets::refuse);
    EXPECT_THAT(
        *allowed(
            target, {at("127.0.0.1"), at("10.0.0.1"), at("1.1.1.1"), at("169.254.169.254")},
            PrivateTargets::refuse),
        ElementsAre(at("1.1.1.1")));
    const auto none =
        allowed(target, {at("127.0.0.1"), at("10.0.0.1"), at("::1")}, PrivateTargets::refuse);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::denied);
    EXPECT_EQ(none.error().reason, "E_WEBHOOK_ADDRESS");
    EXPECT_THAT(
        *allowed(target, {at("127.0.0.1"), at("10.0.0.1")}, PrivateTargets::allow),
        ElementsAre(at("10.0.0.1")))
        << "this machine is no private network";
    EXPECT_FALSE(allowed(target, {at("169.254.169.254")}, PrivateTargets::allow));
    EXPECT_FALSE(allowed(target, {}, PrivateTargets::allow));
}

TEST(webhook_addresses, localhost_is_this_machine_and_nothing_else) {
    const auto target = *parse_target("http://localhost:80/", PrivateTargets::allow);
    EXPECT_TRUE(target.is_loopback);
    EXPECT_THAT(
        *allowed(target, {at("1.1.1.1"), at("::1"), at("10.0.0.1")}, PrivateTargets::allow),
        ElementsAre(at("::1")));
}

}  // namespace
}  // namespace chela::sidecar::hooks
