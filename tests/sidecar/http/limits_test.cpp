#include "tests/sidecar/http/raw_client.hpp"
#include "tests/sidecar/http/running_server.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace chela::sidecar::http {
namespace {

using std::chrono::milliseconds;
using test::RawClient;
using test::RunningServer;

constexpr std::string_view kPing = "GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n";

ServerOptions with(ServerLimits limits) {
    ServerOptions options;
    options.limits = limits;
    return options;
}

/// Spins until the server's thread has got there.
template <class Claim>
void wait_for(Claim claim) {
    while (!claim())
        std::this_thread::yield();
}

TEST(http_limits, shed_a_client_that_sends_its_header_slowly) {
    RunningServer server{with({.header_timeout = milliseconds{50}})};
    RawClient client{server.port()};
    ASSERT_TRUE(client.send("GET /ping HTTP/1.1\r\n"));
    const auto response = client.response();
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->status, 408U);
    EXPECT_EQ(response->code(), "E_TIMEOUT");
    EXPECT_TRUE(client.is_closed());
}

TEST(http_limits, do_not_let_a_trickle_extend_the_header) {
    RunningServer server{with({.header_timeout = milliseconds{50}})};
    RawClient client{server.port()};
    // Sends until it is shut out; the header never ends.
    ASSERT_TRUE(client.send("GET /ping HTTP/1.1\r\nX: "));
    std::atomic<bool> is_over = false;
    std::thread trickle{[&] {
        for (int i = 0; i < 15'000 && !is_over; ++i) {
            if (!client.send("a")) break;
            std::this_thread::yield();
            if (i % 100 == 99) wait_for([&, n = 0]() mutable { return is_over || ++n > 10'000; });
        }
    }};
    const auto response = client.response();
    is_over = true;
    trickle.join();
    ASSERT_TRUE(response.has_value());
    EXPECT_TRUE(response->status == 408U || response->status == 431U) << response->status;
}

TEST(http_limits, close_a_connection_that_says_nothing) {
    RunningServer server{with({.header_timeout = milliseconds{30}})};
    RawClient client{server.port()};
    EXPECT_TRUE(client.is_closed());
    EXPECT_TRUE(server.access().empty());
}

TEST(http_limits, close_an_idle_connection_without_a_word) {
    RunningServer server{with({.idle_timeout = milliseconds{30}})};
    RawClient client{server.port()};
    ASSERT_TRUE(client.send(kPing));
    ASSERT_TRUE(client.response().has_value());
    EXPECT_TRUE(client.is_closed());
}

TEST(http_limits, shed_a_client_that_sends_its_body_slowly) {
    RunningServer server{with({.body_timeout = milliseconds{50}})};
    RawClient client{server.port()};
    ASSERT_TRUE(
        client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    "Content-Length: 10\r\n\r\n{"));
    const auto response = client.response();
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->status, 408U);
    EXPECT_TRUE(client.is_closed());
}

