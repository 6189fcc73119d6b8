#pragma once

#include <exception>
#include <string>

namespace chela::sidecar {

/// How a coroutine ends that nobody waits for: what it throws is thrown where its executor runs,
/// and not lost.
inline void rethrow(const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
}

/// What it says of itself, for the log.
inline std::string what_of(const std::exception_ptr& thrown) {
    try {
        rethrow(thrown);
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "not a std::exception";
    }
    return {};
}

}  // namespace chela::sidecar
