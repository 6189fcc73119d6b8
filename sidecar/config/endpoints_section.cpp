#include "sidecar/config/sections.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

namespace chela::sidecar::config {
namespace {

constexpr std::size_t kMaxEndpoints = 8;
constexpr std::size_t kMaxHeaders = 8;
constexpr std::size_t kMaxHeaderName = 64;

/// @param secure, plain  the schemes that it may begin with
void check_url(
    const Section& section,
    std::string_view key,
    std::string_view url,
    std::string_view secure,
    std::string_view plain) {
    const std::string_view scheme = url.starts_with(secure) ? secure : plain;
    if (!url.starts_with(scheme)) {
        return section.problem(
            key, fmt::format("expected a URL that begins with {} or {}", secure, plain));
    }
    const auto authority =
        url.substr(scheme.size(), url.find_first_of("/?#", scheme.size()) - scheme.size());
    const auto host = authority.substr(authority.rfind('@') + 1);
    if (host.empty() || host.front() == ':' || url.find(' ') != std::string_view::npos)
        section.problem(key, "the URL has no host or holds a space");
}

std::optional<std::string> read_ws_url(const Section& section) {
    if (!section.has("ws_url")) return std::nullopt;
    auto url = section.text("ws_url", {});
    check_url(section, "ws_url", url, "wss://", "ws://");
    return url;
}

std::string lower_case(std::string_view text) {
    std::string out{text};
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

/// Source: RFC 9110, section 5.6.2, without the signs that no header has.
bool is_header_name(std::string_view name) {
    return !name.empty() && name.size() <= kMaxHeaderName && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    });
}

/// They belong to the connection or to the body; what is written there could split a request.
bool is_taken(const std::string& name) {
    constexpr std::array<std::string_view, 12> kTaken{
        "accept",  "authorization", "connection", "content-encoding",  "content-length",
        "expect",  "content-type",  "host",       "transfer-encoding", "te",
        "trailer", "upgrade"};
    return std::ranges::find(kTaken, name) != kTaken.end() || name.starts_with("sec-websocket-");
}

HeaderConfig read_header(
    const Section& section, const std::filesystem::path& dir, std::set<std::string>& names) {
    HeaderConfig header;
    header.name = section.required_text("name", "X-Api-Key");
    const auto name = lower_case(header.name);
    if (!is_header_name(name))
        section.problem("name", "expected 1 to 64 letters, digits and dashes, such as X-Api-Key");
    if (is_taken(name)) {
        section.problem(
            "name", name == "authorization" ? "write authorization_file: instead"
                                            : "this header is chela's own to write");
    }
    if (!names.insert(name).second) section.problem("name", "this header is there already");
    if (!section.has("value_file"))
        section.problem("value_file", "is required, for example secrets/rpc.key");
    header.value_file = section.path("value_file", dir).value_or(std::filesystem::path{});
    return header;
}

bool has_user_info(std::string_view url) {
    const auto begin = url.find("//");
    if (begin == std::string_view::npos) return false;
    const auto authority = url.substr(begin + 2, url.find_first_of("/?#", begin + 2) - begin - 2);
    return authority.find('@') != std::string_view::npos;
}

EndpointConfig read_endpoint(const Section& section, const std::filesystem::path& dir) {
    EndpointConfig endpoint;
    endpoint.url = section.required_text("url", "https://rpc.example.org");
    check_http_url(section, "url", endpoint.url);
    endpoint.ws_url = read_ws_url(section);
    endpoint.ca_file = section.path("ca_file", dir);
    endpoint.authorization_file = section.path("authorization_file", dir);
    if (endpoint.authorization_file && has_user_info(endpoint.url)) {
        section.problem("authorization_file", "the URL has a user already; keep one of the two");
    }
    std::set<std::string> names;
    for (const auto& item : section.items("headers"))
        endpoint.headers.push_back(read_header(item, dir, names));
    if (endpoint.headers.size() > kMaxHeaders)
        section.problem("headers", fmt::format("at most {} headers", kMaxHeaders));
    return endpoint;
}

EndpointConfig read_single(const Section& chain) {
    EndpointConfig endpoint;
    endpoint.url = chain.required_text("rpc_url", "https://rpc.example.org");
    check_http_url(chain, "rpc_url", endpoint.url);
    endpoint.ws_url = read_ws_url(chain);
    return endpoint;
}

}  // namespace

void check_http_url(const Section& section, std::string_view key, std::string_view url) {
    check_url(section, key, url, "https://", "http://");
}

std::vector<EndpointConfig> read_endpoints(const Section& chain, const std::filesystem::path& dir) {
    if (!chain.has("endpoints")) return {read_single(chain)};
    for (const std::string_view key : {"rpc_url", "ws_url"}) {
        if (chain.has(key)) {
            chain.problem(
                key,
                "endpoints names the nodes already; write this into one of them, or leave "
                "endpoints out");
        }
    }
    std::vector<EndpointConfig> endpoints;
    std::set<std::string> urls;
    for (const auto& item : chain.items("endpoints")) {
        endpoints.push_back(read_endpoint(item, dir));
        if (!urls.insert(endpoints.back().url).second)
            item.problem("url", "this node is there already");
    }
    if (endpoints.empty() || endpoints.size() > kMaxEndpoints)
        chain.problem("endpoints", fmt::format("expected 1 to {} nodes", kMaxEndpoints));
    return endpoints;
}

}  // namespace chela::sidecar::config
