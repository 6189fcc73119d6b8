#include "sidecar/http/gate.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace chela::sidecar::http {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

GateOptions options() {
    return {.allowed_hosts = {"chela.internal"}, .max_body_bytes = 1'000};
}

/// "200", or the status and code of the refusal.
template <class T>
std::string verdict(const Gated<T>& gated) {
    if (gated) return "200";
    return fmt::format("{} {}", gated.error().status, gated.error().code);
}

Head head(std::string method, std::string target, Fields fields) {
    return {std::move(method), std::move(target), "HTTP/1.1", std::move(fields)};
}

/// A request that is fine but for the fields given.
std::string with(Fields fields, std::string method = "POST") {
    fields.emplace_back("host", "localhost");
    return verdict(admit(head(std::move(method), "/v1", std::move(fields)), options()));
}

TEST(http_gate, lets_a_plain_request_through) {
    const auto admission = admit(
        head(
            "POST", "/v1/a?b=c",
            {{"host", "127.0.0.1:8787"},
             {"content-length", "17"},
             {"content-type", "application/json"},
             {"connection", "x, Close"},
             {"expect", "100-Continue"},
             {"authorization", "Bearer x"}}),
        options());
    ASSERT_TRUE(admission.has_value());
    EXPECT_EQ(admission->target.path, "/v1/a");
    EXPECT_EQ(admission->target.query.at("b"), "c");
    EXPECT_EQ(admission->framing.content_length, 17U);
    EXPECT_FALSE(admission->framing.chunked);
    EXPECT_TRUE(admission->close);
    EXPECT_TRUE(admission->expects_continue);
    EXPECT_EQ(admission->fields.size(), 6U);
}

TEST(http_gate, answers_for_its_own_hosts_alone) {
    const std::pair<const char*, const char*> hosts[] = {
        {"127.0.0.1", "200"},
        {"127.0.0.1:8787", "200"},
        {"127.0.0.1:1", "200"},
        {"localhost", "200"},
        {"LocalHost:65535", "200"},
        {"[::1]", "200"},
        {"[::1]:8787", "200"},
        {"chela.internal", "200"},
        {"CHELA.internal:80", "200"},
        {"", "400 E_HOST"},
        {"127.0.0.1.evil.example", "421 E_HOST_NOT_ALLOWED"},
        {"evil.example", "421 E_HOST_NOT_ALLOWED"},
        {"evil.example:8787", "421 E_HOST_NOT_ALLOWED"},
        {"localhost.", "421 E_HOST_NOT_ALLOWED"},
        {"localhost.evil.example", "421 E_HOST_NOT_ALLOWED"},
        {"xlocalhost", "421 E_HOST_NOT_ALLOWED"},
        {"localhost:", "421 E_HOST_NOT_ALLOWED"},
        {"localhost:80x", "421 E_HOST_NOT_ALLOWED"},
        {"localhost:-1", "421 E_HOST_NOT_ALLOWED"},
        {"localhost:123456", "421 E_HOST_NOT_ALLOWED"},
        {"localhost:80:80", "421 E_HOST_NOT_ALLOWED"},
        {"user@localhost", "421 E_HOST_NOT_ALLOWED"},
        {"localhost@evil.example", "421 E_HOST_NOT_ALLOWED"},
        {"localhost, evil.example", "421 E_HOST_NOT_ALLOWED"},
        {"localhost/evil", "421 E_HOST_NOT_ALLOWED"},
        {"http://localhost", "421 E_HOST_NOT_ALLOWED"},
        {"0", "421 E_HOST_NOT_ALLOWED"},
        {"0.0.0.0", "421 E_HOST_NOT_ALLOWED"},
        {"127.1", "421 E_HOST_NOT_ALLOWED"},
        {"127.0.0.2", "421 E_HOST_NOT_ALLOWED"},
        {"127.000.000.001", "421 E_HOST_NOT_ALLOWED"},
        {"0x7f000001", "421 E_HOST_NOT_ALLOWED"},
        {"2130706433", "421 E_HOST_NOT_ALLOWED"},
        {"::1", "421 E_HOST_NOT_ALLOWED"},
        {"[::]", "421 E_HOST_NOT_ALLOWED"},
        {"[::ffff:127.0.0.1]", "421 E_HOST_NOT_ALLOWED"},
        {"[0:0:0:0:0:0:0:1]", "421 E_HOST_NOT_ALLOWED"},
        {"[::1%25lo]", "421 E_HOST_NOT_ALLOWED"},
        {"[::1", "421 E_HOST_NOT_ALLOWED"},
        {"[::1]x", "421 E_HOST_NOT_ALLOWED"},
        {"http://[::1].evil.example", "421 E_HOST_NOT_ALLOWED"},
        {"x.chela.internal", "421 E_HOST_NOT_ALLOWED"},
        {"local\xc4\xa5ost", "421 E_HOST_NOT_ALLOWED"}};
    for (const auto& [host, expected] : hosts) {
        EXPECT_EQ(verdict(admit(head("GET", "/", {{"host", host}}), options())), expected) << host;
    }
}

TEST(http_gate, needs_exactly_one_host) {
    EXPECT_EQ(verdict(admit(head("GET", "/", {}), options())), "400 E_HOST");
    EXPECT_EQ(with({{"host", "localhost"}}), "400 E_HOST");
    EXPECT_EQ(with({{"host", "evil.example"}}), "400 E_HOST");
}

TEST(http_gate, refuses_ambiguous_framing) {
    const std::pair<Fields, const char*> cases[] = {
        {{{"content-length", "0"}}, "200"},
        {{{"transfer-encoding", "chunked"}}, "200"},
        {{{"content-length", "5"}, {"transfer-encoding", "chunked"}}, "400 E_FRAMING"},
        {{{"transfer-encoding", "chunked"}, {"content-length", "5"}}, "400 E_FRAMING"},
        {{{"content-length", "5"}, {"content-length", "5"}}, "400 E_FRAMING"},
        {{{"content-length", "5"}, {"content-length", "6"}}, "400 E_FRAMING"},
        {{{"content-length", "5, 5"}}, "400 E_FRAMING"},
        {{{"content-length", "5,6"}}, "400 E_FRAMING"},
        {{{"content-length", "+5"}}, "400 E_FRAMING"},
        {{{"content-length", "-5"}}, "400 E_FRAMING"},
        {{{"content-length", "0x5"}}, "400 E_FRAMING"},
        {{{"content-length", "05"}}, "400 E_FRAMING"},
        {{{"content-length", "00"}}, "400 E_FRAMING"},
        {{{"content-length", "5 "}}, "400 E_FRAMING"},
        {{{"content-length", ""}}, "400 E_FRAMING"},
        {{{"content-length", "five"}}, "400 E_FRAMING"},
        {{{"content-length", "18446744073709551616"}}, "400 E_FRAMING"},
        {{{"transfer-encoding", "xchunked"}}, "400 E_FRAMING"},
        {{{"transfer-encoding", "Chunked"}}, "400 E_FRAMING"},
        {{{"transfer-encoding", "gzip, chunked"}}, "400 E_FRAMING"},
        {{{"transfer-encoding", "chunked, chunked"}}, "400 E_FRAMING"},
        {{{"transfer-encoding", "chunked, identity"}}, "400 E_FRAMING"},
        {{{"transfer-encoding", "identity"}}, "400 E_FRAMING"},
        {{{"transfer-encoding",
           "\x0b"
           "chunked"}},
         "400 E_FRAMING"},
        {{{"transfer-encoding", ""}}, "400 E_FRAMING"},
        {{{"transfer-encoding", "chunked"}, {"transfer-encoding", "chunked"}}, "400 E_FRAMING"},
        {{{"transfer_encoding", "chunked"}}, "400 E_FRAMING"},
        {{{"content_length", "5"}}, "400 E_FRAMING"},
        {{{"x_chela_token", "t"}}, "400 E_FRAMING"},
        {{{"x-chela_token", "t"}}, "400 E_FRAMING"},
        {{{"idempotency_key", "k"}}, "400 E_FRAMING"},
        {{{"x_forwarded_for", "1.2.3.4"}}, "400 E_FRAMING"},
        {{{"x_unknown_to_us", "t"}}, "200"}};
    for (const auto& [fields, expected] : cases) {
        EXPECT_EQ(with(fields), expected) << fields[0].first << ": " << fields[0].second;
    }
}

TEST(http_gate, takes_no_body_with_get) {
    EXPECT_EQ(with({{"content-length", "0"}}, "GET"), "200");
    EXPECT_EQ(
        with({{"content-length", "1"}, {"content-type", "application/json"}}, "GET"),
        "400 E_FRAMING");
    EXPECT_EQ(with({{"transfer-encoding", "chunked"}}, "GET"), "400 E_FRAMING");
}

TEST(http_gate, speaks_http_1_1_alone) {
    for (const char* version : {"HTTP/1.0", "HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "HTTP/3.0"}) {
        Head request = head("GET", "/", {{"host", "localhost"}});
        request.version = version;
        EXPECT_EQ(verdict(admit(request, options())), "505 E_HTTP_VERSION") << version;
    }
}

TEST(http_gate, sees_an_announced_body_over_the_limit) {
    const Fields json{{"content-type", "application/json"}};
    const auto sized = [&](const char* length) {
        Fields fields = json;
        fields.emplace_back("content-length", length);
        return with(fields);
    };
    EXPECT_EQ(sized("1000"), "200");
    EXPECT_EQ(sized("1001"), "413 E_BODY_TOO_LARGE");
    EXPECT_EQ(sized("18446744073709551615"), "413 E_BODY_TOO_LARGE");
}

TEST(http_gate, knows_which_methods_there_are) {
    const std::pair<const char*, const char*> methods[] = {
        {"GET", "200"},
        {"POST", "200"},
        {"PUT", "200"},
        {"PATCH", "200"},
        {"DELETE", "200"},
        {"HEAD", "200"},
        {"OPTIONS", "405 E_METHOD"},
        {"TRACE", "405 E_METHOD"},
        {"CONNECT", "405 E_METHOD"},
        {"get", "501 E_METHOD"},
        {"PRI", "501 E_METHOD"},
        {"PROPFIND", "501 E_METHOD"},
        {"M-SEARCH", "501 E_METHOD"}};
    for (const auto& [method, expected] : methods)
        EXPECT_EQ(with({}, method), expected) << method;
    EXPECT_EQ(with({{"origin", "https://evil.example"}}, "OPTIONS"), "403 E_CROSS_ORIGIN");
    EXPECT_EQ(
        verdict(admit(head("CONNECT", "localhost:443", {{"host", "localhost"}}), options())),
        "405 E_METHOD");
}

TEST(http_gate, offers_no_other_protocol) {
    EXPECT_EQ(with({{"upgrade", "websocket"}, {"connection", "Upgrade"}}), "501 E_UPGRADE");
    EXPECT_EQ(with({{"upgrade", "h2c"}}), "501 E_UPGRADE");
    EXPECT_EQ(with({{"connection", "keep-alive, UPGRADE"}}), "501 E_UPGRADE");
    EXPECT_EQ(with({{"http2-settings", "AAMAAABk"}}), "501 E_UPGRADE");
}

/// A request to that host with these fields besides.
std::string to_host(const char* host, Fields fields) {
    fields.emplace_back("host", host);
    return verdict(admit(head("POST", "/v1", std::move(fields)), options()));
}

TEST(http_gate, lets_a_program_name_the_loopback_address_that_it_calls) {
    EXPECT_EQ(to_host("127.0.0.1:8787", {{"origin", "http://127.0.0.1:8787"}}), "200");
    EXPECT_EQ(to_host("localhost:1", {{"origin", "http://localhost:1"}}), "200");
    EXPECT_EQ(to_host("[::1]:8787", {{"origin", "http://[::1]:8787"}}), "200");
    const std::pair<const char*, const char*> others[] = {
        {"127.0.0.1:8787", "http://127.0.0.1:8788"},
        {"127.0.0.1:8787", "http://localhost:8787"},
        {"127.0.0.1:8787", "https://127.0.0.1:8787"},
        {"127.0.0.1:8787", "http://127.0.0.1:8787/"},
        {"127.0.0.1:8787", "http://127.0.0.1"},
        {"localhost", "http://localhost"},
        {"chela.internal:8787", "http://chela.internal:8787"}};
    for (const auto& [host, origin] : others)
        EXPECT_EQ(to_host(host, {{"origin", origin}}), "403 E_ORIGIN") << host << " " << origin;
    const char* self = "http://localhost:8787";
    for (const char* site : {"none", "same-origin", "cross-site"}) {
        EXPECT_EQ(
            to_host("localhost:8787", {{"origin", self}, {"sec-fetch-site", site}}), "403 E_ORIGIN")
            << "a browser";
    }
    EXPECT_EQ(to_host("localhost:8787", {{"origin", self}, {"origin", self}}), "403 E_ORIGIN");
}

TEST(http_gate, lets_a_web_socket_open_where_one_is_offered) {
    auto offering = options();
    offering.offers_web_socket = [](std::string_view path) { return path == "/socket"; };
    const Fields handshake{
        {"host", "localhost"},
        {"upgrade", "WebSocket"},
        {"connection", "keep-alive, Upgrade"},
        {"sec-websocket-version", "13"},
        {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="}};
    const auto opens = [&](const std::string& path, const Fields& fields) {
        const auto admission = admit(head("GET", path, fields), offering);
        return admission && admission->wants_web_socket;
    };
    EXPECT_TRUE(opens("/socket", handshake));
    EXPECT_FALSE(opens("/elsewhere", handshake));
    EXPECT_EQ(verdict(admit(head("GET", "/elsewhere", handshake), offering)), "501 E_UPGRADE");
    EXPECT_EQ(verdict(admit(head("POST", "/socket", handshake), offering)), "501 E_UPGRADE");
    for (std::size_t left_out = 1; left_out < handshake.size(); ++left_out) {
        auto fields = handshake;
        fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(left_out));
        EXPECT_FALSE(opens("/socket", fields)) << handshake[left_out].first;
    }
    for (const auto& [name, value] : Fields{
             {"upgrade", "h2c"},
             {"http2-settings", "AAMAAABk"},
             {"sec-websocket-version", "13"},
             {"sec-websocket-key", "short"}}) {
        auto fields = handshake;
        fields.emplace_back(name, value);
        EXPECT_EQ(verdict(admit(head("GET", "/socket", fields), offering)), "501 E_UPGRADE")
            << name;
    }
    auto from_a_page = handshake;
    from_a_page.emplace_back("origin", "http://localhost");
    EXPECT_EQ(verdict(admit(head("GET", "/socket", from_a_page), offering)), "403 E_ORIGIN");
}

TEST(http_gate, speaks_to_no_web_page) {
    for (const char* origin :
         {"null", "", "http://127.0.0.1:8787", "http://localhost", "https://evil.example"}) {
        EXPECT_EQ(with({{"origin", origin}}), "403 E_ORIGIN") << origin;
        EXPECT_EQ(with({{"origin", origin}}, "GET"), "403 E_ORIGIN") << origin;
    }
    const std::pair<const char*, const char*> sites[] = {
        {"none", "200"},
        {"same-origin", "200"},
        {"same-site", "403 E_CROSS_SITE"},
        {"cross-site", "403 E_CROSS_SITE"},
        {"", "403 E_CROSS_SITE"},
        {"None", "403 E_CROSS_SITE"},
        {"none, cross-site", "403 E_CROSS_SITE"}};
    for (const auto& [site, expected] : sites) {
        EXPECT_EQ(with({{"sec-fetch-site", site}}), expected) << site;
    }
    EXPECT_EQ(
        with({{"sec-fetch-site", "none"}, {"sec-fetch-site", "cross-site"}}), "403 E_CROSS_SITE");
}

TEST(http_gate, lets_deciding_headers_appear_once) {
    for (const char* name : {"authorization", "content-type", "idempotency-key", "x-chela-token"}) {
        EXPECT_EQ(with({{name, "application/json"}}), "200") << name;
        EXPECT_EQ(
            with({{name, "application/json"}, {name, "application/json"}}),
            "400 E_DUPLICATE_HEADER")
            << name;
    }
    EXPECT_EQ(with({{"accept", "a"}, {"accept", "b"}}), "200");
}

TEST(http_gate, understands_one_expectation) {
    EXPECT_EQ(with({{"expect", "100-continue"}}), "200");
    EXPECT_EQ(with({{"expect", "200-ok"}}), "417 E_EXPECT");
    EXPECT_EQ(with({{"expect", ""}}), "417 E_EXPECT");
    EXPECT_EQ(with({{"expect", "100-continue"}, {"expect", "100-continue"}}), "417 E_EXPECT");
}

TEST(http_gate, takes_json_bodies_alone) {
    const std::pair<const char*, const char*> types[] = {
        {"application/json", "200"},
        {"application/json; charset=utf-8", "200"},
        {"Application/JSON ;charset=utf-8", "200"},
        {"", "415 E_CONTENT_TYPE"},
        {"text/plain", "415 E_CONTENT_TYPE"},
        {"application/x-www-form-urlencoded", "415 E_CONTENT_TYPE"},
        {"multipart/form-data; boundary=x", "415 E_CONTENT_TYPE"},
        {"text/plain; application/json", "415 E_CONTENT_TYPE"},
        {"application/jsonx", "415 E_CONTENT_TYPE"},
        {"application/json, text/plain", "415 E_CONTENT_TYPE"},
        {"application/merge-patch+json", "415 E_CONTENT_TYPE"}};
    for (const auto& [type, expected] : types) {
        for (const char* method : {"POST", "PUT", "PATCH", "DELETE"}) {
            EXPECT_EQ(with({{"content-length", "2"}, {"content-type", type}}, method), expected)
                << method << " " << type;
        }
        EXPECT_EQ(with({{"content-length", "0"}, {"content-type", type}}), "200") << type;
    }
    EXPECT_EQ(with({{"content-length", "2"}}), "415 E_CONTENT_TYPE");
    EXPECT_EQ(verdict(check_content_type(head("POST", "/", {}), 1)), "415 E_CONTENT_TYPE");
}

TEST(http_gate, hands_the_targets_refusal_on) {
    EXPECT_EQ(
        verdict(admit(head("GET", "/a/../b", {{"host", "localhost"}}), options())), "400 E_PATH");
    EXPECT_EQ(
        verdict(admit(head("GET", "/?a", {{"host", "localhost"}}), options())), "400 E_QUERY");
}

TEST(http_gate, drops_what_only_a_proxy_or_an_override_would_say) {
    const auto admission = admit(
        head(
            "POST", "/",
            {{"host", "localhost"},
             {"x-http-method-override", "DELETE"},
             {"x-http-method", "DELETE"},
             {"x-method-override", "DELETE"},
             {"x-forwarded-for", "10.0.0.1"},
             {"x-forwarded-host", "evil.example"},
             {"x-forwarded-proto", "https"},
             {"forwarded", "for=10.0.0.1"},
             {"x-real-ip", "10.0.0.1"},
             {"x-original-url", "/admin"},
             {"x-rewrite-url", "/admin"},
             {"x-mine", "kept"}}),
        options());
    ASSERT_TRUE(admission.has_value());
    const Fields kept{{"host", "localhost"}, {"x-mine", "kept"}};
    EXPECT_EQ(admission->fields, kept);
}

}  // namespace
}  // namespace chela::sidecar::http