TEST(http_limits, refuse_a_header_over_the_limit) {
    RunningServer server{with({.max_header_bytes = 1'024})};
    RawClient client{server.port()};
    ASSERT_TRUE(client.send(
        "GET /ping HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(2'000, 'a') + "\r\n\r\n"));
    const auto response = client.response();
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->status, 431U);
    EXPECT_EQ(response->code(), "E_HEADERS");
    EXPECT_TRUE(client.is_closed());
}

TEST(http_limits, take_a_header_of_exactly_the_limit) {
    RunningServer server{with({.max_header_bytes = 1'024})};
    const std::string start = "GET /ping HTTP/1.1\r\nHost: localhost\r\nX: ";
    RawClient client{server.port()};
    ASSERT_TRUE(client.send(start + std::string(1'024 - start.size() - 4, 'a') + "\r\n\r\n"));
    EXPECT_EQ(client.response()->status, 200U);
}

TEST(http_limits, refuse_too_many_headers) {
    RunningServer server;
    std::string text = "GET /ping HTTP/1.1\r\nHost: localhost\r\n";
    for (int i = 0; i < 64; ++i)
        text += fmt::format("X-{}: y\r\n", i);
    RawClient client{server.port()};
    ASSERT_TRUE(client.send(text + "\r\n"));
    EXPECT_EQ(client.response()->status, 431U);
}

TEST(http_limits, refuse_an_announced_body_before_reading_it) {
    RunningServer server{with({.max_body_bytes = 100})};
    RawClient client{server.port()};
    ASSERT_TRUE(
        client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    "Content-Length: 101\r\n\r\n"));
    const auto response = client.response();
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->status, 413U);
    EXPECT_EQ(response->code(), "E_BODY_TOO_LARGE");
}

TEST(http_limits, let_a_client_that_sends_on_read_the_refusal) {
    RunningServer server{with({.max_body_bytes = 100})};
    RawClient client{server.port()};
    const std::string body(1'000'000, ' ');
    client.send(
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Content-Length: 1000000\r\n\r\n" +
        body);
    const auto response = client.response();
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->status, 413U);
}

TEST(http_limits, count_a_chunked_body_as_it_comes) {
    RunningServer server{with({.max_body_bytes = 100})};
    const std::string head =
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n";
    const std::string chunk = "32\r\n" + std::string(50, ' ') + "\r\n";
    RawClient exact{server.port()};
    ASSERT_TRUE(exact.send(head + chunk + chunk + "0\r\n\r\n"));
    EXPECT_EQ(exact.response()->status, 200U);
    RawClient over{server.port()};
    ASSERT_TRUE(over.send(head + chunk + chunk + "1\r\n"));
    EXPECT_EQ(over.response()->status, 413U);
    RawClient huge{server.port()};
    ASSERT_TRUE(huge.send(head + "7fffffffffffffff\r\n"));
    EXPECT_EQ(huge.response()->status, 413U);
}

TEST(http_limits, take_a_body_of_exactly_the_limit) {
    RunningServer server;
    RawClient client{server.port()};
    const std::string body = "\"" + std::string(1024 * 1024 - 2, 'a') + "\"";
    ASSERT_TRUE(client.send(
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Content-Length: 1048576\r\n\r\n" +
        body));
    EXPECT_EQ(client.response()->status, 200U);
}

TEST(http_limits, shed_a_client_whose_body_does_not_keep_up) {
    RunningServer server{
        with({.body_grace = milliseconds{50}, .min_body_bytes_per_second = 1'000'000})};
    const std::string head =
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    for (const std::string& framing :
         {std::string{"Content-Length: 100000\r\n\r\n\""},
          std::string{"Transfer-Encoding: chunked\r\n\r\n1\r\n\"\r\n1\r\na\r\n"}}) {
        RawClient client{server.port()};
        ASSERT_TRUE(client.send(head + framing));
        const auto response = client.response();
        ASSERT_TRUE(response.has_value()) << framing;
        EXPECT_EQ(response->status, 408U);
        EXPECT_TRUE(client.is_closed());
    }
}

TEST(http_limits, give_a_body_that_keeps_up_its_time) {
    RunningServer server{with({.body_grace = milliseconds{0}, .min_body_bytes_per_second = 10})};
    RawClient client{server.port()};
    const std::string half(500, ' ');
    ASSERT_TRUE(client.send(
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Content-Length: 1002\r\n\r\n\"" +
        half));
    std::this_thread::sleep_for(milliseconds{30});
    ASSERT_TRUE(client.send(half + "\""));
    EXPECT_EQ(client.response()->status, 200U);
}

class http_places : public testing::Test {
protected:
    /// A connection whose request is being answered.
    RawClient& busy(RunningServer& server) {
        const unsigned before = server.waiting();
        clients_.push_back(std::make_unique<RawClient>(server.port()));
        clients_.back()->send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
        wait_for([&] { return server.waiting() == before + 1; });
        return *clients_.back();
    }
    /// A connection that has had an answer and asks for nothing.
    static RawClient idle(RunningServer& server) {
        RawClient client{server.port()};
        client.send(kPing);
        EXPECT_EQ(client.response()->status, 200U);
        return client;
    }
    static unsigned ping(RawClient client) {
        client.send(kPing);
        const auto response = client.response();
        return response ? response->status : 0;
    }

    std::vector<std::unique_ptr<RawClient>> clients_;
};

TEST_F(http_places, turn_away_who_comes_when_all_are_at_work) {
    RunningServer server{with({.max_connections_per_peer = 3})};
    for (int i = 0; i < 3; ++i)
        busy(server);
    for (int i = 0; i < 3; ++i) {
        RawClient late{server.port()};
        late.send(kPing);
        const auto response = late.response();
        ASSERT_TRUE(response.has_value());
        EXPECT_EQ(response->status, 503U);
        EXPECT_EQ(response->code(), "E_TOO_MANY_CONNECTIONS");
        EXPECT_EQ(response->header("retry-after"), "1");
    }
    server.open_gate();
    EXPECT_EQ(clients_.front()->response()->status, 200U);
    EXPECT_EQ(ping(RawClient{server.port()}), 200U) << "who is idle again makes room";
}

TEST_F(http_places, close_the_one_that_has_asked_for_nothing_longest) {
    RunningServer server{with({.max_connections_per_peer = 3})};
    busy(server);
    auto first = idle(server);
    auto second = idle(server);
    EXPECT_EQ(ping(RawClient{server.port()}), 200U);
    EXPECT_TRUE(first.is_closed());
    EXPECT_TRUE(second.send(kPing));
    EXPECT_EQ(second.response()->status, 200U);
    server.open_gate();
    EXPECT_EQ(clients_.front()->response()->status, 200U) << "what is under way is never closed";
}

TEST_F(http_places, serve_whole_requests_among_many_that_never_end) {
    RunningServer server;
    std::vector<RawClient> trickles;
    for (int i = 0; i < 300; ++i) {
        trickles.emplace_back(server.port());
        trickles.back().send(
            i % 2 == 0 ? "GET /ping HTTP/1.1\r\nX: "
                       : "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n"
                         "Content-Type: application/json\r\n\r\n1");
        if (i % 50 == 49) EXPECT_EQ(ping(RawClient{server.port()}), 200U) << i;
    }
}

TEST_F(http_places, leave_other_peers_their_share) {
    RunningServer server{with({.max_connections = 8, .max_connections_per_peer = 6})};
    for (int i = 0; i < 6; ++i)
        busy(server);
    EXPECT_EQ(ping(RawClient{server.port()}), 503U);
    EXPECT_EQ(ping(RawClient{server.unix_socket()}), 200U);
    server.open_gate();
}

TEST_F(http_places, take_the_room_from_the_peer_that_has_the_most) {
    RunningServer server{with({.max_connections = 4, .max_connections_per_peer = 3})};
    RawClient own{server.unix_socket()};
    own.send(kPing);
    EXPECT_EQ(own.response()->status, 200U);
    auto first = idle(server);
    auto second = idle(server);
    auto third = idle(server);
    EXPECT_EQ(ping(RawClient{server.unix_socket()}), 200U);
    EXPECT_TRUE(first.is_closed());
    own.send(kPing);
    EXPECT_EQ(own.response()->status, 200U);
}

TEST(http_drain, waits_for_a_slow_handler_and_takes_nothing_new) {
    RunningServer server;
    RawClient slow{server.port()};
    RawClient idle{server.port()};
    ASSERT_TRUE(idle.send(kPing));
    ASSERT_TRUE(idle.response().has_value());
    ASSERT_TRUE(slow.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    wait_for([&] { return server.waiting() == 1; });

    auto drained = server.drain(std::chrono::seconds{60});
    EXPECT_TRUE(idle.is_closed());
    EXPECT_FALSE(std::filesystem::exists(server.unix_socket()));
    EXPECT_EQ(drained.wait_for(std::chrono::seconds{0}), std::future_status::timeout);

    server.open_gate();
    const auto response = slow.response();
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->status, 200U);
    EXPECT_EQ(response->header("connection"), "close");
    EXPECT_TRUE(slow.is_closed());
    EXPECT_EQ(drained.wait_for(std::chrono::seconds{10}), std::future_status::ready);
}

TEST(http_drain, refuses_connections_from_its_start_on) {
    RunningServer server;
    const std::uint16_t port = server.port();
    server.drain(milliseconds{0}).wait();
    // The port is free again: another server can have it.
    boost::asio::io_context context;
    Server other{context, std::make_shared<Router>(), {}};
    const auto taken = other.listen_tcp(fmt::format("127.0.0.1:{}", port));
    ASSERT_TRUE(taken.has_value());
    EXPECT_EQ(*taken, port);
}

TEST(http_drain, closes_what_is_left_at_its_limit) {
    RunningServer server;
    RawClient slow{server.port()};
    ASSERT_TRUE(slow.send("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    wait_for([&] { return server.waiting() == 1; });
    auto drained = server.drain(milliseconds{20});
    EXPECT_TRUE(slow.is_closed());
    server.open_gate();
    EXPECT_EQ(drained.wait_for(std::chrono::seconds{10}), std::future_status::ready);
}

}  // namespace
}  // namespace chela::sidecar::http
