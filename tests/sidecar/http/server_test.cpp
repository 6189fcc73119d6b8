#include "chains/base/json.hpp"
#include "sidecar/edge/entropy.hpp"
#include "tests/sidecar/http/raw_client.hpp"
#include "tests/sidecar/http/running_server.hpp"
#include "tests/support/process.hpp"

#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::http {
namespace {

using test::RawClient;
using test::RawResponse;
using test::RunningServer;

constexpr std::string_view kPing = "GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n";

std::string post(std::string_view path, std::string_view body) {
    return fmt::format(
        "POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Content-Length: {}\r\n\r\n{}",
        path, body.size(), body);
}

Json json_of(const RawResponse& response) {
    auto json = parse_json(response.body);
    EXPECT_TRUE(json.has_value()) << response.body;
    return json ? std::move(*json) : Json::object();
}

TEST(http_server, answers_with_the_headers_every_response_has) {
    RunningServer server;
    RawClient client{server.port()};
    ASSERT_TRUE(client.send(kPing));
    const auto response = client.response();
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->status, 200U);
    EXPECT_EQ(response->header("content-type"), "application/json");
    EXPECT_EQ(response->header("content-length"), std::to_string(response->body.size()));
    EXPECT_EQ(response->header("x-content-type-options"), "nosniff");
    EXPECT_EQ(response->header("cache-control"), "no-store");
    EXPECT_TRUE(is_uuid(response->header("x-request-id")));
    EXPECT_EQ(response->header("server"), "none");
    for (const auto& [name, value] : response->headers) {
        EXPECT_FALSE(name.starts_with("access-control")) << name;
    }
}

TEST(http_server, hands_the_whole_request_to_the_handler) {
    RunningServer server;
    RawClient client{server.port()};
    ASSERT_TRUE(client.send(
        "PATCH /echo?a=b%20c HTTP/1.1\r\nHost: 127.0.0.1:1\r\nX-Forwarded-For: 1.2.3.4\r\n"
        "Content-Type: application/json\r\nX-Mine: v\r\nContent-Length: 7\r\n\r\n{\"a\":1}"));
    const auto response = client.response();
    ASSERT_TRUE(response.has_value());
    const Json echoed = json_of(*response);
    EXPECT_EQ(echoed["method"], "PATCH");
    EXPECT_EQ(echoed["path"], "/echo");
    EXPECT_EQ(echoed["query"], (Json{{"a", "b c"}}));
    EXPECT_EQ(echoed["body"], R"({"a":1})");
    EXPECT_EQ(echoed["request_id"], response->header("x-request-id"));
    EXPECT_EQ(echoed["headers"].size(), 4U);
}

TEST(http_server, keeps_a_connection_for_further_requests) {
    RunningServer server;
    RawClient client{server.port()};
    std::set<std::string> ids;
    for (int i = 0; i < 20; ++i) {
        ASSERT_TRUE(client.send(post("/echo", fmt::format("[{}]", i))));
        const auto response = client.response();
        ASSERT_TRUE(response.has_value());
        EXPECT_EQ(json_of(*response)["body"], fmt::format("[{}]", i));
        ids.insert(response->header("x-request-id"));
    }
    EXPECT_EQ(ids.size(), 20U);
}

TEST(http_server, answers_pipelined_requests_in_order) {
    RunningServer server;
    RawClient client{server.port()};
    std::string all;
    for (int i = 0; i < 50; ++i)
        all += post("/echo", fmt::format("[{}]", i)) + std::string{kPing};
    ASSERT_TRUE(client.send(all));
    for (int i = 0; i < 50; ++i) {
        const auto echoed = client.response();
        ASSERT_TRUE(echoed.has_value()) << i;
        EXPECT_EQ(json_of(*echoed)["body"], fmt::format("[{}]", i));
        const auto pong = client.response();
        ASSERT_TRUE(pong.has_value()) << i;
        EXPECT_EQ(json_of(*pong)["pong"], true);
    }
}

TEST(http_server, reads_a_request_sent_byte_by_byte) {
    RunningServer server;
    RawClient client{server.port()};
    for (const char c : post("/echo", "{}"))
        ASSERT_TRUE(client.send({&c, 1}));
    const auto response = client.response();
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(json_of(*response)["body"], "{}");
}

TEST(http_server, closes_when_the_client_asks_for_it) {
    RunningServer server;
    RawClient client{server.port()};
    ASSERT_TRUE(client.send("GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    const auto response = client.response();
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->header("connection"), "close");
    EXPECT_TRUE(client.is_closed());
}

TEST(http_server, reads_a_chunked_body) {
    RunningServer server;
    RawClient client{server.port()};
    ASSERT_TRUE(
        client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    "Transfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n"));
    const auto response = client.response();
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(json_of(*response)["body"], R"({"a":1})");
    ASSERT_TRUE(client.send(kPing));
    EXPECT_TRUE(client.response().has_value());
}

