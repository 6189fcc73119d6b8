#include "signer/pkcs11/pin_latch.hpp"

#include <mutex>
#include <set>

namespace chela::signer::pkcs11 {

namespace {

struct Latch {
    std::mutex mutex;
    std::set<std::string> refused;
};

Latch& latch() {
    static Latch instance;
    return instance;
}

}  // namespace

void latch_refused_pin(const std::string& token_identity) {
    const std::lock_guard lock{latch().mutex};
    latch().refused.insert(token_identity);
}

bool is_pin_latched(const std::string& token_identity) {
    const std::lock_guard lock{latch().mutex};
    return latch().refused.contains(token_identity);
}

}  // namespace chela::signer::pkcs11
