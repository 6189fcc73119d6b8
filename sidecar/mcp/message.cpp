#include "sidecar/mcp/message.hpp"

#include "chains/node/printable.hpp"

#include <algorithm>
#include <utility>

namespace chela::sidecar::mcp {
namespace {

/// What is not a member of a JSON-RPC message makes it none, whatever it was meant to be.
RpcResult<void> check_members(const Json& object) {
    constexpr std::array<std::string_view, 6> kMembers{"jsonrpc", "id",     "method",
                                                       "params",  "result", "error"};
    for (const auto& [name, value] : object.items()) {
        if (std::ranges::find(kMembers, name) != kMembers.end()) continue;
        return refuse(
            kInvalidRequest,
            "a message has no member " + chains::node::printable(name, rpc::kMaxName), "E_MESSAGE");
    }
    return {};
}

RpcResult<void> read_call(const Json& object, Message& message) {
    const auto& method = object.at("method");
    if (!method.is_string() || method.get_ref<const std::string&>().size() > kMaxMethod)
        return refuse(kInvalidRequest, "method: expected a name", "E_MESSAGE");
    message.method = method.get<std::string>();
    if (object.contains("result") || object.contains("error"))
        return refuse(kInvalidRequest, "a request has no result", "E_MESSAGE");
    const auto params = object.find("params");
    if (params == object.end()) return {};
    if (!params->is_object())
        return refuse(kInvalidRequest, "params: expected an object", "E_MESSAGE");
    message.params = *params;
    return {};
}

RpcResult<Json> outcome_of(const Json& object) {
    if (const auto result = object.find("result"); result != object.end()) return *result;
    const auto& error = object.at("error");
    RpcError out{kInternalError, "the client gave no reason", {}};
    if (!error.is_object()) return std::unexpected{std::move(out)};
    const auto code = error.find("code");
    if (code != error.end() && code->is_number_integer()) out.code = code->get<std::int64_t>();
    const auto text = text_member(error, "message");
    if (!text.empty()) out.message = chains::node::printable(text);
    return std::unexpected{std::move(out)};
}

RpcResult<Message> read_object(const Json& object) {
    if (object.is_array())
        return refuse(kInvalidRequest, "one message at a time; there are no batches", "E_BATCH");
    if (!object.is_object()) return refuse(kInvalidRequest, "a message is an object", "E_MESSAGE");
    if (object.value("jsonrpc", Json{}) != Json("2.0"))
        return refuse(kInvalidRequest, "jsonrpc: expected \"2.0\"", "E_MESSAGE");
    if (auto ok = check_members(object); !ok) return std::unexpected{ok.error()};
    Message message;
    const auto id = object.find("id");
    if (id != object.end()) {
        if (!rpc::is_id(*id))
            return refuse(kInvalidRequest, "id: expected a string or an integer", "E_MESSAGE");
        message.id = *id;
    }
    if (object.contains("method")) {
        message.kind = id == object.end() ? Message::Kind::notification : Message::Kind::request;
        if (auto ok = read_call(object, message); !ok) return std::unexpected{ok.error()};
        return message;
    }
    const bool has_one_outcome = object.contains("result") != object.contains("error");
    if (id == object.end() || !has_one_outcome || object.contains("params"))
        return refuse(kInvalidRequest, "neither a request nor a response", "E_MESSAGE");
    message.kind = Message::Kind::response;
    message.outcome = outcome_of(object);
    return message;
}

}  // namespace

std::unexpected<RpcError> refuse(std::int64_t code, std::string message, std::string reason) {
    return std::unexpected{RpcError{code, std::move(message), {{"code", std::move(reason)}}}};
}

std::expected<Message, Unread> read_message(std::string_view text) {
    const auto json = parse_json(text, rpc::kJsonLimits);
    if (!json) {
        return std::unexpected{
            Unread{{}, {kParseError, json.error().detail, {{"code", reason_of(json.error())}}}}};
    }
    auto message = read_object(*json);
    if (message) return *std::move(message);
    Json id;
    if (json->is_object())
        if (const auto found = json->find("id"); found != json->end() && rpc::is_id(*found))
            id = *found;
    return std::unexpected{Unread{std::move(id), std::move(message.error())}};
}

Json response_to(const Json& id, const RpcResult<Json>& outcome) {
    Json out{{"jsonrpc", "2.0"}};
    if (!id.is_null()) out["id"] = id;
    if (outcome) {
        out["result"] = *outcome;
    } else {
        out["error"] = rpc::to_json(outcome.error());
    }
    return out;
}

std::string text_member(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_string()) return {};
    return found->get<std::string>();
}

Json object_member(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_object()) return Json::object();
    return *found;
}

}  // namespace chela::sidecar::mcp
