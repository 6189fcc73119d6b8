#include "tests/sidecar/http/raw_client.hpp"
#include "tests/sidecar/http/running_server.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace chela::sidecar::http {
namespace {

using namespace std::string_literals;
using test::RawClient;
using test::RunningServer;

const std::string kStart =
    "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
const std::string kChunked = kStart + "Transfer-Encoding: chunked\r\n\r\n";
// What a smuggler wants to have taken for a request of its own.
const std::string kSmuggled = "GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Sends it with a second request behind it. @return "status code" of the one answer, or of a first
/// one that was followed
std::string outcome(const RunningServer& server, const std::string& bytes) {
    RawClient client{server.port()};
    client.send(bytes + kSmuggled);
    const auto response = client.response();
    if (!response) return "closed";
    const bool ended = client.is_closed();
    return fmt::format("{} {}{}", response->status, response->code(), ended ? "" : " and went on");
}

TEST(http_smuggling, ends_the_connection_at_every_ambiguity) {
    RunningServer server;
    const std::string cases[] = {
        kStart + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        kStart + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        kStart + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        kStart + "Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
        kStart + "Content-Length: 2, 2\r\n\r\n{}",
        kStart + "Content-Length: +2\r\n\r\n{}",
        kStart + "Content-Length: 0x2\r\n\r\n{}",
        kStart + "Content-Length:\r\n\r\n{}",
        kStart + "Content-Length : 2\r\n\r\n{}",
        kStart + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        kStart + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        kStart + "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
        kStart + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        kStart +
            "Transfer-Encoding:\x0b"
            "chunked\r\n\r\n0\r\n\r\n",
        kStart + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        kStart + "X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        kStart + "X: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        kStart + "X: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        kStart + "X: y\0Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"s,
        kStart + "Transfer_Encoding: chunked\r\n\r\n0\r\n\r\n",
        kStart + "Content_Length: 2\r\n\r\n{}",
        kStart + ": x\r\n\r\n",
        kStart + "\n",
        "\r\n" + kSmuggled,
        "GET /ping\r\n\r\n",
        "GET /ping HTTP/1.1\r\nHost: localhost\r\nContent-Length: 44\r\n\r\n",
        "GET /ping HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET  /ping HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /ping HTTP/1.1\r\nHost: localhost\r\nX: \x01\r\n\r\n",
        kChunked + "2;ext=1\r\n{}\r\n0\r\n\r\n",
        kChunked + "2\n{}\r\n0\r\n\r\n",
        kChunked + "2 \r\n{}\r\n0\r\n\r\n",
        kChunked + "2\r\n{}0\r\n\r\n",
        kChunked + "2\r\n{}XX0\r\n\r\n",
        kChunked + "0x2\r\n{}\r\n0\r\n\r\n",
        kChunked + "-2\r\n{}\r\n0\r\n\r\n",
        kChunked + "+2\r\n{}\r\n0\r\n\r\n",
        kChunked + "g\r\n{}\r\n0\r\n\r\n",
        kChunked + "\r\n{}\r\n0\r\n\r\n",
        kChunked + "10000000000000002\r\n{}\r\n0\r\n\r\n",
        kChunked + "2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n",
        kChunked + "2\r\n{}\r\n0\r\nX-Chela-Token: t\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s};
    for (const std::string& bytes : cases) {
        EXPECT_EQ(outcome(server, bytes), "400 E_FRAMING") << testing::PrintToString(bytes);
    }
}

TEST(http_smuggling, ends_the_connection_after_every_other_refusal) {
    RunningServer server;
    const std::pair<std::string, const char*> cases[] = {
        {"GET /ping HTTP/1.0\r\nHost: localhost\r\n\r\n", "505 E_HTTP_VERSION"},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 E_HTTP_VERSION"},
        {"GET /ping HTTP/1.1\r\n\r\n", "400 E_HOST"},
        {"GET /ping HTTP/1.1\r\nHost: evil.example\r\n\r\n", "421 E_HOST_NOT_ALLOWED"},
        {"GET http://localhost/ping HTTP/1.1\r\nHost: localhost\r\n\r\n", "400 E_PATH"},
        {"GET /a/%2e%2e/ping HTTP/1.1\r\nHost: localhost\r\n\r\n", "400 E_PATH"},
        {"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n", "400 E_PATH"},
        {"GET /ping?a HTTP/1.1\r\nHost: localhost\r\n\r\n", "400 E_QUERY"},
        {"GET /ping HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\n\r\n", "403 E_ORIGIN"},
        {"OPTIONS /ping HTTP/1.1\r\nHost: localhost\r\nOrigin: http://a\r\n"
         "Access-Control-Request-Private-Network: true\r\n\r\n",
         "403 E_CROSS_ORIGIN"},
        {"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", "405 E_METHOD"},
        {"TRACE /ping HTTP/1.1\r\nHost: localhost\r\n\r\n", "405 E_METHOD"},
        {"CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n", "405 E_METHOD"},
        {"GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
         "501 E_UPGRADE"},
        {kStart + "Authorization: a\r\nAuthorization: b\r\n\r\n", "400 E_DUPLICATE_HEADER"},
        {"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
         "Content-Length: 2\r\n\r\n{}",
         "415 E_CONTENT_TYPE"}};
    for (const auto& [bytes, expected] : cases)
        EXPECT_EQ(outcome(server, bytes), expected) << bytes;
}

TEST(http_smuggling, does_not_take_a_body_for_a_request) {
    RunningServer server;
    RawClient client{server.port()};
    ASSERT_TRUE(client.send(
        kStart + fmt::format("Content-Length: {}\r\n\r\n", kSmuggled.size()) + kSmuggled));
    ASSERT_TRUE(client.response().has_value());
    client.finish_sending();
    EXPECT_TRUE(client.is_closed());
    ASSERT_EQ(server.access().size(), 1U);
    EXPECT_EQ(server.access()[0].route, "/echo");
}

TEST(http_smuggling, does_not_run_a_request_that_is_cut_short) {
    RunningServer server;
    for (const std::string& bytes :
         {kStart, kStart + "Content-Length: 10\r\n\r\n{}", kChunked + "5\r\n{}",
          kChunked + "2\r\n{}\r\n", std::string{"GET /pi"}}) {
        RawClient client{server.port()};
        ASSERT_TRUE(client.send(bytes));
        client.finish_sending();
        EXPECT_TRUE(client.is_closed()) << bytes;
    }
    EXPECT_TRUE(server.access().empty());
}

}  // namespace
}  // namespace chela::sidecar::http
