#include "sidecar/authority/api_client.hpp"

#include "tests/sidecar/await.hpp"
#include "tests/sidecar/node/scripted_server.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::authority {
namespace {

using chela::test::http_answer;
using chela::test::raw;
using chela::test::Script;
using chela::test::ScriptedServer;
using chela::test::Seen;

Deadline soon() {
    return std::chrono::steady_clock::now() + std::chrono::seconds{20};
}

std::string reason_of_url(const std::string& url) {
    const auto made = ApiClient::make(url, std::nullopt);
    return made ? "nothing" : made.error().reason;
}

TEST(api_client, is_https_or_on_this_machine) {
    for (const char* url :
         {"https://intents.example.org", "https://intents.example.org/base/", "http://127.0.0.1:80",
          "http://localhost:8787", "http://[::1]:8787", "https://10.0.0.7"}) {
        EXPECT_EQ(reason_of_url(url), "nothing") << url;
    }
    for (const char* url :
         {"http://intents.example.org", "http://10.0.0.7", "https://user:pw@intents.example.org",
          "https://intents.example.org/?key=1", "https://intents.example.org/#a", "ftp://a",
          "https://169.254.169.254", "https://[fd00:ec2::254]", "https://0.0.0.0", "https://",
          ""}) {
        EXPECT_EQ(reason_of_url(url), "E_AUTHORITY_URL") << url;
    }
}

TEST(api_client, says_which_file_of_certificates_is_none) {
    const auto made = ApiClient::make("https://a.example.org", "/nowhere/ca.pem");
    ASSERT_FALSE(made.has_value());
    EXPECT_NE(made.error().detail.find("/nowhere/ca.pem"), std::string::npos);
}

class api_client_to : public testing::Test {
protected:
    Result<Reply> post(const std::string& base, const std::string& answer) {
        ScriptedServer server{context, {Script{[this, answer](const Seen& request) {
                                  seen = request;
                                  return answer;
                              }}}};
        const auto client = ApiClient::make(server.url(base), std::nullopt);
        if (!client) bug("no client: " + client.error().detail);
        return chela::test::await(
            context, (*client)->post("/v1/x", Json{{"a", 1}}, {bearer("t0ken")}, soon()));
    }

    boost::asio::io_context context;
    Seen seen;
};

TEST_F(api_client_to, a_server_sends_below_the_path_of_its_url) {
    for (const auto& [base, path] :
         {std::pair{"", "/v1/x"}, {"/", "/v1/x"}, {"/api", "/api/v1/x"}, {"/api/", "/api/v1/x"}}) {
        const auto reply = post(base, http_answer("200 OK", "{\"b\":2}"));
        ASSERT_TRUE(reply.has_value()) << reply.error().detail;
        EXPECT_TRUE(seen.head.starts_with(std::string{"POST "} + path + " HTTP/1.1\r\n"))
            << seen.head;
        EXPECT_NE(seen.head.find("Authorization: Bearer t0ken\r\n"), std::string::npos);
        EXPECT_EQ(seen.body, "{\"a\":1}");
        EXPECT_EQ(reply->body->at("b"), 2);
    }
}

TEST_F(api_client_to, a_server_takes_no_answer_for_an_object_that_is_none) {
    for (const char* body : {"", "[]", "7", "{", "{\"a\":1,\"a\":2}", "<html>"}) {
        const auto reply = post("", http_answer("200 OK", body));
        ASSERT_TRUE(reply.has_value()) << reply.error().detail;
        EXPECT_EQ(reply->body, nullptr) << body;
        EXPECT_EQ(code_of(*reply), "HTTP status 200");
    }
}

TEST_F(api_client_to, a_server_shows_nothing_of_an_answer_but_what_looks_like_a_code) {
    const auto code = [this](const std::string& text) {
        const auto reply = post("", http_answer("403 Forbidden", Json{{"code", text}}.dump()));
        return reply ? code_of(*reply) : reply.error().detail;
    };
    EXPECT_EQ(code("E_TO_NOT_ALLOWED"), "E_TO_NOT_ALLOWED");
    for (const auto& text :
         {std::string{"t0ken"}, std::string{"E_t0ken"}, std::string{"E_A\nB"},
          "E_" + std::string(100, 'A')}) {
        EXPECT_EQ(code(text), "HTTP status 403");
    }
}

TEST_F(api_client_to, a_server_that_ends_too_early_or_says_too_much_knows_nothing_certain) {
    const auto early = post("", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{");
    ASSERT_FALSE(early.has_value());
    EXPECT_EQ(early.error().reason, "E_AUTHORITY_NO_ANSWER");
    EXPECT_EQ(early.error().code, ErrorCode::timed_out);
    const auto much = post("", http_answer("200 OK", std::string(2'000'000, 'a')));
    ASSERT_FALSE(much.has_value());
    EXPECT_EQ(much.error().reason, "E_AUTHORITY_ANSWER");
}

TEST(api_client, sends_nothing_where_nobody_listens) {
    boost::asio::io_context context;
    std::string url;
    {
        const ScriptedServer gone{context, {}};
        url = gone.url();
    }
    const auto client = ApiClient::make(url, std::nullopt);
    ASSERT_TRUE(client.has_value());
    const auto reply = chela::test::await(context, (*client)->get("/v1/x", {}, soon()));
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code, ErrorCode::unavailable);
    EXPECT_EQ(reply.error().reason, "E_AUTHORITY_UNAVAILABLE");
}

}  // namespace
}  // namespace chela::sidecar::authority
