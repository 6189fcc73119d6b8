#pragma once

#include <exception>

namespace chela::sidecar {

/// How a coroutine ends that nobody waits for: what it throws is thrown where its executor runs,
/// and not lost.
inline void rethrow(const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
}

}  // namespace chela::sidecar
