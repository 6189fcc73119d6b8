// The protocol, without what is served over it.
#include "sidecar/mcp/engine.hpp"

#include "sidecar/mcp/tools.hpp"
#include "tests/sidecar/await.hpp"

#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::mcp {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

class StillClock final : public Clock {
public:
    TimePoint time{std::chrono::milliseconds{1'700'000'000'000}};
    [[nodiscard]] TimePoint now() const override { return time; }
};

Json elicitation() {
    return {{"method", "elicitation/create"}, {"params", {{"message", "Well?"}}}};
}

/// Asks once, and then tells what it was told, and what it had kept.
ToolAnswer ask_once(Call call, Json) {
    if (call.input_responses.empty())
        co_return InputRequired{{{"well", elicitation()}}, {{"kept", 7}}};
    co_return structured_result({{"heard", call.input_responses}, {"kept", call.state}});
}

ToolAnswer greet(Call call, Json arguments) {
    co_return structured_result(
        {{"hello", text_member(arguments, "name")}, {"caller", call.caller.id}});
}

ToolAnswer ask_on_channel(Call call, Json) {
    if (!call.channel) co_return structured_result({{"channel", false}});
    call.channel->notify("notifications/progress", {{"progress", 1}});
    const auto heard = co_await call.channel->ask("sampling/createMessage", {}, call.deadline);
    co_return structured_result({{"heard", heard ? *heard : Json(heard.error().message)}});
}

std::vector<Tool> tools() {
    const auto tool = [](std::string name, ToolAnswer (*handler)(Call, Json)) {
        Tool out;
        out.name = std::move(name);
        out.description = "for a test";
        out.input_schema = {{"type", "object"}};
        out.handler = handler;
        return out;
    };
    auto asking = tool("ask_on_channel", ask_on_channel);
    asking.sends = Tool::Sends::events;
    return {tool("greet", greet), tool("ask_once", ask_once), asking};
}

class mcp_engine : public testing::Test {
protected:
    http::Response post(const std::string& body, Headers headers = {}, std::string caller = "a") {
        http::Request request;
        request.method = "POST";
        request.path = "/mcp";
        request.body = body;
        request.headers = std::move(headers);
        request.deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        auth::Principal principal;
        principal.id = std::move(caller);
        return test::await(context, engine.post(std::move(request), std::move(principal)));
    }
    static Json meta(Json capabilities = Json::object()) {
        return {{kMetaVersion, kModernVersion}, {kMetaCapabilities, std::move(capabilities)}};
    }
    static Json request_of(const std::string& method, Json params, const Json& id = 1) {
        return {{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}};
    }
    static Headers mirrored_by(const Json& request) {
        Headers headers{
            {"mcp-protocol-version", std::string{kModernVersion}},
            {"mcp-method", request.at("method").get<std::string>()}};
        const auto name = text_member(request.at("params"), "name");
        if (!name.empty()) headers.emplace_back("mcp-name", name);
        return headers;
    }
    /// A modern request with its headers.
    http::Response modern(
        const std::string& method, Json params, const Json& capabilities = Json::object()) {
        params["_meta"] = meta(capabilities);
        const auto request = request_of(method, std::move(params));
        return post(request.dump(), mirrored_by(request));
    }
    http::Response legacy(const std::string& method, const Json& params = Json::object()) {
        return post(request_of(method, params).dump(), {{"mcp-protocol-version", "2025-11-25"}});
    }
    static Json result(const http::Response& response) {
        EXPECT_EQ(response.status, 200U) << response.body;
        return Json::parse(response.body).at("result");
    }
    static std::string refusal(const http::Response& response) {
        const auto error = Json::parse(response.body).at("error");
        return std::to_string(response.status) + " " + error.at("code").dump() + " " +
               error.at("data").at("code").get<std::string>();
    }

    boost::asio::io_context context{1};
    StillClock clock;
    Engine engine{
        {.name = "test",
         .title = "Test",
         .version = "1.2.3",
         .instructions = "Be kind.",
         .capabilities = {{"tools", Json::object()}}},
        tool_methods(tools()),
        clock};
};

TEST_F(mcp_engine, greets_a_legacy_client_with_the_version_that_it_asks_for) {
    const auto hello = [this](const char* version) {
        return result(post(request_of("initialize", {{"protocolVersion", version}}).dump()));
    };
    EXPECT_EQ(hello("2025-11-25").at("protocolVersion"), "2025-11-25");
    EXPECT_EQ(hello("2025-06-18").at("protocolVersion"), "2025-06-18");
    EXPECT_EQ(hello("2024-11-05").at("protocolVersion"), "2025-11-25") << "it may take another";
    EXPECT_EQ(hello("2026-07-28").at("protocolVersion"), "2025-11-25") << "that has no handshake";
    const auto all = hello("2025-11-25");
    EXPECT_EQ(all.at("serverInfo").at("version"), "1.2.3");
    EXPECT_EQ(all.at("instructions"), "Be kind.");
    EXPECT_TRUE(all.at("capabilities").contains("tools"));
    EXPECT_FALSE(all.contains("resultType"));
}

