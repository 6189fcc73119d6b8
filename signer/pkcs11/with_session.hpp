#pragma once

#include "signer/pkcs11/session_pool.hpp"

#include <type_traits>
#include <utility>

namespace chela::signer::pkcs11 {

/// Runs `job(lease)` with a leased session; a failure is mended and the job run again, each remedy
/// once.
template <class T, class Job>
[[nodiscard]] Result<T> with_session(SessionPool& pool, Access access, Job&& job) {
    unsigned tried = 0;
    for (;;) {
        const auto once = [&]() -> Attempt<T> {
            auto lease = pool.lease(access);
            if (!lease) return std::unexpected{lease.error()};
            Attempt<T> attempt = job(*lease);
            if (attempt) return attempt;
            lease->discard();
            Failure failure = std::move(attempt.error());
            failure.generation = lease->generation();
            return std::unexpected{std::move(failure)};
        };
        Attempt<T> attempt = once();
        if (attempt) {
            if constexpr (std::is_void_v<T>) {
                return {};
            } else {
                return std::move(*attempt);
            }
        }
        if (auto mended = pool.mend(attempt.error(), tried); !mended) {
            return std::unexpected{mended.error()};
        }
    }
}

}  // namespace chela::signer::pkcs11
