#include "sidecar/http/router.hpp"

#include "chains/base/json.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::http {
namespace {

namespace asio = boost::asio;

/// Answers with its name and the parameters it was given.
Handler named(std::string name) {
    return [name](Request request) -> asio::awaitable<Response> {
        std::string body = name;
        for (const auto& [key, value] : request.parameters)
            body += " " + key + "=" + value;
        Response response;
        response.body = body;
        co_return response;
    };
}

Response run(const Router& router, std::string method, std::string path) {
    asio::io_context context;
    Request request;
    request.method = std::move(method);
    request.path = std::move(path);
    auto answer = asio::co_spawn(context, router.dispatch(std::move(request)), asio::use_future);
    context.run();
    return answer.get();
}

Router router() {
    Router made;
    made.add("GET", "/", named("root"));
    made.add("GET", "/v1/agents", named("list"));
    made.add("POST", "/v1/agents", named("create"));
    made.add("GET", "/v1/agents/{id}", named("one"));
    made.add("DELETE", "/v1/agents/{agent_id}", named("delete"));
    made.add("GET", "/v1/agents/me", named("me"));
    made.add("POST", "/v1/agents/{agent_id}/transactions/{tx}/cancel", named("cancel"));
    return made;
}

TEST(router, finds_the_handler_and_its_parameters) {
    const std::tuple<const char*, const char*, const char*> cases[] = {
        {"GET", "/", "root"},
        {"GET", "/v1/agents", "list"},
        {"POST", "/v1/agents", "create"},
        {"GET", "/v1/agents/a1", "one id=a1"},
        {"DELETE", "/v1/agents/a1", "delete agent_id=a1"},
        {"GET", "/v1/agents/me", "me"},
        {"POST", "/v1/agents/a/transactions/t/cancel", "cancel agent_id=a tx=t"}};
    for (const auto& [method, path, expected] : cases) {
        const Response response = run(router(), method, path);
        EXPECT_EQ(response.status, 200U) << path;
        EXPECT_EQ(response.body, expected);
    }
}

TEST(router, answers_404_where_nothing_is) {
    for (const char* path :
         {"/v1", "/v1/", "/v1/agents/", "/v1/agents/a/", "/v1/agents/a/transactions", "/v1/Agents",
          "/v2/agents", "/v1/agents/a/b/c/d/e/f"}) {
        const Response response = run(router(), "GET", path);
        EXPECT_EQ(response.status, 404U) << path;
        const auto body = parse_json(response.body);
        ASSERT_TRUE(body.has_value());
        EXPECT_EQ((*body)["code"], "E_NO_ROUTE");
    }
}

TEST(router, answers_405_with_the_methods_there_are) {
    const auto allow = [](const Response& response) {
        for (const auto& [name, value] : response.headers) {
            if (name == "Allow") return value;
        }
        return std::string{"none"};
    };
    const Response list = run(router(), "PUT", "/v1/agents");
    EXPECT_EQ(list.status, 405U);
    EXPECT_EQ(allow(list), "GET, POST");
    EXPECT_EQ(allow(run(router(), "PATCH", "/v1/agents/a")), "DELETE, GET");
    EXPECT_EQ(run(router(), "HEAD", "/v1/agents").status, 405U);
    EXPECT_EQ(run(router(), "get", "/v1/agents").status, 405U);
}

TEST(router, does_not_fall_back_from_a_literal_to_a_name) {
    EXPECT_EQ(run(router(), "DELETE", "/v1/agents/me").status, 405U);
}

TEST(router, prefers_literals_from_the_left) {
    Router made;
    made.add("GET", "/{a}/x", named("right"));
    made.add("GET", "/y/{b}", named("left"));
    EXPECT_EQ(run(made, "GET", "/y/x").body, "left b=x");
    EXPECT_EQ(run(made, "GET", "/z/x").body, "right a=z");
}

TEST(router, names_the_pattern_for_logs) {
    EXPECT_EQ(router().route_of("/v1/agents/secret-looking"), "/v1/agents/{id}");
    EXPECT_EQ(router().route_of("/v1/agents/me"), "/v1/agents/me");
    EXPECT_EQ(router().route_of("/v1/unknown/secret"), "unmatched");
}

TEST(router, refuses_two_handlers_for_one_request) {
    Router made = router();
    EXPECT_DEATH(made.add("GET", "/v1/agents/{other}", named("again")), "two routes");
    EXPECT_DEATH(made.add("GET", "v1", named("relative")), "starts with");
}

}  // namespace
}  // namespace chela::sidecar::http
