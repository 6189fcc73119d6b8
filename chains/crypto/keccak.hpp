#pragma once

#include "chains/base/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace chela::chains {

/// Keccak-256 with the original padding (0x01), as Ethereum uses it; not SHA3-256.
/// Source: "The Keccak reference", version 3.0; Ethereum Yellow Paper.
class Keccak256 {
public:
    void update(BytesView data);
    /// @return the digest; the object must not be used afterwards
    [[nodiscard]] Hash256 finish();

private:
    static constexpr std::size_t kRate = 136;
    std::array<std::uint64_t, 25> state_{};
    std::array<std::uint8_t, kRate> block_{};
    std::size_t filled_ = 0;
};

[[nodiscard]] Hash256 keccak256(BytesView data);

}  // namespace chela::chains
