#include "sidecar/telemetry/signer_meter.hpp"

namespace chela::sidecar::telemetry {

void SignerMeter::signature_made(std::chrono::nanoseconds took) {
    metrics_->signature_made(took);
    next_->signature_made(took);
}

void SignerMeter::queue_depth(std::size_t waiting) {
    metrics_->signer_queue_depth(waiting);
    next_->queue_depth(waiting);
}

void SignerMeter::calls_hanging(std::size_t calls) {
    metrics_->signer_calls_hanging(calls);
    next_->calls_hanging(calls);
}

void SignerMeter::failed(std::string_view cause) {
    metrics_->signer_failed(cause);
    next_->failed(cause);
}

}  // namespace chela::sidecar::telemetry
