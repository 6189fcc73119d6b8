#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

namespace chela::signer {

/// Where keys report what they do; the sidecar's telemetry implements it. A null pointer is allowed
/// everywhere and means that nobody listens.
/// Threads: called from several at once; must neither block nor throw. Secret: no.
class SignerMetrics {
public:
    SignerMetrics() = default;
    SignerMetrics(const SignerMetrics&) = delete;
    SignerMetrics& operator=(const SignerMetrics&) = delete;
    virtual ~SignerMetrics() = default;

    /// @param took  from the call of sign() to the checked signature, waiting included
    virtual void signature_made(std::chrono::nanoseconds took) = 0;
    /// @param waiting  calls that wait for a thread of the token now; at most the configured bound
    virtual void queue_depth(std::size_t waiting) = 0;
    /// @param calls  calls inside the module whose callers have gone; above 0 the breaker is open
    virtual void calls_hanging(std::size_t calls) = 0;
    /// One failed attempt, also one that was mended afterwards.
    /// @param cause  a name out of a closed set: "CKR_DEVICE_ERROR", "CKR_OTHER" for codes that the
    ///               failure table does not know, or a reason such as "E_SIGNATURE_MISMATCH"
    virtual void failed(std::string_view cause) = 0;
};

}  // namespace chela::signer