TEST_F(mcp_engine, takes_notifications_and_answers_them_with_nothing) {
    const auto response = post(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
    EXPECT_EQ(response.status, 202U);
    EXPECT_TRUE(response.body.empty());
    EXPECT_EQ(result(legacy("ping")), Json::object());
}

TEST_F(mcp_engine, tells_a_modern_client_what_it_is_in_one_request) {
    const auto found = result(modern("server/discover", Json::object()));
    EXPECT_EQ(found.at("supportedVersions").at(0), "2026-07-28");
    EXPECT_EQ(found.at("resultType"), "complete");
    EXPECT_EQ(found.at("_meta").at(kMetaServer).at("name"), "test");
    EXPECT_EQ(found.at("cacheScope"), "private");
    EXPECT_GE(found.at("ttlMs").get<int>(), 0);
}

TEST_F(mcp_engine, keeps_what_one_era_has_from_the_other) {
    EXPECT_EQ(refusal(modern("initialize", Json::object())), "404 -32601 E_METHOD");
    EXPECT_EQ(refusal(modern("ping", Json::object())), "404 -32601 E_METHOD");
    EXPECT_EQ(refusal(modern("tools/fly", Json::object())), "404 -32601 E_METHOD");
    EXPECT_EQ(refusal(legacy("server/discover")), "200 -32601 E_METHOD")
        << "a legacy client reads errors out of 200 alone";
}

TEST_F(mcp_engine, lists_its_tools_in_the_order_of_the_table) {
    const auto listed = result(modern("tools/list", Json::object()));
    ASSERT_EQ(listed.at("tools").size(), 3U);
    EXPECT_EQ(listed.at("tools").at(0).at("name"), "greet");
    EXPECT_EQ(listed.at("tools"), result(legacy("tools/list")).at("tools"));
}

TEST_F(mcp_engine, calls_a_tool_as_whoever_was_authenticated) {
    const Json call{{"name", "greet"}, {"arguments", {{"name", "Ada"}}}};
    for (const auto& answer :
         {result(modern("tools/call", call)), result(legacy("tools/call", call))}) {
        EXPECT_EQ(answer.at("structuredContent"), Json({{"hello", "Ada"}, {"caller", "a"}}));
        EXPECT_EQ(
            Json::parse(answer.at("content").at(0).at("text").get<std::string>()),
            answer.at("structuredContent"));
        EXPECT_FALSE(answer.contains("isError"));
    }
    EXPECT_EQ(refusal(modern("tools/call", {{"name", "fly"}})), "400 -32602 E_TOOL");
    EXPECT_EQ(
        refusal(modern("tools/call", {{"name", "greet"}, {"arguments", 7}})),
        "400 -32602 E_ARGUMENTS");
}

TEST_F(mcp_engine, refuses_what_is_no_message) {
    const std::pair<const char*, const char*> bodies[] = {
        {"", "400 -32700 E_JSON_MALFORMED"},
        {"{", "400 -32700 E_JSON_MALFORMED"},
        {R"({"jsonrpc":"2.0","id":1,"id":2,"method":"ping"})", "400 -32700 E_JSON_DUPLICATE_KEY"},
        {"[]", "400 -32600 E_BATCH"},
        {R"([{"jsonrpc":"2.0","id":1,"method":"ping"}])", "400 -32600 E_BATCH"},
        {"7", "400 -32600 E_MESSAGE"},
        {R"({"id":1,"method":"ping"})", "400 -32600 E_MESSAGE"},
        {R"({"jsonrpc":"2.0","id":null,"method":"ping"})", "400 -32600 E_MESSAGE"},
        {R"({"jsonrpc":"2.0","id":1.5,"method":"ping"})", "400 -32600 E_MESSAGE"},
        {R"({"jsonrpc":"2.0","id":1,"method":7})", "400 -32600 E_MESSAGE"},
        {R"({"jsonrpc":"2.0","id":1,"method":"ping","params":[]})", "400 -32600 E_MESSAGE"},
        {R"({"jsonrpc":"2.0","id":1,"method":"ping","extra":1})", "400 -32600 E_MESSAGE"},
        {R"({"jsonrpc":"2.0","id":1})", "400 -32600 E_MESSAGE"},
        {R"({"jsonrpc":"2.0","id":1,"result":{},"error":{}})", "400 -32600 E_MESSAGE"}};
    for (const auto& [body, expected] : bodies)
        EXPECT_EQ(refusal(post(body)), expected) << body;
    const auto named = Json::parse(post(R"({"jsonrpc":"2.0","id":5,"method":7})").body);
    EXPECT_EQ(named.at("id"), 5);
    EXPECT_FALSE(Json::parse(post("[").body).contains("id"));
}

TEST_F(mcp_engine, refuses_a_modern_request_without_its_meta) {
    const Headers headers{{"mcp-protocol-version", "2026-07-28"}, {"mcp-method", "tools/list"}};
    const auto with = [&](const Json& params) {
        return refusal(post(request_of("tools/list", params).dump(), headers));
    };
    EXPECT_EQ(with(Json::object()), "400 -32602 E_META");
    EXPECT_EQ(with({{"_meta", 7}}), "400 -32602 E_META");
    EXPECT_EQ(with({{"_meta", {{kMetaCapabilities, Json::object()}}}}), "400 -32602 E_META");
    EXPECT_EQ(with({{"_meta", {{kMetaVersion, kModernVersion}}}}), "400 -32602 E_META");
}

TEST_F(mcp_engine, names_the_versions_that_it_speaks) {
    const auto response = post(
        request_of("tools/list", Json::object()).dump(), {{"mcp-protocol-version", "2031-01-01"}});
    EXPECT_EQ(refusal(response), "400 -32022 E_PROTOCOL_VERSION");
    const auto data = Json::parse(response.body).at("error").at("data");
    EXPECT_EQ(data.at("requested"), "2031-01-01");
    EXPECT_EQ(data.at("supported").at(0), "2026-07-28");
    Json params{{"_meta", meta()}};
    params["_meta"][kMetaVersion] = "2031-01-01";
    EXPECT_EQ(
        refusal(post(
            request_of("tools/list", params).dump(), {{"mcp-protocol-version", "2031-01-01"}})),
        "400 -32022 E_PROTOCOL_VERSION");
}

TEST_F(mcp_engine, refuses_headers_that_say_something_else_than_the_body) {
    const Json call = request_of(
        "tools/call", {{"name", "greet"}, {"arguments", Json::object()}, {"_meta", meta()}});
    const auto with = [&](const Headers& headers) {
        const auto response = post(call.dump(), headers);
        return response.status == 200 ? std::string{"200"} : refusal(response);
    };
    const std::string mismatch = "400 -32020 E_HEADER_MISMATCH";
    const std::pair<std::string, std::string> version{"mcp-protocol-version", "2026-07-28"};
    const std::pair<std::string, std::string> method{"mcp-method", "tools/call"};
    EXPECT_EQ(with({version, method, {"mcp-name", "greet"}}), "200");
    EXPECT_EQ(with({version, method, {"mcp-name", "=?base64?Z3JlZXQ=?="}}), "200");
    EXPECT_EQ(with({version, method, {"mcp-name", "=?base64?Z3JlZXQ?="}}), mismatch);
    EXPECT_EQ(with({version, method, {"mcp-name", "=?base64?Z3Jl!XQ=?="}}), mismatch);
    EXPECT_EQ(with({version, method, {"mcp-name", "ask_once"}}), mismatch);
    EXPECT_EQ(with({version, method}), mismatch);
    EXPECT_EQ(with({version, {"mcp-method", "TOOLS/CALL"}, {"mcp-name", "greet"}}), mismatch);
    EXPECT_EQ(with({version, {"mcp-name", "greet"}}), mismatch);
    EXPECT_EQ(with({method, {"mcp-name", "greet"}}), mismatch);
    EXPECT_EQ(with({version, method, method, {"mcp-name", "greet"}}), mismatch) << "twice";
    EXPECT_EQ(
        with({{"mcp-protocol-version", "2025-11-25"}, method, {"mcp-name", "greet"}}), mismatch);
}

TEST_F(mcp_engine, asks_through_the_client_and_goes_on_with_what_it_kept) {
    const Json able{{"elicitation", Json::object()}};
    Json call{{"name", "ask_once"}, {"arguments", Json::object()}};
    const auto asked = result(modern("tools/call", call, able));
    EXPECT_EQ(asked.at("resultType"), "input_required");
    EXPECT_EQ(asked.at("inputRequests").at("well"), elicitation());
    call["requestState"] = asked.at("requestState");
    call["inputResponses"] = {{"well", {{"action", "accept"}}}};
    const auto done = result(modern("tools/call", call, able)).at("structuredContent");
    EXPECT_EQ(done.at("kept").at("kept"), 7);
    EXPECT_EQ(done.at("heard").at("well").at("action"), "accept");
}

TEST_F(mcp_engine, takes_no_state_that_it_did_not_give_out_for_this_request) {
    const Json able{{"elicitation", Json::object()}};
    Json call{{"name", "ask_once"}, {"arguments", {{"n", 1}}}};
    const auto state =
        result(modern("tools/call", call, able)).at("requestState").get<std::string>();
    const auto with = [&](const Json& given, const Json& arguments) {
        call["arguments"] = arguments;
        call["requestState"] = given;
        call["inputResponses"] = {{"well", Json::object()}};
        const auto response = modern("tools/call", call, able);
        return response.status == 200 ? std::string{"200"} : refusal(response);
    };
    const std::string refused = "400 -32602 E_REQUEST_STATE";
    EXPECT_EQ(with(state, {{"n", 1}}), "200");
    EXPECT_EQ(with(state + "A", {{"n", 1}}), refused);
    EXPECT_EQ(with("A" + state, {{"n", 1}}), refused);
    EXPECT_EQ(with("", {{"n", 1}}), refused);
    EXPECT_EQ(with(7, {{"n", 1}}), refused);
    EXPECT_EQ(with(state, {{"n", 2}}), refused) << "another request";
    clock.time += std::chrono::hours{1};
    EXPECT_EQ(with(state, {{"n", 1}}), refused) << "too old";
}

TEST_F(mcp_engine, takes_no_state_of_another_caller) {
    const Json able{{"elicitation", Json::object()}};
    Json params{{"name", "ask_once"}, {"_meta", meta(able)}};
    auto request = request_of("tools/call", params);
    const auto asked = result(post(request.dump(), mirrored_by(request), "a"));
    request["params"]["requestState"] = asked.at("requestState");
    request["params"]["inputResponses"] = {{"well", Json::object()}};
    EXPECT_EQ(
        refusal(post(request.dump(), mirrored_by(request), "b")), "400 -32602 E_REQUEST_STATE");
    EXPECT_EQ(post(request.dump(), mirrored_by(request), "a").status, 200U);
}

TEST_F(mcp_engine, asks_nothing_of_a_client_that_cannot) {
    const auto response = modern("tools/call", {{"name", "ask_once"}}, {{"sampling", 7}});
    EXPECT_EQ(refusal(response), "400 -32021 E_CLIENT_CAPABILITY");
    EXPECT_EQ(
        Json::parse(response.body).at("error").at("data").at("requiredCapabilities"),
        Json({{"elicitation", Json::object()}}));
    EXPECT_EQ(
        refusal(modern("tools/call", {{"name", "ask_once"}, {"inputResponses", 7}})),
        "400 -32602 E_INPUT_RESPONSES");
}

TEST_F(mcp_engine, sends_events_to_those_who_take_them) {
    const auto request = request_of("tools/call", {{"name", "ask_on_channel"}});
    EXPECT_EQ(result(post(request.dump())).at("structuredContent").at("channel"), false);
    const auto response = post(request.dump(), {{"accept", "application/json, text/event-stream"}});
    ASSERT_TRUE(response.stream);
    EXPECT_EQ(response.content_type, "text/event-stream");
    const auto next = [&] {
        const auto event = test::await(context, response.stream->next());
        const std::string opening = "event: message\ndata: ";
        EXPECT_TRUE(event.starts_with(opening) && event.ends_with("\n\n")) << event;
        return Json::parse(event.substr(opening.size()));
    };
    EXPECT_EQ(next().at("method"), "notifications/progress");
    const auto question = next();
    EXPECT_EQ(question.at("method"), "sampling/createMessage");
    const Json answer{{"jsonrpc", "2.0"}, {"id", question.at("id")}, {"result", {{"text", "hi"}}}};
    EXPECT_EQ(refusal(post(answer.dump(), {}, "b")), "400 -32600 E_UNASKED")
        << "somebody else was asked";
    EXPECT_EQ(post(answer.dump()).status, 202U);
    const auto last = next();
    EXPECT_EQ(last.at("id"), 1);
    EXPECT_EQ(last.at("result").at("structuredContent").at("heard").at("text"), "hi");
    EXPECT_EQ(test::await(context, response.stream->next()), "");
    EXPECT_EQ(refusal(post(answer.dump())), "400 -32600 E_UNASKED") << "it has been answered";
}

TEST_F(mcp_engine, waits_no_more_for_a_client_that_has_gone) {
    const auto request = request_of("tools/call", {{"name", "ask_on_channel"}});
    const auto response = post(request.dump(), {{"accept", "text/event-stream"}});
    ASSERT_TRUE(response.stream);
    static_cast<void>(test::await(context, response.stream->next()));
    response.stream->stop();
    EXPECT_EQ(test::await(context, response.stream->next()), "");
}

}  // namespace
}  // namespace chela::sidecar::mcp
