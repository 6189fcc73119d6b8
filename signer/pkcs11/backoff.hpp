#pragma once

#include <chrono>

namespace chela::signer::pkcs11 {

/// How long a token that is down is left alone: doubling from 500 ms to 30 s, of which a random
/// half is dropped, so that several replicas do not come back to one device at the same moment.
/// @param failures  attempts that failed in a row; 0: the last one succeeded
/// @param random    0 … 1
/// @return between half of the step and the whole of it
[[nodiscard]] std::chrono::milliseconds backoff(unsigned failures, double random);

}  // namespace chela::signer::pkcs11
