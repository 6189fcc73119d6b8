#include "chains/base/result.hpp"
#include "sidecar/hooks/backoff.hpp"
#include "sidecar/hooks/reach.hpp"
#include "sidecar/hooks/target.hpp"

#include <cstdint>
#include <string_view>

using namespace chela;
using namespace chela::sidecar;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using hooks::PrivateTargets;
using hooks::Reach;

/// No URL that passes may lead where nobody may call, in clear text off this machine, or carry
/// what would break a request's lines.
void check_url(std::string_view text) {
    const auto strict = hooks::parse_target(text, PrivateTargets::refuse);
    const auto wide = hooks::parse_target(text, PrivateTargets::allow);
    if (!strict && !wide && strict.error().reason != "E_WEBHOOK_URL") bug("a reason of its own");
    if (!strict) return;
    if (!wide) bug("a wider rule refuses more");
    const auto& endpoint = strict->endpoint;
    if (endpoint.authorization) bug("user info was taken");
    if (endpoint.transport == node::Transport::plain && !strict->is_loopback)
        bug("clear text would leave the machine");
    if (!endpoint.target.starts_with('/')) bug("a request that asks for no path");
    for (const char c : endpoint.target + endpoint.host_header)
        if (c <= ' ' || c > '~') bug("a character that breaks the request was taken");
    boost::system::error_code code;
    const auto address = boost::asio::ip::make_address(endpoint.host, code);
    if (code || endpoint.host_kind != node::HostKind::address) return;
    const Reach reach = hooks::reach_of(address);
    if (reach == Reach::nowhere || reach == Reach::private_network)
        bug("an address that may not be called was taken");
}

void check_retry_after(std::string_view text) {
    const TimePoint now{std::chrono::seconds{1'800'000'000}};
    const auto asked = hooks::parse_retry_after(text, now);
    if (asked && (asked->count() < 0 || asked->count() > 86'400)) bug("a wait out of bounds");
    const auto delay = hooks::delay_after(text.size(), text.size() * 7'919, asked);
    if (delay < std::chrono::seconds{1} || delay > hooks::kMaxDelay) bug("a delay out of bounds");
}

}  // namespace

/// The same bytes as a webhook's URL and as a receiver's Retry-After.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    check_url(text);
    check_retry_after(text);
    return 0;
}
