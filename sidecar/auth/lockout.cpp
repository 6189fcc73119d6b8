#include "sidecar/auth/lockout.hpp"

#include "sidecar/auth/api_key.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace chela::sidecar::auth {

namespace {

// More secrets than a sidecar has callers.
constexpr std::size_t kMostRemembered = 4'096;

Error locked_out(const http::Request& request, std::chrono::milliseconds wait) {
    const auto seconds = sidecar::retry_after(wait);
    *request.retry_after = seconds;
    return {
        ErrorCode::rate_limited,
        fmt::format(
            "too many wrong credentials from here; nothing new is looked at for {} s",
            seconds.count()),
        "E_AUTH_FAILURES"};
}

}  // namespace

Status Lockout::admit(const http::Request& request, std::string_view secret) const {
    const auto wait = failures_.wait(request.peer_name, std::chrono::steady_clock::now());
    if (!wait || right_.contains(hash_api_key(secret))) return {};
    return std::unexpected{locked_out(request, *wait)};
}

void Lockout::remember(std::string_view secret) {
    const Hash256 hash = hash_api_key(secret);
    if (!right_.insert(hash).second) return;
    order_.push_back(hash);
    if (order_.size() <= kMostRemembered) return;
    right_.erase(order_.front());
    order_.pop_front();
}

Error Lockout::count(const http::Request& request, std::string_view secret, const Error& error) {
    const Hash256 hash = hash_api_key(secret);
    if (right_.erase(hash) > 0) std::erase(order_, hash);
    const auto wait = failures_.take(request.peer_name, std::chrono::steady_clock::now());
    return wait ? locked_out(request, *wait) : error;
}

}  // namespace chela::sidecar::auth
