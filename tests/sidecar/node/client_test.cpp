#include "sidecar/node/client.hpp"

#include "tests/sidecar/await.hpp"
#include "tests/sidecar/node/await_call.hpp"
#include "tests/sidecar/node/scripted_server.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <fstream>

#include <boost/asio.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::node {
namespace {

using namespace std::chrono_literals;
using test::answers;
using test::http_answer;
using test::raw;
using test::Script;
using test::ScriptedServer;
using test::silence;

/// A client and the server it talks to, in one thread.
struct node_client : testing::Test {
    ScriptedServer& serve(std::vector<Script> scripts, std::string rest = "/") {
        server = std::make_unique<ScriptedServer>(context, std::move(scripts));
        options.url = server->url(rest);
        client = *make_client(context.get_executor(), options);
        return *server;
    }
    Result<RpcAnswer> call(Json parameters = Json::array()) {
        return test::await_call(context, client, std::move(parameters));
    }
    /// Lets the server do what it still has to do.
    void settle() {
        context.restart();
        while (context.poll() > 0) {
        }
    }
    Error error_of(Script script) {
        serve({std::move(script)});
        const auto answer = call();
        EXPECT_FALSE(answer);
        return answer ? Error{} : answer.error();
    }

    boost::asio::io_context context{1};
    std::unique_ptr<ScriptedServer> server;
    ClientOptions options;
    std::shared_ptr<Client> client;
};

TEST_F(node_client, gives_the_result) {
    serve({{answers(R"("result":{"a":["0x1"]})")}});
    const auto answer = call();
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_FALSE(answer->error);
    ASSERT_TRUE(answer->result);
    EXPECT_EQ(*answer->result, Json::parse(R"({"a":["0x1"]})"));
}

TEST_F(node_client, a_null_result_is_a_result) {
    serve({{answers(R"("result":null)")}});
    const auto answer = call();
    ASSERT_TRUE(answer && answer->result);
    EXPECT_TRUE(answer->result->is_null());
}

TEST_F(node_client, tells_the_node_which_trace_the_call_is_of) {
    serve({{answers(R"("result":1)"), answers(R"("result":1)")}});
    const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    Traceparent carried;
    std::ranges::copy(trace, carried.text.begin());
    ASSERT_TRUE(test::await_call(context, client, Json::array(), 60s, carried));
    ASSERT_TRUE(call());
    ASSERT_EQ(server->seen().size(), 2U);
    EXPECT_NE(server->seen()[0].head.find("traceparent: " + trace + "\r\n"), std::string::npos)
        << server->seen()[0].head;
    EXPECT_EQ(server->seen()[1].head.find("traceparent"), std::string::npos);
}

TEST_F(node_client, sends_one_json_rpc_post) {
    serve({{answers(R"("result":1)")}}, "/v3/key?x=1");
    ASSERT_TRUE(call(Json::array({"0x1", true})));
    ASSERT_EQ(server->seen().size(), 1U);
    const auto& request = server->seen()[0];
    EXPECT_TRUE(request.head.starts_with("POST /v3/key?x=1 HTTP/1.1\r\n")) << request.head;
    EXPECT_NE(request.head.find("Content-Type: application/json\r\n"), std::string::npos);
    EXPECT_NE(
        request.head.find("Host: 127.0.0.1:" + std::to_string(server->port())), std::string::npos);
    EXPECT_EQ(request.head.find("Authorization"), std::string::npos);
    EXPECT_EQ(
        Json::parse(request.body),
        (Json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", "eth_test"}, {"params", {"0x1", true}}}));
}

TEST_F(node_client, sends_the_urls_user_info_as_basic_authorization) {
    serve({{answers(R"("result":1)")}});
    options.url = "http://Aladdin:open%20sesame@127.0.0.1:" + std::to_string(server->port());
    client = *make_client(context.get_executor(), options);
    ASSERT_TRUE(call());
    EXPECT_NE(
        server->seen()[0].head.find("Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"),
        std::string::npos);
}

TEST_F(node_client, gives_the_nodes_error_object) {
    serve({{answers(R"("error":{"code":3,"message":"execution reverted","data":"0x08"})")}});
    const auto answer = call();
    ASSERT_TRUE(answer && answer->error);
    EXPECT_FALSE(answer->result);
    EXPECT_EQ(answer->error->code, 3);
    EXPECT_EQ(answer->error->message, "execution reverted");
    EXPECT_EQ(answer->error->data, "\"0x08\"");
}

TEST_F(node_client, an_error_object_may_lack_data) {
    serve({{answers(R"("error":{"code":-32601,"message":""})")}});
    const auto answer = call();
    ASSERT_TRUE(answer && answer->error);
    EXPECT_EQ(answer->error->data, "");
}

TEST_F(node_client, an_answer_that_is_not_json_rpc_is_a_bad_response) {
    const std::vector<std::string> bodies{
        "",
        "garbage",
        "[]",
        "null",
        "{}",
        "\"2.0\"",
        R"({"jsonrpc":"2.0","id":1})",
        R"({"jsonrpc":"2.0","id":1,"result":1,"error":{"code":1,"message":""}})",
        R"({"jsonrpc":"2.0","id":1,"result":1,"error":null})",
        R"({"jsonrpc":"2.0","id":2,"result":1})",
        R"({"jsonrpc":"2.0","id":"1","result":1})",
        R"({"jsonrpc":"2.0","id":1.0,"result":1})",
        R"({"jsonrpc":"2.0","id":null,"result":1})",
        R"({"jsonrpc":"2.0","result":1})",
        R"({"jsonrpc":"1.0","id":1,"result":1})",
        R"({"id":1,"result":1})",
        R"([{"jsonrpc":"2.0","id":1,"result":1}])",
        R"({"jsonrpc":"2.0","id":1,"result":1,"result":2})",
        R"({"jsonrpc":"2.0","id":1,"result":1}x)",
        R"({"jsonrpc":"2.0","id":1,"error":null})",
        R"({"jsonrpc":"2.0","id":1,"error":"text"})",
        R"({"jsonrpc":"2.0","id":1,"error":{"message":"x"}})",
        R"({"jsonrpc":"2.0","id":1,"error":{"code":"3","message":"x"}})",
        R"({"jsonrpc":"2.0","id":1,"error":{"code":1.5,"message":"x"}})",
        R"({"jsonrpc":"2.0","id":1,"error":{"code":18446744073709551615,"message":"x"}})",
        R"({"jsonrpc":"2.0","id":1,"error":{"code":1}})",
        R"({"jsonrpc":"2.0","id":1,"result":)" + std::string(100, '[') + std::string(100, ']') +
            "}",
    };
    for (const auto& body : bodies) {
        const Error error = error_of({raw(http_answer("200 OK", body))});
        EXPECT_EQ(error.code, ErrorCode::bad_response) << body;
        EXPECT_NE(error.detail.find(server->url("")), std::string::npos) << error.detail;
    }
}

TEST_F(node_client, the_id_grows_with_each_call) {
    serve({{answers(R"("result":1)"), answers(R"("result":2)")}});
    ASSERT_TRUE(call());
    ASSERT_TRUE(call());
    EXPECT_EQ(Json::parse(server->seen()[0].body)["id"], 1);
    EXPECT_EQ(Json::parse(server->seen()[1].body)["id"], 2);
}

TEST_F(node_client, refuses_parameters_that_are_no_array_or_no_utf8) {
    serve({});
    EXPECT_EQ(call(Json::object()).error().code, ErrorCode::invalid_input);
    EXPECT_EQ(call(Json::array({"\xff"})).error().code, ErrorCode::invalid_input);
    EXPECT_EQ(server->accepted(), 0U);
}

TEST_F(node_client, an_oversized_body_is_a_bad_response) {
    options.max_response_bytes = 1000;
    const Error announced = error_of({raw(http_answer("200 OK", std::string(1001, ' ')))});
    EXPECT_EQ(announced.code, ErrorCode::bad_response);
    EXPECT_NE(announced.detail.find("size limit"), std::string::npos) << announced.detail;
    std::string chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 3; ++i)
        chunks += "200\r\n" + std::string(0x200, ' ') + "\r\n";
    EXPECT_EQ(error_of({raw(chunks + "0\r\n\r\n")}).code, ErrorCode::bad_response);
}

TEST_F(node_client, a_body_of_just_the_limit_is_read) {
    const std::string body = R"({"jsonrpc":"2.0","id":1,"result":1})";
    options.max_response_bytes = body.size();
    serve({{raw(http_answer("200 OK", body))}});
    EXPECT_TRUE(call());
}

TEST_F(node_client, a_long_answer_is_read_where_its_caller_says) {
    const auto for_text = [this](const boost::asio::any_io_executor& pool, Deadline deadline) {
        return test::await(
            context, client->call_for_text("eth_getLogs", Json::array(), deadline, pool));
    };
    const auto long_after = std::chrono::steady_clock::now() + 60s;
    const std::string value = '"' + std::string(100'000, 'a') + '"';
    // On a pool where nothing is ever done only short ones are read.
    boost::asio::io_context idle;
    const boost::asio::any_io_executor nowhere = idle.get_executor();
    serve({{answers(R"("result":["0x1"])")}});
    const auto brief = for_text(nowhere, long_after);
    ASSERT_TRUE(brief) << brief.error().detail;
    EXPECT_EQ(brief->result, R"(["0x1"])");
    serve({{answers(R"("result":)" + value)}});
    const auto unread = for_text(nowhere, std::chrono::steady_clock::now() + 2s);
    ASSERT_FALSE(unread);
    EXPECT_EQ(unread.error().code, ErrorCode::timed_out);
    EXPECT_EQ(unread.error().reason, "E_NODE_ANSWER_UNREAD");
    // What waited in vain is only dropped when its turn comes.
    EXPECT_EQ(idle.poll(), 1U);

    boost::asio::thread_pool pool{1};
    serve({{answers(R"("result":)" + value)}});
    const auto text = for_text(pool.get_executor(), long_after);
    ASSERT_TRUE(text) << text.error().detail;
    EXPECT_EQ(text->result, value);
    serve({{answers(R"("error":{"code":3,"message":"no","data":)" + value + "}")}});
    const auto refused = for_text(pool.get_executor(), long_after);
    ASSERT_TRUE(refused) << refused.error().detail;
    ASSERT_TRUE(refused->error);
    EXPECT_EQ(refused->error->data, value);
    client.reset();
}

TEST_F(node_client, a_node_that_never_answers_leaves_the_effect_unknown) {
    options.timeout = 300ms;
    const Error error = error_of({silence()});
    EXPECT_EQ(error.code, ErrorCode::timed_out);
    EXPECT_NE(error.detail.find("effect is unknown"), std::string::npos) << error.detail;
}

TEST_F(node_client, half_an_answer_leaves_the_effect_unknown) {
    options.timeout = 300ms;
    const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"json";
    EXPECT_EQ(error_of({raw(half), silence()}).code, ErrorCode::timed_out);  // the server waits
    const Error closed = error_of({raw(half)});                              // the server closes
    EXPECT_EQ(closed.code, ErrorCode::timed_out);
    EXPECT_NE(closed.detail.find("before its answer was complete"), std::string::npos)
        << closed.detail;
}

TEST_F(node_client, the_callers_deadline_counts_when_it_is_nearer) {
    serve({{silence()}});
    const auto answer = test::await_call(context, client, Json::array(), 300ms);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::timed_out);
}

TEST_F(node_client, nothing_is_sent_after_the_deadline) {
    serve({{answers(R"("result":1)")}});
    const auto answer = test::await_call(context, client, Json::array(), -1ms);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
    EXPECT_EQ(server->accepted(), 0U);
}

TEST_F(node_client, a_server_that_closes_at_once_leaves_the_effect_unknown) {
    EXPECT_EQ(error_of({}).code, ErrorCode::timed_out);
}

TEST_F(node_client, what_is_not_http_is_a_bad_response) {
    EXPECT_EQ(error_of({raw("SSH-2.0-OpenSSH_9.2\r\n\r\n")}).code, ErrorCode::bad_response);
    EXPECT_EQ(
        error_of({raw("HTTP/1.1 200 OK\r\n" + std::string(20'000, 'x') + ": y\r\n\r\n")}).code,
        ErrorCode::bad_response);
}

TEST_F(node_client, an_http_error_page_is_a_bad_response_that_names_the_status) {
    const Error error = error_of({raw(http_answer("502 Bad Gateway", "<html>secret</html>"))});
    EXPECT_EQ(error.code, ErrorCode::bad_response);
    EXPECT_NE(error.detail.find("502"), std::string::npos) << error.detail;
    EXPECT_EQ(error.detail.find("secret"), std::string::npos) << error.detail;
}

TEST_F(node_client, an_error_object_under_an_http_error_is_the_nodes_error) {
    serve({{raw(http_answer(
        "429 Too Many Requests",
        R"({"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"slow"}})"))}});
    const auto answer = call();
    ASSERT_TRUE(answer && answer->error);
    EXPECT_EQ(answer->error->code, -32005);
}

TEST_F(node_client, a_result_or_a_foreign_error_under_an_http_error_is_not_believed) {
    for (const char* body :
         {R"({"jsonrpc":"2.0","id":1,"result":"0x1"})",
          R"({"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"x"}})"}) {
        const Error error = error_of({raw(http_answer("500 Internal Server Error", body))});
        EXPECT_EQ(error.code, ErrorCode::bad_response) << body;
        EXPECT_NE(error.detail.find("500"), std::string::npos) << error.detail;
    }
}

TEST_F(node_client, a_pause_asked_for_under_429_or_503_is_known_and_bounded) {
    using Clock = std::chrono::steady_clock;
    struct Line {
        const char* status;
        const char* header;
        std::chrono::seconds pause;
    };
    for (const auto& [status, header, pause] : {
             Line{"429 Too Many Requests", "Retry-After: 7\r\n", 7s},
             Line{"503 Service Unavailable", "Retry-After: 1\r\n", 1s},
             Line{"429 Too Many Requests", "Retry-After: 4294967295\r\n", 30s},
             Line{"429 Too Many Requests", "Retry-After: 99999999999\r\n", 0s},
             Line{"429 Too Many Requests", "Retry-After: -1\r\n", 0s},
             Line{"429 Too Many Requests", "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n", 0s},
             Line{"429 Too Many Requests", "", 0s},
             Line{"502 Bad Gateway", "Retry-After: 7\r\n", 0s},
         }) {
        const auto before = Clock::now();
        EXPECT_EQ(error_of({raw(http_answer(status, "", header))}).reason, "E_NODE_HTTP_STATUS");
        if (pause == 0s) {
            EXPECT_LE(client->busy_until(), Clock::now()) << header;
        } else {
            EXPECT_GE(client->busy_until(), before + pause) << header;
            EXPECT_LE(client->busy_until(), Clock::now() + pause) << header;
        }
    }
}

TEST_F(node_client, sends_headers_from_secret_files_and_no_error_shows_them) {
    test::TempDir dir;
    const auto write = [&dir](const std::string& name, const std::string& text) {
        const auto path = dir.path() / name;
        std::ofstream{path} << text;
        std::filesystem::permissions(path, std::filesystem::perms{0600});
        return path;
    };
    options.access.headers = {{"X-Api-Key", write("key", "some-key")}};
    options.access.authorization_file = write("authorization", "Bearer some-token\n");
    options.timeout = 300ms;
    serve({{answers(R"("result":1)"), silence()}});
    ASSERT_TRUE(call());
    const auto& head = server->seen().at(0).head;
    EXPECT_NE(head.find("X-Api-Key: some-key\r\n"), std::string::npos) << head;
    EXPECT_NE(head.find("Authorization: Bearer some-token\r\n"), std::string::npos) << head;
    const auto lost = call();
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().detail.find("some"), std::string::npos) << lost.error().detail;
}

TEST_F(node_client, a_header_that_cannot_be_read_is_unavailable_and_nothing_is_sent) {
    options.access.authorization_file = "/nonexistent/authorization";
    serve({{answers(R"("result":1)")}});
    const auto answer = call();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
    EXPECT_EQ(server->accepted(), 0U);
}

TEST_F(node_client, a_redirect_is_not_followed) {
    ScriptedServer other{context, {{answers(R"("result":1)")}}};
    const Error error =
        error_of({raw(http_answer("302 Found", "", "Location: " + other.url() + "\r\n"))});
    EXPECT_EQ(error.code, ErrorCode::bad_response);
    EXPECT_NE(error.detail.find("302"), std::string::npos) << error.detail;
    settle();
    EXPECT_EQ(other.accepted(), 0U);
}

TEST_F(node_client, two_calls_share_one_connection) {
    serve({{answers(R"("result":1)"), answers(R"("result":2)")}});
    EXPECT_EQ(*call()->result, 1);
    EXPECT_EQ(*call()->result, 2);
    EXPECT_EQ(server->accepted(), 1U);
}

TEST_F(node_client, calls_at_the_same_time_have_a_connection_each) {
    serve({{answers(R"("result":1)")}, {answers(R"("result":2)")}});
    int answered = 0;
    for (int i = 0; i < 2; ++i) {
        boost::asio::co_spawn(
            context,
            client->call("eth_test", Json::array(), std::chrono::steady_clock::now() + 60s),
            [&](const std::exception_ptr&, const Result<RpcAnswer>& answer) {
                if (answer) ++answered;
            });
    }
    while (answered < 2 && context.run_one() > 0) {
    }
    EXPECT_EQ(answered, 2);
    EXPECT_EQ(server->accepted(), 2U);
}

TEST_F(node_client, a_kept_connection_that_the_server_closed_is_replaced) {
    serve({{answers(R"("result":1)")}, {answers(R"("result":2)")}});
    EXPECT_EQ(*call()->result, 1);
    settle();
    const auto second = call();
    ASSERT_TRUE(second) << second.error().detail;
    EXPECT_EQ(*second->result, 2);
    EXPECT_EQ(server->accepted(), 2U);
}

TEST_F(node_client, a_request_lost_on_a_kept_connection_is_reported_and_not_repeated) {
    bool was_asked = false;
    const auto hang_up = [&](const test::Seen&) {
        was_asked = true;
        return std::string{"HTTP/1.1 "};  // then the script ends and the server closes
    };
    serve({{answers(R"("result":1)"), hang_up}, {answers(R"("result":2)")}});
    ASSERT_TRUE(call());
    const auto second = call();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::timed_out);
    EXPECT_TRUE(was_asked);
    settle();
    EXPECT_EQ(server->accepted(), 1U);
}

TEST_F(node_client, a_connection_that_the_server_will_close_or_spoke_on_is_not_kept) {
    const std::string body = R"({"jsonrpc":"2.0","id":1,"result":1})";
    for (const std::string& first :
         {http_answer("200 OK", body, "Connection: close\r\n"),
          http_answer("200 OK", body) + "HTTP/1.1 200 OK\r\n"}) {
        serve({{raw(first), answers(R"("result":0)")}, {answers(R"("result":2)")}});
        ASSERT_TRUE(call());
        settle();
        EXPECT_EQ(*call()->result, 2);
        EXPECT_EQ(server->accepted(), 2U);
    }
}

TEST_F(node_client, keeps_no_connection_when_told_so) {
    options.max_idle_connections = 0;
    serve({{answers(R"("result":1)"), answers(R"("result":0)")}, {answers(R"("result":2)")}});
    EXPECT_EQ(*call()->result, 1);
    EXPECT_EQ(*call()->result, 2);
}

TEST_F(node_client, a_refused_connection_is_unavailable) {
    serve({});
    const std::string origin = server->url("");
    server.reset();
    settle();
    const auto answer = call();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
    EXPECT_EQ(answer.error().detail.find("could not connect to " + origin + ": "), 0U)
        << answer.error().detail;
}

TEST_F(node_client, resolves_host_names) {
    serve({{answers(R"("result":1)")}});
    options.url = "http://localhost:" + std::to_string(server->port());
    client = *make_client(context.get_executor(), options);
    const auto answer = call();
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_NE(server->seen()[0].head.find("Host: localhost:"), std::string::npos);
}

TEST_F(node_client, errors_show_neither_user_nor_path_nor_query) {
    options.timeout = 300ms;
    serve({{silence()}, {raw(http_answer("401 Unauthorized", "no"))}, {raw("x\r\n\r\n")}});
    options.url = "http://someuser:somepass@127.0.0.1:" + std::to_string(server->port()) +
                  "/somekey?token=some";
    client = *make_client(context.get_executor(), options);
    for (int i = 0; i < 4; ++i) {
        if (i == 3) server.reset();
        const auto answer = call();
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().detail.find("some"), std::string::npos) << answer.error().detail;
    }
}

}  // namespace
}  // namespace chela::sidecar::node
