#include "sidecar/auth/peer_name.hpp"

#include <string>

#include <gtest/gtest.h>

namespace chela::sidecar::auth {
namespace {

TEST(peer_name, takes_spiffe_ids_of_workloads) {
    for (const std::string id :
         {"spiffe://example.org/a", "spiffe://example.org/ns/agents/sa/trader",
          "spiffe://a/.../..a/A-Z_0.9", "spiffe://my_domain-1.test/x"})
        EXPECT_TRUE(check_spiffe_id(id).has_value()) << id;
    EXPECT_TRUE(check_spiffe_id("spiffe://" + std::string(255, 'a') + "/a").has_value());
}

TEST(peer_name, refuses_every_other_form_of_one) {
    for (const std::string id :
         {"",
          "spiffe:",
          "spiffe:/a/b",
          "spiffe://",
          "spiffe:///a",
          "spiffe://example.org",
          "spiffe://example.org/",
          "spiffe://example.org/a/",
          "spiffe://example.org//a",
          "spiffe://example.org/a//b",
          "spiffe://example.org/./a",
          "spiffe://example.org/a/..",
          "SPIFFE://example.org/a",
          "spiffe://Example.org/a",
          "spiffe://user@example.org/a",
          "spiffe://example.org:8080/a",
          "spiffe://example.org/a?b",
          "spiffe://example.org/a#b",
          "spiffe://example.org/%61",
          "spiffe://example.org/a b",
          "spiffe://ex%61mple.org/a",
          "spiffe://example.org/\u00e4",
          "https://example.org/a",
          " spiffe://example.org/a",
          "spiffe://example.org/a\n"})
        EXPECT_FALSE(check_spiffe_id(id).has_value()) << id;
    EXPECT_FALSE(check_spiffe_id("spiffe://" + std::string(256, 'a') + "/a").has_value());
    EXPECT_FALSE(check_spiffe_id("spiffe://a/" + std::string(2'048, 'a')).has_value());
}

TEST(peer_name, takes_host_names_and_no_patterns) {
    for (const std::string name : {"a", "a.example.org", "a-b.c_d.0"})
        EXPECT_TRUE(check_dns_name(name).has_value()) << name;
    for (const std::string name :
         {"", "*", "*.example.org", "a.*.org", "A.example.org", "a..b", ".a", "a.", "-a", "a-",
          "a b", "a/b", "a:1", "\u00e4.org"})
        EXPECT_FALSE(check_dns_name(name).has_value()) << name;
    EXPECT_FALSE(check_dns_name(std::string(64, 'a')).has_value());
}

}  // namespace
}  // namespace chela::sidecar::auth
