#include "tests/mcp/content.hpp"
#include "tests/mcp/fixture.hpp"

#include <chrono>
#include <string>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace chela::test {

namespace asio = boost::asio;
using namespace sidecar::mcp;

namespace {

constexpr std::chrono::milliseconds kStep{50};

asio::awaitable<void> pause() {
    asio::steady_timer timer{co_await asio::this_coro::executor, kStep};
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

ToolResult result_of(Json content) {
    ToolResult out;
    out.content = std::move(content);
    return out;
}

Tool fixed(std::string name, Json content, bool is_error = false) {
    return {
        .name = name,
        .title = {},
        .description = "answers what the conformance suite expects: " + name,
        .input_schema = {{"type", "object"}},
        .output_schema = {},
        .annotations = {},
        .handler = [content = std::move(content), is_error](Call, Json) -> ToolAnswer {
            return [](Json text, bool error) -> ToolAnswer {
                auto out = result_of(std::move(text));
                out.is_error = error;
                co_return out;
            }(content, is_error);
        }};
}

Tool made(
    std::string name, ToolAnswer (*handler)(Call, Json), Tool::Sends sends = Tool::Sends::events) {
    return {
        .name = name,
        .title = {},
        .description = "does what the conformance suite expects: " + name,
        .input_schema = {{"type", "object"}},
        .output_schema = {},
        .annotations = {},
        .handler = handler,
        .sends = sends};
}

ToolAnswer report_progress(Call call, Json) {
    const Json token = object_member(call.params, "_meta").value("progressToken", Json{});
    for (const int done : {0, 50, 100}) {
        if (call.channel && !token.is_null()) {
            call.channel->notify(
                "notifications/progress",
                {{"progressToken", token}, {"progress", done}, {"total", 100}});
        }
        co_await pause();
    }
    co_return result_of(Json::array({text_block("done")}));
}

/// A modern client says for each request whether it wants to hear of it.
bool wants_log(const Call& call) {
    return call.era == Era::legacy ||
           object_member(call.params, "_meta").contains("io.modelcontextprotocol/logLevel");
}

ToolAnswer write_log(Call call, Json) {
    for (const char* line :
         {"Tool execution started", "Tool processing data", "Tool execution completed"}) {
        if (call.channel && wants_log(call))
            call.channel->notify("notifications/message", {{"level", "info"}, {"data", line}});
        co_await pause();
    }
    co_return result_of(Json::array({text_block("done")}));
}

/// What a legacy client says to one question.
ToolAnswer ask(Call call, Json question, std::string opening) {
    if (!call.channel)
        co_return refuse(kInvalidParams, "this needs a client that takes events", "E_TEST");
    const auto heard = co_await call.channel->ask(
        text_member(question, "method"), object_member(question, "params"), call.deadline);
    if (!heard) co_return std::unexpected{heard.error()};
    co_return result_of(Json::array({text_block(opening + to_text(*heard))}));
}

ToolAnswer ask_model(Call call, Json arguments) {
    return ask(std::move(call), sampling(text_member(arguments, "prompt"), 100), "LLM response: ");
}

Json question(const std::string& message, Json properties, Json required) {
    return {
        {"method", "elicitation/create"},
        {"params",
         {{"message", message},
          {"requestedSchema",
           {{"type", "object"},
            {"properties", std::move(properties)},
            {"required", std::move(required)}}}}}};
}

ToolAnswer ask_user(Call call, Json arguments) {
    return ask(
        std::move(call),
        question(
            text_member(arguments, "message"),
            {{"username", {{"type", "string"}}}, {"email", {{"type", "string"}}}},
            Json::array({"username", "email"})),
        "User response: ");
}

ToolAnswer ask_with_defaults(Call call, Json) {
    return ask(
        std::move(call),
        question(
            "Look these over",
            {{"name", {{"type", "string"}, {"default", "John Doe"}}},
             {"age", {{"type", "integer"}, {"default", 30}}},
             {"score", {{"type", "number"}, {"default", 95.5}}},
             {"status",
              {{"type", "string"},
               {"enum", {"active", "inactive", "pending"}},
               {"default", "active"}}},
             {"verified", {{"type", "boolean"}, {"default", true}}}},
            Json::array()),
        "Elicitation completed: ");
}

Json titled(const std::string& word) {
    return Json::array(
        {{{"const", "value1"}, {"title", "First " + word}},
         {{"const", "value2"}, {"title", "Second " + word}},
         {{"const", "value3"}, {"title", "Third " + word}}});
}

ToolAnswer ask_with_enums(Call call, Json) {
    const Json options = Json::array({"option1", "option2", "option3"});
    return ask(
        std::move(call),
        question(
            "Choose",
            {{"untitledSingle", {{"type", "string"}, {"enum", options}}},
             {"titledSingle", {{"type", "string"}, {"oneOf", titled("Option")}}},
             {"legacyEnum",
              {{"type", "string"},
               {"enum", {"opt1", "opt2", "opt3"}},
               {"enumNames", {"Option One", "Option Two", "Option Three"}}}},
             {"untitledMulti",
              {{"type", "array"}, {"items", {{"type", "string"}, {"enum", options}}}}},
             {"titledMulti", {{"type", "array"}, {"items", {{"anyOf", titled("Choice")}}}}}},
            Json::array()),
        "Elicitation completed: ");
}

/// A schema with words of every kind, to be listed as it is.
Tool with_whole_schema() {
    auto tool = fixed("json_schema_2020_12_tool", Json::array({text_block("done")}));
    tool.input_schema = Json::parse(R"({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
        "$defs": {"address": {"$anchor": "addressDef", "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}}}},
        "properties": {"name": {"type": "string"}, "address": {"$ref": "#/$defs/address"},
            "contactMethod": {"type": "string", "enum": ["phone", "email"]},
            "phone": {"type": "string"}, "email": {"type": "string"}},
        "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
        "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
        "then": {"required": ["phone"]}, "else": {"required": ["email"]},
        "additionalProperties": false})");
    return tool;
}

}  // namespace

std::vector<Tool> answering_tools() {
    const Json embedded = resource_block(
        "test://embedded-resource", "text/plain", "This is an embedded resource content.");
    const Json mixed = resource_block(
        "test://mixed-content-resource", "application/json", R"({"test":"data","value":123})");
    const Json audio{{"type", "audio"}, {"data", kWav}, {"mimeType", "audio/wav"}};
    return {
        fixed(
            "test_simple_text",
            Json::array({text_block("This is a simple text response for testing.")})),
        fixed("test_image_content", Json::array({image_block()})),
        fixed("test_audio_content", Json::array({audio})),
        fixed("test_embedded_resource", Json::array({embedded})),
        fixed(
            "test_multiple_content_types",
            Json::array({text_block("Multiple content types test:"), image_block(), mixed})),
        fixed(
            "test_error_handling",
            Json::array({text_block("This tool intentionally returns an error for testing")}),
            true),
        with_whole_schema(),
        made("test_tool_with_progress", report_progress),
        made("test_tool_with_logging", write_log),
        made("test_logging_tool", write_log),
        made("test_sampling", ask_model),
        made("test_elicitation", ask_user),
        made("test_elicitation_sep1034_defaults", ask_with_defaults),
        made("test_elicitation_sep1330_enums", ask_with_enums)};
}

}  // namespace chela::test
