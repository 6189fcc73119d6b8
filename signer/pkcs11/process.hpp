#pragma once

#include "chains/base/result.hpp"

namespace chela::signer::pkcs11 {

/// From now on a child made by fork() without exec is refused: SoftHSM would let it sign with the
/// parent's sessions. Idempotent. Threads: safe.
void poison_forked_children();

/// @return unavailable, reason E_FORKED, in a poisoned child
[[nodiscard]] Status refuse_after_fork();

/// p11-kit's remote modules write to a socket without MSG_NOSIGNAL: a dead server would end this
/// process. A handler that the program installed is left alone.
void ignore_default_sigpipe();

}  // namespace chela::signer::pkcs11