TEST(http_server, learns_a_chunked_bodys_type_when_it_is_there) {
    RunningServer server;
    const std::string head =
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    RawClient empty{server.port()};
    ASSERT_TRUE(empty.send(head + "0\r\n\r\n"));
    EXPECT_EQ(empty.response()->status, 200U);
    RawClient full{server.port()};
    ASSERT_TRUE(full.send(head + "2\r\n{}\r\n0\r\n\r\n"));
    EXPECT_EQ(full.response()->code(), "E_CONTENT_TYPE");
}

TEST(http_server, says_100_only_when_it_wants_the_body) {
    RunningServer server;
    const std::string head =
        "POST /echo HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n"
        "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    RawClient good{server.port()};
    ASSERT_TRUE(good.send(fmt::format(fmt::runtime(head), "localhost")));
    ASSERT_TRUE(good.send("{}"));
    EXPECT_EQ(good.response()->status, 200U);
    EXPECT_EQ(good.continues, 1U);
    RawClient bad{server.port()};
    ASSERT_TRUE(bad.send(fmt::format(fmt::runtime(head), "evil.example")));
    EXPECT_EQ(bad.response()->code(), "E_HOST_NOT_ALLOWED");
    EXPECT_EQ(bad.continues, 0U);
    EXPECT_TRUE(bad.is_closed());
}

