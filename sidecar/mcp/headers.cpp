#include "sidecar/mcp/headers.hpp"

#include "sidecar/auth/base64url.hpp"

#include <algorithm>
#include <utility>

namespace chela::sidecar::mcp {
namespace {

std::unexpected<RpcError> mismatch(std::string message) {
    return refuse(kHeaderMismatch, std::move(message), "E_HEADER_MISMATCH");
}

/// Source: RFC 4648, 4, with its padding.
Result<Bytes> parse_base64(std::string text) {
    if (text.size() % 4 != 0 || text.find_first_of("-_") != std::string::npos)
        return fail(ErrorCode::invalid_input, "not base64");
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding)
        text.pop_back();
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return auth::parse_base64url(text);
}

RpcResult<void> check_one(
    const http::Request& request,
    const std::string& name,
    std::string_view lower_case_name,
    const std::string& expected) {
    const auto value = mirrored(request, lower_case_name);
    if (!value) return std::unexpected{value.error()};
    const std::optional<std::string>& text = *value;
    if (!text) return mismatch("the header " + name + " is missing");
    if (*text == expected) return {};
    return mismatch("the header " + name + " is not what the body says");
}

}  // namespace

RpcResult<std::optional<std::string>> mirrored(
    const http::Request& request, std::string_view lower_case_name) {
    constexpr std::string_view kOpening = "=?base64?";
    constexpr std::string_view kClosing = "?=";
    const std::string name{lower_case_name};
    const auto has_name = [&](const auto& field) { return field.first == lower_case_name; };
    if (std::ranges::count_if(request.headers, has_name) > 1)
        return mismatch("the header " + name + " is there twice");
    const auto found = request.header(lower_case_name);
    if (!found) return std::nullopt;
    std::string_view value = *found;
    const bool is_encoded = value.size() >= kOpening.size() + kClosing.size() &&
                            value.starts_with(kOpening) && value.ends_with(kClosing);
    if (!is_encoded) return std::string{value};
    value.remove_prefix(kOpening.size());
    value.remove_suffix(kClosing.size());
    const auto bytes = parse_base64(std::string{value});
    if (!bytes) return mismatch("the header " + name + " is not base64");
    return std::string{bytes->begin(), bytes->end()};
}

RpcResult<void> check_headers(
    const http::Request& request, const Message& message, const std::string& named_by) {
    const auto version = text_member(object_member(message.params, "_meta"), kMetaVersion);
    if (auto ok = check_one(request, "MCP-Protocol-Version", "mcp-protocol-version", version); !ok)
        return ok;
    if (auto ok = check_one(request, "Mcp-Method", "mcp-method", message.method); !ok) return ok;
    if (named_by.empty()) return {};
    const auto named = text_member(message.params, named_by.c_str());
    // What has no name is refused by the method, in its own words.
    if (named.empty()) return {};
    return check_one(request, "Mcp-Name", "mcp-name", named);
}

}  // namespace chela::sidecar::mcp
