#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/units.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>

namespace chela::sidecar::node {

/// The transaction counts that a chain's endpoints have shown, so that one endpoint's older view is
/// not taken for the present. Threads: one. Pure.
class CountMemory {
public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::size_t kMaxAddresses = 4'096;
    /// So long a replica may lag; and no longer can one that once claimed too much hold up reads.
    static constexpr std::chrono::minutes kTrustedFor{10};
    struct Shown {
        Nonce count;
        BlockNumber head;  ///< of the endpoint, at least
        std::size_t endpoint{};
        Time at;
    };

    /// Another endpoint has shown a higher count of this address a while ago.
    /// @return what it showed; empty: `count` takes nothing back. An endpoint that takes back its
    /// own word has seen a reorganization
    [[nodiscard]] std::optional<Shown> contradicts(
        const Address& address, Nonce count, std::size_t endpoint, Time now) const;
    void remember(const Address& address, Shown shown);

private:
    std::map<Address, Shown> shown_;
};

}  // namespace chela::sidecar::node
