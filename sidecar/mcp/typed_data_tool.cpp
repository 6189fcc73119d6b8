#include "sidecar/api/sign_request.hpp"
#include "sidecar/mcp/door.hpp"
#include "sidecar/mcp/schemas.hpp"
#include "sidecar/mcp/submissions.hpp"

#include <utility>

namespace chela::sidecar::mcp {

namespace {

Result<flow::AnyRequest> read_typed_data(const Json& arguments, const chains::Registry& registry) {
    Json body = arguments;
    body["intent_type"] = "typed_data";
    auto read = api::read_sign_request(body, registry);
    if (!read) return std::unexpected{read.error()};
    return std::move(read->request);
}

}  // namespace

std::vector<Tool> typed_data_tools(const Parts& parts) {
    Tool tool;
    tool.name = "typed_data_sign";
    tool.title = "Sign typed data";
    tool.description =
        "Signs EIP-712 typed data with the agent's key, where the rules allow what it would do: a "
        "permit, an order. Once for each idempotency_key.";
    tool.input_schema = input_schema(
        {{"chain", text_schema("A name or chain id of wallet_address, such as \"base\"")},
         {"typed_data", type_schema("object", "types, primaryType, domain and message")},
         {"idempotency_key", text_schema("A new one for each signature that is wanted")},
         {"signing_key_path", text_schema("Left out: the agent's own key")}},
        {"chain", "typed_data", "idempotency_key"});
    tool.output_schema = output_schema(
        {{"signature", text_schema("65 bytes as hex: r, s, v")},
         {"hash", text_schema("What was signed")},
         {"status", text_schema("The coarse word for the state")}},
        {"intent_id", "state"});
    tool.annotations = signs();
    tool.handler = [parts](Call call, Json arguments) {
        return submit(parts, std::move(call), std::move(arguments), read_typed_data);
    };
    return {std::move(tool)};
}

}  // namespace chela::sidecar::mcp
