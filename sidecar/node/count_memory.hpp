#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/units.hpp"

#include <cstddef>
#include <map>
#include <optional>

namespace chela::sidecar::node {

/// The transaction counts that a chain's endpoints have shown, so that one endpoint's older view is
/// not taken for the present. Threads: one. Pure.
class CountMemory {
public:
    static constexpr std::size_t kMaxAddresses = 4'096;
    struct Shown {
        Nonce count;
        BlockNumber head;  ///< of the endpoint, at least
        std::size_t endpoint{};
    };

    /// Another endpoint has shown a higher count of this address already.
    /// @return what it showed; empty: `count` takes nothing back. An endpoint that takes back its
    /// own word has seen a reorganization
    [[nodiscard]] std::optional<Shown> contradicts(
        const Address& address, Nonce count, std::size_t endpoint) const;
    void remember(const Address& address, Shown shown);

private:
    std::map<Address, Shown> shown_;
};

}  // namespace chela::sidecar::node
