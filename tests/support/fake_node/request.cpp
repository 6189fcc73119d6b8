#include "tests/support/fake_node/request.hpp"

#include <nlohmann/json.hpp>

namespace chela::test::fake_node {
namespace {

constexpr JsonLimits kLimits{.max_depth = 64};

Json envelope(const Json& id, const sidecar::node::RpcAnswer& answer) {
    Json out = {{"jsonrpc", "2.0"}, {"id", id}};
    if (!answer.error) {
        out["result"] = *answer.result;
        return out;
    }
    out["error"] = {{"code", answer.error->code}, {"message", answer.error->message}};
    if (!answer.error->data.empty()) {
        auto data = parse_json(answer.error->data);
        if (data) out["error"]["data"] = *std::move(data);
    }
    return out;
}

/// @return the answer's object, or what happens instead of it
std::variant<Json, Reply> serve_one(FakeEndpoint& endpoint, const Json& request) {
    const auto invalid = [] { return envelope(nullptr, error(-32600, "invalid request")); };
    if (!request.is_object()) return invalid();
    const auto method = request.find("method");
    if (method == request.end() || !method->is_string()) return invalid();
    const auto parameters = request.find("params");
    const Json none = Json::array();
    auto reply = endpoint.serve(
        method->get<std::string>(), parameters == request.end() ? none : *parameters);
    const auto* const answer = std::get_if<sidecar::node::RpcAnswer>(&reply);
    if (answer == nullptr) return reply;
    const auto id = request.find("id");
    return envelope(id == request.end() ? Json{} : *id, *answer);
}

HttpReply instead(const Reply& reply) {
    struct Instead {
        HttpReply operator()(const sidecar::node::RpcAnswer&) const {
            bug("an answer is no fault");
        }
        HttpReply operator()(NoConnection none) const { return none; }
        HttpReply operator()(NoReply none) const { return none; }
        HttpReply operator()(HttpStatus http) const { return http; }
        HttpReply operator()(const Garbage& garbage) const { return garbage.body; }
    };
    return std::visit(Instead{}, reply);
}

}  // namespace

HttpReply serve_body(FakeEndpoint& endpoint, std::string_view body) {
    const auto request = parse_json(body, kLimits);
    if (!request) return envelope(nullptr, error(-32700, "parse error")).dump();
    if (!request->is_array()) {
        const auto served = serve_one(endpoint, *request);
        const auto* const object = std::get_if<Json>(&served);
        return object == nullptr ? instead(std::get<Reply>(served)) : HttpReply{object->dump()};
    }
    if (request->empty()) return envelope(nullptr, error(-32600, "empty batch")).dump();
    Json out = Json::array();
    for (const Json& each : *request) {
        const auto served = serve_one(endpoint, each);
        const auto* const object = std::get_if<Json>(&served);
        if (object == nullptr) return instead(std::get<Reply>(served));
        out.push_back(*object);
    }
    return out.dump();
}

}  // namespace chela::test::fake_node
