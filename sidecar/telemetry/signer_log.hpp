#pragma once

#include "signer/metrics.hpp"

namespace chela::sidecar::log {

/// Writes what the keys report to the log: failures and hanging calls as warnings and errors, each
/// signature's time and the queue at debug level.
class SignerLog final : public signer::SignerMetrics {
public:
    void signature_made(std::chrono::nanoseconds took) override;
    void queue_depth(std::size_t waiting) override;
    void calls_hanging(std::size_t calls) override;
    void failed(std::string_view cause) override;
};

}  // namespace chela::sidecar::log