TEST(http_server, answers_404_and_405_and_goes_on) {
    RunningServer server;
    RawClient client{server.port()};
    ASSERT_TRUE(client.send("GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    EXPECT_EQ(client.response()->code(), "E_NO_ROUTE");
    ASSERT_TRUE(client.send("GET /ping/ HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    EXPECT_EQ(client.response()->code(), "E_NO_ROUTE");
    ASSERT_TRUE(client.send("DELETE /ping HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    const auto refused = client.response();
    EXPECT_EQ(refused->status, 405U);
    EXPECT_EQ(refused->header("allow"), "GET");
    ASSERT_TRUE(client.send("HEAD /ping HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    EXPECT_EQ(client.response(false)->status, 405U);
    ASSERT_TRUE(client.send(kPing));
    EXPECT_EQ(client.response()->status, 200U);
}

TEST(http_server, hides_an_exception_and_logs_it_with_its_route) {
    RunningServer server;
    testing::internal::CaptureStderr();
    RawClient client{server.port()};
    ASSERT_TRUE(client.send("GET /throw HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    const auto response = client.response();
    const std::string logged = testing::internal::GetCapturedStderr();
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->status, 500U);
    EXPECT_EQ(response->code(), "E_INTERNAL");
    EXPECT_EQ(response->body.find("inside"), std::string::npos);
    EXPECT_NE(logged.find("\"event\":\"handler_exception\""), std::string::npos) << logged;
    EXPECT_NE(logged.find("\"route\":\"/throw\""), std::string::npos) << logged;
    EXPECT_NE(logged.find("the inside story"), std::string::npos) << logged;
    ASSERT_TRUE(client.send(kPing));
    EXPECT_EQ(client.response()->status, 200U);
}

TEST(http_server, does_not_let_a_handler_split_a_response) {
    RunningServer server;
    testing::internal::CaptureStderr();
    RawClient client{server.port()};
    ASSERT_TRUE(client.send("GET /split HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    const auto response = client.response();
    const std::string logged = testing::internal::GetCapturedStderr();
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->status, 500U);
    EXPECT_EQ(response->header("set-cookie"), "none");
    EXPECT_NE(logged.find("response_refused"), std::string::npos) << logged;
}

TEST(http_server, sends_no_length_with_204) {
    RunningServer server;
    RawClient client{server.port()};
    ASSERT_TRUE(client.send("GET /gone HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    const auto response = client.response();
    EXPECT_EQ(response->status, 204U);
    EXPECT_EQ(response->header("content-length"), "none");
    ASSERT_TRUE(client.send(kPing));
    EXPECT_EQ(client.response()->status, 200U);
}

TEST(http_server, reports_each_request_without_what_the_client_wrote) {
    RunningServer server;
    RawClient client{server.unix_socket()};
    ASSERT_TRUE(client.send("GET /echo?token=secret HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    const auto first = client.response();
    ASSERT_TRUE(client.send("EVIL\x41 /secret HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    ASSERT_TRUE(client.response().has_value());
    ASSERT_TRUE(client.is_closed());
    const auto access = server.access();
    ASSERT_EQ(access.size(), 2U);
    EXPECT_EQ(access[0].method, "GET");
    EXPECT_EQ(access[0].route, "/echo");
    EXPECT_EQ(access[0].status, 200U);
    EXPECT_EQ(access[0].request_id, first->header("x-request-id"));
    EXPECT_TRUE(access[0].unix_socket);
    EXPECT_EQ(access[1].method, "other");
    EXPECT_EQ(access[1].route, "unmatched");
    EXPECT_EQ(access[1].status, 501U);
}

TEST(http_server, goes_on_with_a_trace_and_begins_one_in_place_of_a_bad_one) {
    RunningServer server;
    const std::string id = "4bf92f3577b34da6a3ce929d0e0e4736";
    const std::string good = "Traceparent: 00-" + id + "-00f067aa0ba902b7-01\r\n";
    for (const std::string& fields :
         {good, std::string{}, std::string{"traceparent: 00-x\r\n"}, good + good}) {
        RawClient client{server.port()};
        ASSERT_TRUE(client.send("GET /ping HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n"));
        ASSERT_EQ(client.response()->status, 200U) << fields;
    }
    ASSERT_TRUE(chela::test::eventually(
        [&] { return server.access().size() == 4; }, std::chrono::seconds{10}));
    const auto access = server.access();
    EXPECT_EQ(access[0].trace_id, id);
    for (std::size_t i = 1; i < access.size(); ++i) {
        EXPECT_EQ(access[i].trace_id.size(), 32U);
        EXPECT_NE(access[i].trace_id, id);
        EXPECT_NE(access[i].trace_id, access[i - 1].trace_id);
    }
}

TEST(http_server, what_is_done_for_a_request_is_of_its_trace) {
    RunningServer server;
    const std::string id = "4bf92f3577b34da6a3ce929d0e0e4736";
    const std::string from = "00f067aa0ba902b7";
    for (const std::string flags : {"01", "00"}) {
        RawClient client{server.port()};
        ASSERT_TRUE(client.send(
            "GET /echo HTTP/1.1\r\nHost: localhost\r\ntraceparent: 00-" + id + "-" + from + "-" +
            flags + "\r\n\r\n"));
        const auto answer = client.response();
        ASSERT_EQ(answer->status, 200U);
        const auto said = Json::parse(answer->body).at("traceparent").get<std::string>();
        EXPECT_TRUE(said.starts_with("00-" + id + "-")) << said;
        EXPECT_TRUE(said.ends_with("-" + flags)) << said;
        EXPECT_EQ(said.find(from), std::string::npos) << "the span is chela's own: " << said;
    }
}

TEST(http_server, reports_what_a_handler_notes_and_why_a_request_was_refused) {
    RunningServer server;
    RawClient client{server.port()};
    ASSERT_TRUE(client.send("GET /noted HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    ASSERT_EQ(client.response()->status, 200U);
    ASSERT_TRUE(client.send("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    ASSERT_EQ(client.response()->status, 404U);
    ASSERT_TRUE(client.send("GET /ping HTTP/1.1\r\nHost: evil.example\r\n\r\n"));
    ASSERT_EQ(client.response()->status, 421U);
    ASSERT_TRUE(chela::test::eventually(
        [&] { return server.access().size() == 3; }, std::chrono::seconds{10}));
    const auto access = server.access();
    EXPECT_EQ(access[0].footprint.caller, "agent");
    EXPECT_EQ(access[0].footprint.agent_id, "a-1");
    EXPECT_EQ(access[0].footprint.reason, "E_IN_THE_BODY");
    EXPECT_EQ(access[1].footprint.caller, "");
    EXPECT_EQ(access[1].footprint.reason, "E_NO_ROUTE");
    EXPECT_EQ(access[2].footprint.reason, "E_HOST_NOT_ALLOWED");
}

TEST(http_server, that_tells_nothing_answers_for_any_one_host) {
    ServerOptions options;
    options.hosts = HostCheck::any;
    RunningServer server{std::move(options)};
    RawClient client{server.port()};
    ASSERT_TRUE(client.send("GET /ping HTTP/1.1\r\nHost: 10.1.2.3:9809\r\n\r\n"));
    EXPECT_EQ(client.response()->status, 200U);
    ASSERT_TRUE(client.send("GET /ping HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"));
    EXPECT_EQ(client.response()->status, 400U);
}

TEST(http_server, knows_who_is_at_the_other_end_of_a_unix_socket) {
    RunningServer server;
    RawClient local{server.unix_socket()};
    ASSERT_TRUE(local.send("GET /peer HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    const Json peer = json_of(*local.response());
    EXPECT_EQ(peer["uid"], geteuid());
    EXPECT_EQ(peer["gid"], getegid());
    EXPECT_EQ(peer["pid"], getpid());
    RawClient tcp{server.port()};
    ASSERT_TRUE(tcp.send("GET /peer HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    EXPECT_EQ(json_of(*tcp.response()), (Json{{"peer", nullptr}}));
}

TEST(http_server, answers_for_configured_hosts_in_any_case) {
    ServerOptions options;
    options.allowed_hosts = {"Chela.Internal"};
    RunningServer server{std::move(options)};
    RawClient client{server.port()};
    ASSERT_TRUE(client.send("GET /ping HTTP/1.1\r\nHost: chela.internal:80\r\n\r\n"));
    EXPECT_EQ(client.response()->status, 200U);
}

}  // namespace
}  // namespace chela::sidecar::http
