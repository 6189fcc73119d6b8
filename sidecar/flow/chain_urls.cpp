#include "sidecar/flow/chain_urls.hpp"

#include "sidecar/node/client.hpp"
#include "sidecar/node/url.hpp"

#include <boost/asio/ip/address.hpp>

namespace chela::sidecar::flow {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t kMaxUrl = 2'048;
constexpr std::string_view kPlainWs = "ws://";
constexpr std::string_view kTlsWs = "wss://";

std::unexpected<Error> refuse(std::string_view what, std::string_view why) {
    return fail(
        ErrorCode::invalid_input, std::string{what} + ": " + std::string{why}, "E_CHAIN_URL");
}

/// Source: RFC 1918; RFC 4193 for fc00::/7. Not link-local: cloud machines keep secrets there.
bool is_near(const ip::address_v4& address) {
    const auto bytes = address.to_bytes();
    return address.is_loopback() || bytes[0] == 10 || (bytes[0] == 172 && bytes[1] / 16 == 1) ||
           (bytes[0] == 192 && bytes[1] == 168);
}

bool is_near(const ip::address& address) {
    if (address.is_v4()) return is_near(address.to_v4());
    const auto v6 = address.to_v6();
    if (v6.is_v4_mapped()) return is_near(ip::make_address_v4(ip::v4_mapped, v6));
    constexpr unsigned kUniqueLocal = 0xfc;
    constexpr unsigned kItsBits = 0xfe;
    return v6.is_loopback() || (v6.to_bytes()[0] & kItsBits) == kUniqueLocal;
}

/// A name could be anybody's when it is looked up next time; only this one never is.
bool is_near(const node::Endpoint& endpoint) {
    if (endpoint.host_kind == node::HostKind::name) return endpoint.host == "localhost";
    boost::system::error_code failed;
    const auto address = ip::make_address(endpoint.host, failed);
    return !failed && is_near(address);
}

Status check_node_url(std::string_view what, std::string_view url) {
    if (url.size() > kMaxUrl) return refuse(what, "the URL is longer than 2048 bytes");
    const auto endpoint = node::parse_endpoint(url);
    if (!endpoint) return refuse(what, endpoint.error().detail);
    if (endpoint->transport == node::Transport::tls || is_near(*endpoint)) return {};
    return fail(
        ErrorCode::invalid_input,
        std::string{what} +
            ": without TLS a node must be on this machine or at a private address; use the URL "
            "with TLS, or write the chain in chela.yaml",
        "E_CHAIN_INSECURE_URL");
}

/// The http URL of the same place; empty: another scheme.
std::string as_http(std::string_view url) {
    if (url.starts_with(kTlsWs)) return "https://" + std::string{url.substr(kTlsWs.size())};
    if (url.starts_with(kPlainWs)) return "http://" + std::string{url.substr(kPlainWs.size())};
    return {};
}

}  // namespace

Status check_rpc_url(std::string_view url) {
    return check_node_url("rpc_url", url);
}

Status check_ws_url(std::string_view url) {
    const auto http = as_http(url);
    if (http.empty()) return refuse("ws_url", "the node's URL must start with wss:// or ws://");
    return check_node_url("ws_url", http);
}

Status check_explorer_url(std::string_view url) {
    if (url.size() > kMaxUrl) return refuse("explorer_url", "the URL is longer than 2048 bytes");
    const auto endpoint = node::parse_endpoint(url);
    if (!endpoint || endpoint->authorization)
        return refuse("explorer_url", "expected an https:// or http:// URL without user info");
    return {};
}

std::string ws_origin(std::string_view url) {
    const auto http = as_http(url);
    const auto origin = node::display_origin(http);
    return origin.starts_with("http") ? "ws" + origin.substr(std::string_view{"http"}.size())
                                      : origin;
}

bool is_bare_url(std::string_view url) {
    const auto endpoint = node::parse_endpoint(url);
    return endpoint && !endpoint->authorization && endpoint->target == "/";
}

}  // namespace chela::sidecar::flow
