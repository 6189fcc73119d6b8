// A8, A9, A28: bytes that two parsers may read differently.
#include "tests/security/support/world.hpp"

#include <array>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test::security {
namespace {

const std::string kToken = fmt::format("X-Chela-Token: {}\r\n", kClientToken);
constexpr std::string_view kSecond = "GET /v1/chains HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Sends it with a second request behind. @return every answer's status until the other side
/// closes, or until both have come
std::vector<unsigned> statuses(const std::string& first) {
    RawClient client{world().sidecar.port()};
    client.send(first + std::string{kSecond});
    client.finish_sending();
    std::vector<unsigned> out;
    while (const auto answer = client.response())
        out.push_back(answer->status);
    return out;
}

TEST(a08, header_injection_is_refused_for_malformed_fields) {
    using namespace std::string_literals;
    const std::array kMalformed{
        "X: a\rY: b"s,
        "X: a\nY: b"s,
        "X: a\0b"s,
        "X: a\x01z"s,
        "X: a\x1b[31m"s,
        "X: a\x7fz"s,
        "X : a"s,
        "X\t: a"s,
        " X: a"s,
        "\tX: a"s,
        "X: a\r\n b"s,
        "X: a\r\n\tb"s,
        ": a"s,
        "X"s,
        "X Y: a"s,
        "X(: a"s,
        "X): a"s,
        "X,: a"s,
        "X/: a"s,
        "X;: a"s,
        "X<: a"s,
        "X=: a"s,
        "X?: a"s,
        "X@: a"s,
        "X[: a"s,
        "X\\: a"s,
        "X{: a"s,
        "X\": a"s,
        "X\x80: a"s,
        "\xef\xbb\xbfX: a"s,
        "Authorization\x0b: Bearer x"s,
        "X-Chela-Token\x20: y"s,
        "X-Chela-Token\xc2\xa0: y"s};
    for (const auto& field : kMalformed)
        EXPECT_EQ(statuses(get("/v1/agents/me", kToken + field + "\r\n")), std::vector{400U})
            << field;
}

TEST(a08, header_injection_by_twins_and_duplicates_is_refused) {
    for (const std::string field :
         {"X_Chela_Token: y", "x-chela_token: y", "X_CHELA-TOKEN: y", "Content_Length: 5",
          "content_type: application/json", "Transfer_Encoding: chunked", "Idempotency_Key: k",
          "X_Forwarded_For: 127.0.0.1", "X_HTTP_Method_Override: DELETE", "X-Chela-Token: y",
          "Authorization: Bearer a\r\nAuthorization: Bearer b",
          "Content-Type: application/json\r\nContent-Type: text/plain",
          "Idempotency-Key: a\r\nIdempotency-Key: b", "Sec_Fetch_Site: none", "HTTP2_Settings: x",
          "Expect: 200-ok"}) {
        const auto answer = world().send(get("/v1/agents/me", kToken + field + "\r\n"));
        EXPECT_TRUE(is_refusal(answer)) << field << ": " << shown(answer);
    }
}

TEST(a08, header_injection_by_connection_removes_no_header_of_ours) {
    for (const std::string field :
         {"Connection: x-chela-token",
          "Connection: keep-alive, X-Chela-Token",
          "Connection: authorization",
          "Connection: host",
          "Proxy-Connection: x-chela-token",
          "Keep-Alive: x-chela-token",
          "TE: trailers, x-chela-token",
          "Trailer: X-Chela-Token",
          "Proxy-Authorization: Bearer x",
          "Proxy-Authenticate: Basic",
          "Via: 1.1 x",
          "X-Chela-Agent: 00000000-0000-4000-8000-000000000000",
          "X-Agent-Id: other",
          "X-User: admin",
          "X-Remote-User: admin",
          "X-Auth-Request-User: admin",
          "X-Chela-Identity: other",
          "X-Spiffe-Id: spiffe://x",
          "X-Client-Cert: x",
          "X-SSL-Client-Verify: SUCCESS",
          "Cookie: token=x",
          "Authentication: none",
          "WWW-Authenticate: none",
          "Accept: */*\x80",
          "Range: bytes=0-1",
          "If-Match: *",
          "If-None-Match: *",
          "Max-Forwards: 0"}) {
        const auto plain = world().send(get("/v1/agents/me", kToken));
        const auto answer = world().send(get("/v1/agents/me", kToken + field + "\r\n"));
        EXPECT_EQ(shown(answer), "200 none") << field;
        EXPECT_EQ(answer->body, plain->body) << field;
        EXPECT_EQ(world().send(get("/v1/agents/me", field + "\r\n"))->status, 401U) << field;
    }
}

TEST(a09, smuggling_shapes_get_one_400_and_the_end_of_the_connection) {
    const std::string head =
        "POST /v1/auth/agent-token HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: application/json\r\n";
    const std::string chunked = "Transfer-Encoding: chunked\r\n";
    using namespace std::string_literals;
    const std::array kShapes{
        // CL.TE, TE.CL, TE.TE, CL.CL
        head + "Content-Length: 6\r\n" + chunked + "\r\n0\r\n\r\nG",
        head + chunked + "Content-Length: 4\r\n\r\n5c\r\nG\r\n0\r\n\r\n",
        head + chunked + chunked + "\r\n0\r\n\r\n",
        head + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        head + "Content-Length: 2, 2\r\n\r\n{}", head + "Content-Length: 2,3\r\n\r\n{}",
        head + chunked + "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        // Codings that are not exactly chunked
        head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        head + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        head + "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n",
        head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        head + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n",
        head + "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n",
        head + "Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
        head +
            "Transfer-Encoding:\x0b"
            "chunked\r\n\r\n0\r\n\r\n",
        head + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        head + "X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        head + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        head + "Transfer-Encoding:\r\n\r\n",
        // Lengths that are no plain decimal number
        head + "Content-Length: +2\r\n\r\n{}", head + "Content-Length: -2\r\n\r\n{}",
        head + "Content-Length: 0x2\r\n\r\n{}", head + "Content-Length: 02\r\n\r\n{}",
        head + "Content-Length: 2 \t2\r\n\r\n{}", head + "Content-Length: 2.0\r\n\r\n{}",
        head + "Content-Length: two\r\n\r\n{}", head + "Content-Length:\r\n\r\n",
        head + "Content-Length: 18446744073709551618\r\n\r\n{}",
        head + "Content-Length\x20: 2\r\n\r\n{}",
        // Line ends
        "POST /v1/health HTTP/1.1\nHost: localhost\n\n"s, head + "X: y\n\r\n",
        head + "X: y\r\r\n\r\n", head + "X: y\rContent-Length: 2\r\n\r\n{}",
        "\rGET /v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n"s,
        // Chunks
        head + chunked + "\r\n2;a=b\r\n{}\r\n0\r\n\r\n",
        head + chunked + "\r\n2;\r\n{}\r\n0\r\n\r\n", head + chunked + "\r\n0x2\r\n{}\r\n0\r\n\r\n",
        head + chunked + "\r\n+2\r\n{}\r\n0\r\n\r\n", head + chunked + "\r\n-2\r\n{}\r\n0\r\n\r\n",
        head + chunked + "\r\n2\n{}\r\n0\r\n\r\n", head + chunked + "\r\n2\r\n{}\n0\r\n\r\n",
        head + chunked + "\r\n2\r\n{}XX0\r\n\r\n", head + chunked + "\r\n\r\n{}\r\n0\r\n\r\n",
        head + chunked + "\r\n2\r\n{}\r\n0\r\nX-Chela-Token: y\r\n\r\n",
        head + chunked + "\r\n10000000000000002\r\n{}\r\n0\r\n\r\n",
        // Bodies where none belongs
        "GET /v1/health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello"s,
        "GET /v1/health HTTP/1.1\r\nHost: localhost\r\n" + chunked + "\r\n0\r\n\r\n",
        // Request lines
        "GET  /v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n"s,
        "GET /v1/health  HTTP/1.1\r\nHost: localhost\r\n\r\n"s,
        "GET /v1/health HTTP/1.1 \r\nHost: localhost\r\n\r\n"s,
        "GET\t/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n"s,
        "GET /v1/health\r\nHost: localhost\r\n\r\n"s,
        "GET /v1/health http/1.1\r\nHost: localhost\r\n\r\n"s,
        "GET /v1/health HTTP/1.1x\r\nHost: localhost\r\n\r\n"s,
        "G\0T /v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n"s};
    for (const auto& shape : kShapes)
        EXPECT_EQ(statuses(shape), std::vector{400U}) << shape;
}

TEST(a09, smuggling_by_other_versions_ends_the_connection) {
    for (const std::string version : {"HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/3.0", "HTTP/9.9"}) {
        EXPECT_EQ(
            statuses(fmt::format(
                "GET /v1/health {}\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n", version)),
            std::vector{505U})
            << version;
    }
}

TEST(a09, smuggling_in_an_unread_body_reaches_no_handler) {
    // Refused before the body is read: what is in it must not become a request.
    const std::string hidden = "GET /v1/chains HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (const std::string head :
         {"Content-Type: text/plain\r\n", "Origin: null\r\nContent-Type: application/json\r\n",
          "Expect: 200\r\nContent-Type: application/json\r\n"}) {
        const auto out = statuses(fmt::format(
            "POST /v1/auth/agent-token HTTP/1.1\r\nHost: localhost\r\n{}Content-Length: "
            "{}\r\n\r\n{}",
            head, hidden.size(), hidden));
        EXPECT_EQ(out.size(), 1U) << head;
    }
    // Read as the body that it is, and the next request is the next.
    EXPECT_EQ(statuses(post("/v1/auth/agent-token", hidden)), (std::vector{400U, 200U}));
    EXPECT_EQ(statuses(post("/nowhere", hidden)), (std::vector{404U, 200U}));
}

