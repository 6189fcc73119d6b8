#include "sidecar/mcp/lifecycle.hpp"

#include "chains/node/printable.hpp"
#include "sidecar/mcp/headers.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace chela::sidecar::mcp {
namespace {

std::unexpected<RpcError> unsupported(const std::string& version) {
    return std::unexpected{RpcError{
        kUnsupportedVersion,
        "this revision of the protocol is not spoken here",
        {{"code", "E_PROTOCOL_VERSION"},
         {"supported", kVersions},
         {"requested", chains::node::printable(version, rpc::kMaxName)}}}};
}

RpcResult<Era> era_of_version(const std::string& version) {
    if (version == kModernVersion) return Era::modern;
    if (std::ranges::find(kVersions, version) != kVersions.end()) return Era::legacy;
    return unsupported(version);
}

/// The version that the client asks for, or the one that it may take instead.
Answer initialize(About about, Call call) {
    const auto version = text_member(call.params, "protocolVersion");
    if (version.empty())
        co_return refuse(kInvalidParams, "protocolVersion: required", "E_PROTOCOL_VERSION");
    const auto era = era_of_version(version);
    Json result{
        {"protocolVersion", era == Era::legacy ? version : std::string{kLegacyVersion}},
        {"capabilities", about.capabilities},
        {"serverInfo", server_info(about)}};
    if (!about.instructions.empty()) result["instructions"] = about.instructions;
    co_return result;
}

Answer ping(Call) {
    co_return Json::object();
}

Answer discover(About about, Call) {
    Json result{{"supportedVersions", kVersions}, {"capabilities", about.capabilities}};
    if (!about.instructions.empty()) result["instructions"] = about.instructions;
    co_return result;
}

}  // namespace

RpcResult<Era> era_of(const http::Request& request, const Message& message) {
    const auto read = mirrored(request, "mcp-protocol-version");
    if (!read) return std::unexpected{read.error()};
    const std::optional<std::string>& header = *read;
    const auto claimed = text_member(object_member(message.params, "_meta"), kMetaVersion);
    if (claimed.empty()) {
        // Clients of before 2025-06-18 name no version, and initialize names it in its parameters.
        if (!header) return Era::legacy;
        return era_of_version(*header);
    }
    if (header && *header != claimed) {
        return refuse(
            kHeaderMismatch, "the header MCP-Protocol-Version is not what the body says",
            "E_HEADER_MISMATCH");
    }
    if (claimed != kModernVersion) return unsupported(claimed);
    return Era::modern;
}

Json server_info(const About& about) {
    return {{"name", about.name}, {"title", about.title}, {"version", about.version}};
}

std::vector<Method> lifecycle(const About& about) {
    std::vector<Method> methods;
    methods.push_back(
        {.name = "initialize",
         .handler = [about](Call call) { return initialize(about, std::move(call)); },
         .eras = Method::Eras::legacy,
         .named_by = {}});
    methods.push_back(
        {.name = "ping", .handler = ping, .eras = Method::Eras::legacy, .named_by = {}});
    methods.push_back(
        {.name = "server/discover",
         .handler = [about](Call call) { return discover(about, std::move(call)); },
         .eras = Method::Eras::modern,
         .result = Method::Result::cacheable,
         .named_by = {}});
    return methods;
}

}  // namespace chela::sidecar::mcp
