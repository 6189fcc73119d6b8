#pragma once

#include "sidecar/telemetry/metrics.hpp"
#include "signer/metrics.hpp"

#include <memory>
#include <utility>

namespace chela::sidecar::telemetry {

/// Counts what the keys report, and hands it on to whoever listens next (the log).
class SignerMeter final : public signer::SignerMetrics {
public:
    /// @param next  not null
    SignerMeter(std::shared_ptr<Metrics> metrics, std::shared_ptr<signer::SignerMetrics> next)
        : metrics_{std::move(metrics)},
          next_{std::move(next)} {}

    void signature_made(std::chrono::nanoseconds took) override;
    void queue_depth(std::size_t waiting) override;
    void calls_hanging(std::size_t calls) override;
    void failed(std::string_view cause) override;

private:
    std::shared_ptr<Metrics> metrics_;
    std::shared_ptr<signer::SignerMetrics> next_;
};

}  // namespace chela::sidecar::telemetry
