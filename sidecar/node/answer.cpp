#include "sidecar/node/answer.hpp"

#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::node {
namespace {

constexpr JsonLimits kLimits{.max_depth = 64};  // traces of nested calls need two levels a call

Result<RpcError> decode_error(const Json& error) {
    if (!error.is_object()) return fail(ErrorCode::bad_response, "error is not an object");
    const auto code = error.find("code");
    constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (code == error.end() || !code->is_number_integer() ||
        (code->is_number_unsigned() && code->get<std::uint64_t>() > kLargest)) {
        return fail(ErrorCode::bad_response, "error has no integer code");
    }
    const auto message = error.find("message");
    if (message == error.end() || !message->is_string()) {
        return fail(ErrorCode::bad_response, "error has no message");
    }
    RpcError out{code->get<std::int64_t>(), message->get<std::string>(), {}};
    if (const auto data = error.find("data"); data != error.end()) out.data = data->dump();
    return out;
}

Result<RpcAnswer> decode(std::string_view body, std::uint64_t id) {
    auto parsed = parse_json(body, kLimits);
    if (!parsed) return fail(ErrorCode::bad_response, "it is not JSON: " + parsed.error().detail);
    if (!parsed->is_object()) return fail(ErrorCode::bad_response, "it is not an object");
    const auto version = parsed->find("jsonrpc");
    if (version == parsed->end() || *version != "2.0") {
        return fail(ErrorCode::bad_response, "jsonrpc is not \"2.0\"");
    }
    const auto answered = parsed->find("id");
    if (answered == parsed->end() || !answered->is_number_integer() || *answered != id) {
        return fail(ErrorCode::bad_response, "its id is not the request's");
    }
    const auto result = parsed->find("result");
    const auto error = parsed->find("error");
    if ((result == parsed->end()) == (error == parsed->end())) {
        return fail(ErrorCode::bad_response, "it does not have exactly one of result and error");
    }
    if (error != parsed->end()) {
        auto decoded = decode_error(*error);
        if (!decoded) return std::unexpected{decoded.error()};
        return RpcAnswer{nullptr, std::move(*decoded)};
    }
    return RpcAnswer{std::make_shared<const Json>(std::move(*result)), std::nullopt};
}

}  // namespace

Result<std::string> encode_request(
    std::uint64_t id, const std::string& method, const Json& parameters) {
    if (!parameters.is_array()) {
        return fail(ErrorCode::invalid_input, "the parameters of a JSON-RPC call are an array");
    }
    const Json request = {
        {"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", parameters}};
    try {
        return request.dump();
    } catch (const Json::type_error&) {
        return fail(ErrorCode::invalid_input, "a JSON-RPC call's text is not UTF-8");
    }
}

Result<RpcAnswer> decode_answer(std::string_view body, std::uint64_t id, std::string_view origin) {
    auto answer = decode(body, id);
    if (!answer) {
        return fail(
            ErrorCode::bad_response,
            fmt::format(
                "{} answered something that is no JSON-RPC answer to this call: {}", origin,
                answer.error().detail),
            "E_NODE_ANSWER");
    }
    return answer;
}

}  // namespace chela::sidecar::node
