#include "sidecar/hooks/target.hpp"

#include "sidecar/hooks/reach.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

namespace chela::sidecar::hooks {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t kMaxUrl = 2'048;

std::unexpected<Error> refuse(std::string_view why) {
    return fail(ErrorCode::invalid_input, fmt::format("url: {}", why), "E_WEBHOOK_URL");
}

bool is_localhost(std::string host) {
    std::ranges::transform(host, host.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return host == "localhost";
}

/// Resolvers read 2852039166, 0xa9fea9fe or 127.1 as addresses: a name that ends in a number is
/// none. Source: WHATWG URL, "ends in a number".
bool ends_in_a_number(std::string_view host) {
    const auto last = host.substr(host.rfind('.') + 1);
    const bool is_hex = last.starts_with("0x") || last.starts_with("0X");
    return is_hex || std::ranges::all_of(last, [](char c) { return c >= '0' && c <= '9'; });
}

bool may_call(Reach reach, bool is_loopback, PrivateTargets private_targets) {
    switch (reach) {
        case Reach::nowhere:
            return false;
        case Reach::loopback:
            return is_loopback;
        case Reach::private_network:
            return !is_loopback && private_targets == PrivateTargets::allow;
        case Reach::internet:
            return !is_loopback;
    }
    bug("a Reach that does not exist");
}

Status check_address(Target& target, PrivateTargets private_targets) {
    boost::system::error_code code;
    const auto address = ip::make_address(target.endpoint.host, code);
    if (code) return refuse("the host is no IP address that can be read");
    const Reach reach = reach_of(address);
    target.is_loopback = reach == Reach::loopback;
    if (may_call(reach, target.is_loopback, private_targets)) return {};
    if (reach == Reach::private_network)
        return refuse("a private address needs webhooks.allow_private: true in chela.yaml");
    return refuse("link-local, metadata, multicast and reserved addresses are not called");
}

}  // namespace

Result<Target> parse_target(std::string_view url, PrivateTargets private_targets) {
    if (url.size() > kMaxUrl) return refuse("at most 2048 characters");
    auto endpoint = node::parse_endpoint(url);
    if (!endpoint)
        return refuse(
            "expected https://HOST/… with a plain host name or IP address, a port from 1 to "
            "65535 and no fragment");
    Target target{*std::move(endpoint), false};
    if (target.endpoint.authorization)
        return refuse("must not hold a user name or password; the signature says who is calling");
    switch (target.endpoint.host_kind) {
        case node::HostKind::address:
            if (auto ok = check_address(target, private_targets); !ok)
                return std::unexpected{ok.error()};
            break;
        case node::HostKind::name:
            if (ends_in_a_number(target.endpoint.host))
                return refuse("the host is an address in a spelling that is not understood");
            target.is_loopback = is_localhost(target.endpoint.host);
            break;
    }
    if (target.endpoint.transport == node::Transport::plain && !target.is_loopback)
        return refuse("http:// is for loopback addresses only; use https://");
    return target;
}

Result<std::vector<ip::tcp::endpoint>> allowed(
    const Target& target,
    const std::vector<ip::tcp::endpoint>& addresses,
    PrivateTargets private_targets) {
    std::vector<ip::tcp::endpoint> out;
    for (const auto& endpoint : addresses) {
        if (may_call(reach_of(endpoint.address()), target.is_loopback, private_targets))
            out.push_back(endpoint);
    }
    if (!out.empty()) return out;
    return fail(
        ErrorCode::denied,
        target.endpoint.origin +
            " resolves to no address that may be called (loopback, private, link-local, metadata "
            "and reserved ones may not)",
        "E_WEBHOOK_ADDRESS");
}

}  // namespace chela::sidecar::hooks
