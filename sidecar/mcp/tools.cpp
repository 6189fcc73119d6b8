#include "sidecar/mcp/tools.hpp"

#include "chains/node/printable.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace chela::sidecar::mcp {
namespace {

using Table = std::shared_ptr<const std::vector<Tool>>;

Json describe(const Tool& tool) {
    Json out{
        {"name", tool.name}, {"description", tool.description}, {"inputSchema", tool.input_schema}};
    if (!tool.title.empty()) out["title"] = tool.title;
    if (!tool.output_schema.is_null()) out["outputSchema"] = tool.output_schema;
    if (!tool.annotations.is_null()) out["annotations"] = tool.annotations;
    return out;
}

const Tool* find(const std::vector<Tool>& tools, const std::string& name) {
    const auto found = std::ranges::find(tools, name, &Tool::name);
    return found == tools.end() ? nullptr : &*found;
}

Answer list(Json tools, Call) {
    co_return Json{{"tools", std::move(tools)}};
}

Json to_json(ToolResult result) {
    Json out{{"content", std::move(result.content)}};
    if (!result.structured.is_null()) out["structuredContent"] = std::move(result.structured);
    if (result.is_error) out["isError"] = true;
    return out;
}

Answer call_tool(Table table, Call call) {
    const auto name = text_member(call.params, "name");
    const auto* tool = find(*table, name);
    if (tool == nullptr) {
        co_return refuse(
            kInvalidParams,
            "there is no tool \"" + chains::node::printable(name, rpc::kMaxName) +
                "\"; tools/list names them",
            "E_TOOL");
    }
    const auto arguments = call.params.find("arguments");
    const bool has_some = arguments != call.params.end();
    if (has_some && !arguments->is_object())
        co_return refuse(kInvalidParams, "arguments: expected an object", "E_ARGUMENTS");
    Json given = has_some ? *arguments : Json::object();
    auto outcome = co_await tool->handler(std::move(call), std::move(given));
    if (!outcome) co_return std::unexpected{outcome.error()};
    if (auto* input = std::get_if<InputRequired>(&*outcome)) co_return std::move(*input);
    co_return to_json(std::get<ToolResult>(*std::move(outcome)));
}

}  // namespace

ToolResult structured_result(Json structured, bool is_error) {
    ToolResult out;
    out.content.push_back({{"type", "text"}, {"text", to_text(structured)}});
    out.structured = std::move(structured);
    out.is_error = is_error;
    return out;
}

std::vector<Method> tool_methods(std::vector<Tool> tools) {
    Json listed = Json::array();
    for (const auto& tool : tools)
        listed.push_back(describe(tool));
    const auto table = std::make_shared<const std::vector<Tool>>(std::move(tools));
    std::vector<Method> methods;
    methods.push_back(
        {.name = "tools/list",
         .handler = [listed =
                         std::move(listed)](Call call) { return list(listed, std::move(call)); },
         .result = Method::Result::cacheable,
         .named_by = {}});
    methods.push_back(
        {.name = "tools/call",
         .handler = [table](Call call) { return call_tool(table, std::move(call)); },
         .named_by = "name",
         .streams =
             [table](const Json& params) {
                 const auto* tool = find(*table, text_member(params, "name"));
                 return tool != nullptr && tool->sends == Tool::Sends::events;
             }});
    return methods;
}

}  // namespace chela::sidecar::mcp