TEST(a28, tunnels_are_refused) {
    for (const std::string request :
         {"CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n",
          "CONNECT 169.254.169.254:80 HTTP/1.1\r\nHost: 169.254.169.254:80\r\n\r\n",
          "CONNECT / HTTP/1.1\r\nHost: localhost\r\n\r\n",
          "TRACE / HTTP/1.1\r\nHost: localhost\r\nX-Chela-Token: secret\r\n\r\n",
          "TRACK / HTTP/1.1\r\nHost: localhost\r\n\r\n",
          "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
          "PROPFIND / HTTP/1.1\r\nHost: localhost\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: h2c\r\nConnection: Upgrade, "
          "HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: localhost\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
          "GET /v1/health HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: "
          "Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: "
          "13\r\n\r\n",
          "POST /v1/agents/me HTTP/1.1\r\nHost: localhost\r\nUpgrade: TLS/1.2\r\nConnection: "
          "upgrade\r\n\r\n",
          "GET http://169.254.169.254/latest/meta-data/ HTTP/1.1\r\nHost: localhost\r\n\r\n"}) {
        RawClient client{world().sidecar.port()};
        client.send(request);
        const auto answer = client.response();
        ASSERT_TRUE(answer) << request;
        EXPECT_TRUE(
            answer->status == 400 || answer->status == 403 || answer->status == 405 ||
            answer->status == 421 || answer->status == 501 || answer->status == 505)
            << shown(answer) << request;
        EXPECT_EQ(answer->body.find("secret"), std::string::npos) << "nothing is echoed";
        EXPECT_TRUE(client.is_closed()) << request;
    }
}

TEST(a28, tunnels_of_other_protocols_are_closed) {
    using namespace std::string_literals;
    for (const auto& greeting :
         {"\x16\x03\x01\x00\x2e\x01\x00\x00\x2a\x03\x03\r\n\r\n"s, "\x05\x01\x00\r\n\r\n"s,
          "SSH-2.0-x\r\n\r\n"s, "\x04\x01\x00\x50\x7f\x00\x00\x01\x00\r\n\r\n"s,
          "PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n\r\n"s}) {
        const auto answer = world().send(greeting);
        if (answer) EXPECT_GE(answer->status, 400U) << greeting;
    }
    EXPECT_EQ(world().health(), 200U);
}

}  // namespace
}  // namespace chela::test::security
