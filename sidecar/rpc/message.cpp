#include "sidecar/rpc/message.hpp"

#include "chains/node/printable.hpp"
#include "sidecar/rpc/error.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

namespace chela::sidecar::rpc {
namespace {

std::unexpected<RpcError> invalid(std::string message) {
    return std::unexpected{RpcError{kInvalidRequest, std::move(message), {}}};
}

/// What no JSON-RPC client sends is no request, whatever it was meant to be.
std::optional<std::string> foreign_member(const Json& object) {
    constexpr std::array<std::string_view, 4> kMembers{"jsonrpc", "id", "method", "params"};
    for (const auto& [name, value] : object.items())
        if (std::ranges::find(kMembers, name) == kMembers.end()) return name;
    return std::nullopt;
}

RpcResult<Call> read_call(const Json& object) {
    if (!object.is_object()) return invalid("a request is an object");
    const auto member = [&object](const char* name) {
        const auto found = object.find(name);
        return found == object.end() ? Json{} : *found;
    };
    if (member("jsonrpc") != Json("2.0")) return invalid("jsonrpc: expected \"2.0\"");
    Call call;
    call.id = member("id");
    if (!is_id(call.id)) {
        return invalid(
            "id: expected a string or an integer; a call whose end nobody hears of is not carried "
            "out");
    }
    const Json method = member("method");
    if (!method.is_string()) return invalid("method: expected a string");
    call.method = method.get<std::string>();
    if (const auto name = foreign_member(object))
        return invalid("a request has no member " + chains::node::printable(*name, kMaxName));
    if (Json params = member("params"); !params.is_null()) call.params = std::move(params);
    if (!call.params.is_array() && !call.params.is_object())
        return invalid("params: expected an array");
    return call;
}

Entry read_entry(const Json& object) {
    Entry entry{.id = {}, .call = read_call(object)};
    if (object.is_object()) {
        const auto id = object.find("id");
        if (id != object.end() && is_id(*id)) entry.id = *id;
    }
    return entry;
}

}  // namespace

bool is_id(const Json& value) {
    return value.is_string() || value.is_number_integer();
}

RpcResult<Body> read_body(std::string_view text) {
    const auto json = parse_json(text, kJsonLimits);
    if (!json) return std::unexpected{RpcError{kParseError, json.error().detail, {}}};
    Body body{.is_batch = json->is_array(), .entries = {}};
    if (!body.is_batch) {
        body.entries.push_back(read_entry(*json));
        return body;
    }
    if (json->empty() || json->size() > kMaxBatch)
        return invalid(fmt::format("a batch holds 1 to {} requests", kMaxBatch));
    body.entries.reserve(json->size());
    for (const auto& object : *json)
        body.entries.push_back(read_entry(object));
    return body;
}

std::string to_text(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json to_json(const RpcError& error) {
    Json out = {{"code", error.code}, {"message", error.message}};
    if (!error.data.is_null()) out["data"] = error.data;
    return out;
}

std::string response_text(const Json& id, const RpcResult<std::string>& outcome) {
    if (outcome) {
        return fmt::format(R"({{"id":{},"jsonrpc":"2.0","result":{}}})", to_text(id), *outcome);
    }
    return to_text({{"id", id}, {"jsonrpc", "2.0"}, {"error", to_json(outcome.error())}});
}

}  // namespace chela::sidecar::rpc
