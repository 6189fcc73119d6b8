#pragma once

#include <string>

namespace chela::signer::pkcs11 {

/// Remembers for the life of the process which tokens refused their PIN, so that neither this Token
/// nor one that is opened later spends another of the few tries before the token locks itself.
/// Threads: safe.
void latch_refused_pin(const std::string& token_identity);
[[nodiscard]] bool is_pin_latched(const std::string& token_identity);

}  // namespace chela::signer::pkcs11
