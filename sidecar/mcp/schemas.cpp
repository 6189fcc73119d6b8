#include "sidecar/mcp/schemas.hpp"

#include <utility>

namespace chela::sidecar::mcp {

Json type_schema(const std::string& type, const std::string& description) {
    return {{"type", type}, {"description", description}};
}

Json text_schema(const std::string& description) {
    return type_schema("string", description);
}

Json input_schema(Json properties, const std::vector<std::string>& required) {
    Json out{
        {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
    if (!required.empty()) out["required"] = required;
    return out;
}

Json output_schema(Json properties, const std::vector<std::string>& required) {
    properties["code"] = text_schema("Of a refusal: the stable reason, E_…");
    properties["message"] = text_schema("A sentence for whoever reads it");
    properties["intent_id"] = text_schema("The intent, for intent_status");
    properties["state"] = text_schema("Where the intent is");
    properties["approval_id"] = text_schema("What operators decide");
    properties["violations"] = {
        {"type", "array"},
        {"description", "All that the policy found"},
        {"items", {{"type", "object"}}}};
    return {
        {"type", "object"},
        {"properties", std::move(properties)},
        {"anyOf",
         Json::array(
             {{{"required", required}}, {{"required", Json::array({"code", "message"})}}})}};
}

Json reads(Asks asks) {
    return {{"readOnlyHint", true}, {"openWorldHint", asks == Asks::node}};
}

Json signs() {
    return {
        {"readOnlyHint", false},
        {"destructiveHint", true},
        {"idempotentHint", true},
        {"openWorldHint", true}};
}

}  // namespace chela::sidecar::mcp
