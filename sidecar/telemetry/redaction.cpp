#include "sidecar/telemetry/redaction.hpp"

#include "sidecar/telemetry/log.hpp"
#include "signer/secret.hpp"

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <vector>

namespace chela::sidecar::log {

namespace {

struct Registry {
    std::shared_mutex mutex;
    std::vector<signer::Secret> secrets;  // longest first: a secret may be part of another
};

Registry& registry() {
    static Registry instance;
    return instance;
}

void replace_all(std::string& text, std::string_view secret) {
    std::size_t at = 0;
    while ((at = text.find(secret, at)) != std::string::npos) {
        text.replace(at, secret.size(), kRedacted);
        at += kRedacted.size();
    }
}

}  // namespace

void redact(std::string_view secret) {
    if (secret.size() < kMinSecretLength) return;
    Registry& known = registry();
    const std::unique_lock lock{known.mutex};
    const auto is_same = [&](const signer::Secret& other) { return other.reveal() == secret; };
    if (std::ranges::any_of(known.secrets, is_same)) return;
    const auto place = std::ranges::find_if(known.secrets, [&](const signer::Secret& other) {
        return other.reveal().size() < secret.size();
    });
    known.secrets.insert(place, signer::Secret{secret});
}

std::string redacted(std::string_view text) {
    std::string out{text};
    Registry& known = registry();
    const std::shared_lock lock{known.mutex};
    for (const signer::Secret& secret : known.secrets)
        replace_all(out, secret.reveal());
    return out;
}

}  // namespace chela::sidecar::log
