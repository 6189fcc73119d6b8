#include "tests/mcp/content.hpp"
#include "tests/mcp/fixture.hpp"

#include <string>
#include <utility>

namespace chela::test {

using namespace sidecar::mcp;

namespace {

Json message_of(Json content) {
    return {{"role", "user"}, {"content", std::move(content)}};
}

Json prompt_of(Json messages) {
    return {{"messages", std::move(messages)}};
}

Json argument(const std::string& name) {
    return {{"name", name}, {"required", true}};
}

Answer list_prompts(Call) {
    Json prompts = Json::array();
    const auto add = [&prompts](const std::string& name, Json arguments) {
        prompts.push_back(
            {{"name", name},
             {"description", "says what the conformance suite expects"},
             {"arguments", std::move(arguments)}});
    };
    add("test_simple_prompt", Json::array());
    add("test_prompt_with_arguments", Json::array({argument("arg1"), argument("arg2")}));
    add("test_prompt_with_embedded_resource", Json::array({argument("resourceUri")}));
    add("test_prompt_with_image", Json::array());
    add("test_input_required_result_prompt", Json::array());
    co_return Json{{"prompts", std::move(prompts)}};
}

Answer get_prompt(Call call) {
    const auto name = text_member(call.params, "name");
    const Json given = object_member(call.params, "arguments");
    if (name == "test_simple_prompt")
        co_return prompt_of(
            Json::array({message_of(text_block("This is a simple prompt for testing."))}));
    if (name == "test_prompt_with_arguments") {
        const auto text = "Prompt with arguments: arg1='" + text_member(given, "arg1") +
                          "', arg2='" + text_member(given, "arg2") + "'";
        co_return prompt_of(Json::array({message_of(text_block(text))}));
    }
    if (name == "test_prompt_with_embedded_resource") {
        const auto resource = resource_block(
            text_member(given, "resourceUri"), "text/plain",
            "Embedded resource content for testing.");
        co_return prompt_of(Json::array(
            {message_of(resource),
             message_of(text_block("Please process the embedded resource above."))}));
    }
    if (name == "test_prompt_with_image")
        co_return prompt_of(Json::array(
            {message_of(image_block()),
             message_of(text_block("Please analyze the image above."))}));
    if (name == "test_input_required_result_prompt" && call.era == Era::modern) {
        if (!call.input_responses.contains("user_context")) {
            const auto question = elicitation("What context should the prompt use?", "context");
            co_return InputRequired{{{"user_context", question}}, {}};
        }
        co_return prompt_of(Json::array({message_of(text_block(to_text(call.input_responses)))}));
    }
    co_return refuse(kInvalidParams, "there is no such prompt", "E_TEST");
}

Json resource(const std::string& uri, const std::string& type) {
    return {
        {"uri", uri},
        {"name", uri},
        {"description", "holds what the conformance suite expects"},
        {"mimeType", type}};
}

Answer list_resources(Call) {
    co_return Json{
        {"resources",
         {resource("test://static-text", "text/plain"),
          resource("test://static-binary", "image/png"),
          resource("test://watched-resource", "text/plain")}}};
}

Answer list_templates(Call) {
    co_return Json{
        {"resourceTemplates", Json::array(
                                  {{{"uriTemplate", "test://template/{id}/data"},
                                    {"name", "template"},
                                    {"description", "holds what the conformance suite expects"},
                                    {"mimeType", "application/json"}}})}};
}

Answer read_resource(Call call) {
    const auto uri = text_member(call.params, "uri");
    const std::string opening = "test://template/";
    Json content{{"uri", uri}, {"mimeType", "text/plain"}};
    if (uri == "test://static-text" || uri == "test://watched-resource") {
        content["text"] = "This is the content of the static text resource.";
    } else if (uri == "test://static-binary") {
        content["mimeType"] = "image/png";
        content["blob"] = kPng;
    } else if (uri.starts_with(opening) && uri.ends_with("/data")) {
        const auto id = uri.substr(opening.size(), uri.size() - opening.size() - 5);
        content["mimeType"] = "application/json";
        content["text"] =
            Json{{"id", id}, {"templateTest", true}, {"data", "Data for ID: " + id}}.dump();
    } else {
        co_return std::unexpected{
            RpcError{kInvalidParams, "Resource not found", {{"code", "E_TEST"}, {"uri", uri}}}};
    }
    co_return Json{{"contents", Json::array({content})}};
}

Answer complete(Call) {
    co_return Json{
        {"completion", {{"values", {"paris", "park"}}, {"total", 2}, {"hasMore", false}}}};
}

Answer agree(Call) {
    co_return Json::object();
}

}  // namespace

std::vector<Method> other_methods() {
    using Eras = Method::Eras;
    using enum Method::Result;
    return {
        {.name = "prompts/list", .handler = list_prompts, .result = cacheable, .named_by = {}},
        {.name = "prompts/get", .handler = get_prompt, .named_by = "name"},
        {.name = "resources/list", .handler = list_resources, .result = cacheable, .named_by = {}},
        {.name = "resources/templates/list",
         .handler = list_templates,
         .result = cacheable,
         .named_by = {}},
        {.name = "resources/read",
         .handler = read_resource,
         .result = cacheable,
         .named_by = "uri"},
        {.name = "completion/complete", .handler = complete, .named_by = {}},
        {.name = "logging/setLevel", .handler = agree, .eras = Eras::legacy, .named_by = {}},
        {.name = "resources/subscribe", .handler = agree, .eras = Eras::legacy, .named_by = {}},
        {.name = "resources/unsubscribe", .handler = agree, .eras = Eras::legacy, .named_by = {}}};
}

}  // namespace chela::test
