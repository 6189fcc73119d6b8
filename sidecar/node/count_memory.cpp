#include "sidecar/node/count_memory.hpp"

namespace chela::sidecar::node {

std::optional<CountMemory::Shown> CountMemory::contradicts(
    const Address& address, Nonce count, std::size_t endpoint, Time now) const {
    const auto found = shown_.find(address);
    if (found == shown_.end()) return std::nullopt;
    const Shown& shown = found->second;
    if (count >= shown.count || endpoint == shown.endpoint) return std::nullopt;
    if (now - shown.at > kTrustedFor) return std::nullopt;
    return shown;
}

void CountMemory::remember(const Address& address, Shown shown) {
    // Signers are few; whoever has thousands loses a check, not the memory.
    if (shown_.size() >= kMaxAddresses && !shown_.contains(address)) shown_.clear();
    shown_[address] = shown;
}

}  // namespace chela::sidecar::node
