// Bodies that are made while they are sent.
#include "sidecar/http/chunks.hpp"
#include "tests/sidecar/http/raw_client.hpp"
#include "tests/sidecar/http/running_server.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

namespace chela::sidecar::http {
namespace {

using namespace std::chrono_literals;
using chela::test::eventually;
using test::RawClient;
using test::RunningServer;

constexpr std::string_view kStream = "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr auto kPatience = 10s;

TEST(http_stream, writes_chunks_with_their_length_in_hex) {
    EXPECT_EQ(as_chunk("hello"), "5\r\nhello\r\n");
    EXPECT_EQ(as_chunk(std::string(26, 'x')), "1a\r\n" + std::string(26, 'x') + "\r\n");
    EXPECT_EQ(as_chunk(""), "0\r\n\r\n");
}

TEST(http_stream, sends_each_piece_when_it_is_there_and_closes_at_the_end) {
    RunningServer server;
    RawClient client{server.port()};
    ASSERT_TRUE(client.send(kStream));
    const auto head = client.response();
    ASSERT_TRUE(head.has_value());
    EXPECT_EQ(head->status, 200U);
    EXPECT_EQ(head->header("transfer-encoding"), "chunked");
    EXPECT_EQ(head->header("content-length"), "none") << "never both";
    EXPECT_EQ(head->header("content-type"), "text/event-stream");
    EXPECT_EQ(head->header("connection"), "close");
    EXPECT_EQ(head->header("cache-control"), "no-store");
    server.say("one");
    EXPECT_EQ(client.chunk(), "one");
    server.say("two\r\n0\r\n\r\n");
    EXPECT_EQ(client.chunk(), "two\r\n0\r\n\r\n") << "no piece can end the body";
    server.say("");
    EXPECT_EQ(client.chunk(), "");
    EXPECT_TRUE(client.is_closed());
    EXPECT_TRUE(eventually([&] { return server.access().size() == 1; }, kPatience));
    EXPECT_EQ(server.access().front().status, 200U);
    EXPECT_TRUE(eventually([&] { return server.streams() == 0; }, kPatience));
}

TEST(http_stream, works_on_a_unix_socket) {
    RunningServer server;
    RawClient client{server.unix_socket()};
    ASSERT_TRUE(client.send(kStream));
    ASSERT_TRUE(client.response().has_value());
    server.say("one");
    EXPECT_EQ(client.chunk(), "one");
    server.say("");
    EXPECT_EQ(client.chunk(), "");
}

TEST(http_stream, ends_when_its_client_does) {
    RunningServer server;
    {
        RawClient client{server.port()};
        ASSERT_TRUE(client.send(kStream));
        ASSERT_TRUE(client.response().has_value());
        EXPECT_EQ(server.streams(), 1U);
    }
    EXPECT_TRUE(eventually([&] { return server.streams() == 0; }, kPatience));
}

TEST(http_stream, ends_when_its_client_says_more) {
    RunningServer server;
    RawClient client{server.port()};
    ASSERT_TRUE(client.send(kStream));
    ASSERT_TRUE(client.response().has_value());
    ASSERT_TRUE(client.send(kStream));
    EXPECT_EQ(client.chunk(), "") << "the answer is whole";
    EXPECT_TRUE(client.is_closed()) << "and the only one";
}

TEST(http_stream, a_reader_that_does_not_read_is_cut) {
    ServerOptions options;
    options.limits.body_timeout = 200ms;
    RunningServer server{options};
    RawClient client{server.port()};
    ASSERT_TRUE(client.send("GET /flood HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    EXPECT_TRUE(eventually([&] { return server.streams() == 1; }, kPatience));
    EXPECT_TRUE(eventually([&] { return server.streams() == 0; }, kPatience));
}

TEST(http_stream, outlives_the_limits_of_requests) {
    ServerOptions options;
    options.limits.body_timeout = 50ms;
    options.limits.idle_timeout = 50ms;
    options.limits.request_timeout = 50ms;
    RunningServer server{options};
    RawClient client{server.port()};
    ASSERT_TRUE(client.send(kStream));
    ASSERT_TRUE(client.response().has_value());
    RawClient idle{server.port()};
    ASSERT_TRUE(idle.send("GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    ASSERT_TRUE(idle.response().has_value());
    EXPECT_TRUE(idle.is_closed()) << "the idle limit has passed";
    server.say("late");
    EXPECT_EQ(client.chunk(), "late");
}

TEST(http_stream, shutdown_ends_it_at_once) {
    RunningServer server;
    RawClient client{server.port()};
    ASSERT_TRUE(client.send(kStream));
    ASSERT_TRUE(client.response().has_value());
    const auto drained = server.drain(1h);
    EXPECT_EQ(client.chunk(), "");
    EXPECT_TRUE(client.is_closed());
    EXPECT_EQ(drained.wait_for(kPatience), std::future_status::ready);
}

}  // namespace
}  // namespace chela::sidecar::http
