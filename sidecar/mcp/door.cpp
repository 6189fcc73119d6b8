#include "sidecar/mcp/door.hpp"

#include "sidecar/api/simulating.hpp"
#include "sidecar/http/problem.hpp"
#include "sidecar/rpc/door.hpp"
#include "sidecar/rpc/error.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace chela::sidecar::mcp {

namespace asio = boost::asio;
using http::Request;
using http::Response;

namespace {

constexpr const char* kInstructions =
    "chela holds this agent's key and its rules. Look at policy_describe and budget_status before "
    "paying; intent_simulate costs nothing. intent_submit and typed_data_sign take an "
    "idempotency_key: use a new one for each thing that is wanted, and the same one to ask again "
    "when an answer was lost. A refusal has a code and a sentence that tells what would be "
    "allowed; "
    "sending the same again does not change it. What people have to approve waits; nothing here "
    "can approve it.";

/// Whatever the tools work with lives as long as the route.
struct Door {
    explicit Door(api::Context& context)
        : parts{context, api::simulation_seats(), rpc::make_readers()},
          engine{about(context), tool_methods(tools()), context.services.clock} {}

    static About about(const api::Context& context) {
        return {
            .name = "chela",
            .title = "chela",
            .version = context.version,
            .instructions = kInstructions,
            .capabilities = {{"tools", Json::object()}}};
    }
    [[nodiscard]] std::vector<Tool> tools() const {
        std::vector<Tool> all;
        for (auto* family : {wallet_tools, limit_tools, intent_tools, typed_data_tools})
            std::ranges::move(family(parts), std::back_inserter(all));
        return all;
    }

    Parts parts;
    Engine engine;
};

asio::awaitable<Response> serve(std::shared_ptr<Door> door, Request request) {
    auto agent = co_await door->parts.api.authenticator.authenticate(request);
    if (agent && agent->kind != auth::PrincipalKind::agent)
        agent = fail(ErrorCode::denied, "only an agent has tools here", "E_AGENT_ONLY");
    if (!agent) {
        auto error = rpc::to_rpc_error(agent.error());
        error.code = kInvalidRequest;
        co_return refusal(http::status_of(agent.error().code), error);
    }
    co_return co_await door->engine.post(std::move(request), *std::move(agent));
}

}  // namespace

ToolResult refused(const Error& error) {
    const auto told = rpc::to_rpc_error(error);
    return structured_result({{"code", told.data.at("code")}, {"message", told.message}}, true);
}

void add_routes(http::Router& router, api::Context& context) {
    const auto door = std::make_shared<Door>(context);
    router.add("POST", "/mcp", [door](Request request) { return serve(door, std::move(request)); });
}

}  // namespace chela::sidecar::mcp
