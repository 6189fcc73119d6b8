#include "sidecar/node/url.hpp"

#include "sidecar/node/client.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>
#include <openssl/evp.h>

namespace chela::sidecar::node {
namespace {

namespace urls = boost::urls;

constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;
constexpr std::size_t kMaxHostName = 253;  // Source: RFC 1035, section 2.3.4

std::unexpected<Error> refuse(std::string_view why) {
    return fail(ErrorCode::invalid_input, fmt::format("the node's URL {}", why), "E_NODE_URL");
}

bool is_host_name(std::string_view name) {
    const bool is_written_right = std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.' || c == '_';
    });
    return !name.empty() && name.size() <= kMaxHostName && is_written_right;
}

std::string base64(std::string_view text) {
    std::string out((text.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock adds a NUL
    const int written = EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(out.data()),
        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    out.resize(static_cast<std::size_t>(written));
    return out;
}

Status take_host(const urls::url_view& url, Endpoint& out) {
    switch (url.host_type()) {
        case urls::host_type::ipv4:
        case urls::host_type::ipv6:
            out.host_kind = HostKind::address;
            break;
        case urls::host_type::name:
            out.host_kind = HostKind::name;
            break;
        case urls::host_type::none:
        case urls::host_type::ipvfuture:
            return refuse("has no host name or IP address");
    }
    out.host = url.host_address();
    if (out.host_kind == HostKind::name && !is_host_name(out.host)) {
        return refuse(
            "has no host, or one of other characters than letters, digits, dots and dashes");
    }
    return {};
}

Status take_port(const urls::url_view& url, Endpoint& out) {
    const bool is_tls = out.transport == Transport::tls;
    out.port = is_tls ? kHttpsPort : kHttpPort;
    if (!url.has_port()) return {};
    // Read here: port_number() of Boost 1.81 wraps some numbers that do not fit.
    const std::string_view digits{url.port().data(), url.port().size()};
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), out.port);
    if (error != std::errc{} || end != digits.data() + digits.size() || out.port == 0) {
        return refuse("has a port that is not 1 to 65535");
    }
    return {};
}

Status take_user_info(const urls::url_view& url, Endpoint& out) {
    if (!url.has_userinfo()) return {};
    const std::string user = url.user();
    // Source: RFC 7617, section 2: the first colon ends the user's name.
    if (user.find(':') != std::string::npos) return refuse("has a colon in the user name");
    out.authorization = "Basic " + base64(user + ":" + url.password());
    return {};
}

void name_the_host(const urls::url_view& url, Endpoint& out) {
    const bool is_tls = out.transport == Transport::tls;
    const bool is_v6 = url.host_type() == urls::host_type::ipv6;
    const std::string host = is_v6 ? fmt::format("[{}]", out.host) : out.host;
    const bool is_default = out.port == (is_tls ? kHttpsPort : kHttpPort);
    out.host_header = is_default ? host : fmt::format("{}:{}", host, out.port);
    out.origin = fmt::format("{}://{}:{}", is_tls ? "https" : "http", host, out.port);
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view text) {
    const auto parsed = urls::parse_uri({text.data(), text.size()});
    if (!parsed) return refuse("is not a URL");
    const urls::url_view& url = *parsed;
    Endpoint out;
    if (url.scheme_id() == urls::scheme::https) {
        out.transport = Transport::tls;
    } else if (url.scheme_id() == urls::scheme::http) {
        out.transport = Transport::plain;
    } else {
        return refuse("must start with http:// or https://");
    }
    if (!url.has_authority()) return refuse("has no host");
    if (url.has_fragment()) return refuse("has a fragment (#), which cannot be sent");
    if (auto taken = take_host(url, out); !taken) return std::unexpected{taken.error()};
    if (auto taken = take_port(url, out); !taken) return std::unexpected{taken.error()};
    if (auto taken = take_user_info(url, out); !taken) return std::unexpected{taken.error()};
    name_the_host(url, out);
    const std::string_view path{url.encoded_path().data(), url.encoded_path().size()};
    // Boost 1.81 reads 1.1.1.1.example.org as the host 1.1.1.1 and the path .example.org.
    if (!path.empty() && path.front() != '/') return refuse("has a host that cannot be read");
    out.target = path.empty() ? "/" : path;
    if (url.has_query()) {
        out.target += '?';
        out.target.append(url.encoded_query().data(), url.encoded_query().size());
    }
    return out;
}

std::string display_origin(std::string_view url) {
    const auto endpoint = parse_endpoint(url);
    return endpoint ? endpoint->origin : "(not a usable URL)";
}

}  // namespace chela::sidecar::node
