#pragma once

#include "signer/pkcs11/session_pool.hpp"

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace chela::signer::pkcs11 {

/// Runs `job(lease)` on this thread; a failure is mended and the job run again, each remedy once.
template <class T, class Job>
[[nodiscard]] Result<T> mend_and_repeat(
    SessionPool& pool, Access access, SessionPool::Clock::time_point deadline, const Job& job) {
    unsigned tried = 0;
    for (;;) {
        const auto once = [&]() -> Attempt<T> {
            auto lease = pool.lease(access, deadline);
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
        const Failure& failure = attempt.error();
        if (SignerMetrics* const metrics = pool.options().runtime.metrics.get()) {
            metrics->failed(failure.cause.empty() ? failure.error.reason : failure.cause);
        }
        if (auto mended = pool.mend(failure, tried, deadline); !mended) {
            return std::unexpected{mended.error()};
        }
    }
}

/// Runs `job(lease)` with a leased session on a thread of the pool, mended as above, and waits for
/// it until `deadline`.
/// @param job  owns what it touches: it may outlive this call
/// @return what the job gives; what the pool, its queue and the failure table say
template <class T, class Job>
[[nodiscard]] Result<T> with_session(
    const std::shared_ptr<SessionPool>& pool,
    Access access,
    SessionPool::Clock::time_point deadline,
    Job job) {
    // Shared: a job whose caller has gone still needs a place for its answer.
    const auto answer = std::make_shared<std::optional<Result<T>>>();
    auto ran = pool->run(
        [pool, access, deadline, answer, job = std::move(job)] {
            answer->emplace(mend_and_repeat<T>(*pool, access, deadline, job));
        },
        deadline);
    if (!ran) {
        if (SignerMetrics* const metrics = pool->options().runtime.metrics.get()) {
            metrics->failed(ran.error().reason);
        }
        return std::unexpected{std::move(ran.error())};
    }
    // The job has run, and it always answers.
    // NOLINTNEXTLINE(bugprone-unchecked-optional-access)
    return std::move(**answer);
}

}  // namespace chela::signer::pkcs11
