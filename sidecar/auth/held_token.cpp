#include "sidecar/auth/held_token.hpp"

#include "sidecar/auth/renewal.hpp"

#include <algorithm>

#include <openssl/crypto.h>

namespace chela::sidecar::auth {

namespace {

constexpr std::chrono::seconds kMaxStepBack{60};

}  // namespace

// Counted from its arrival: a token that is old when it comes must not be renewed at once, again
// and again.
HeldToken::HeldToken(AccessToken token, Moment received, double jitter01)
    : token_{std::move(token)},
      received_{received},
      renewal_{renew_at(received.wall, token_.expires_at, jitter01)} {}

HeldToken::~HeldToken() {
    OPENSSL_cleanse(token_.token.data(), token_.token.size());
}

bool HeldToken::is_usable(Moment now) const {
    using std::chrono::milliseconds;
    const auto life = token_.expires_at - token_.issued_at;
    const auto age = std::chrono::ceil<milliseconds>(now.monotonic - received_.monotonic);
    const bool was_set_back = (now.wall - received_.wall) - age < -kMaxStepBack;
    const milliseconds left = std::min<milliseconds>(token_.expires_at - now.wall, life - age);
    return !was_set_back && left > milliseconds{0} && left >= validity_margin(life);
}

}  // namespace chela::sidecar::auth
