#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/u256.hpp"

#include <cstdint>

namespace chela::chains::rlp {

/// Appends items to one payload. Source: Yellow Paper, appendix B; ethereum.org "RLP".
class Encoder {
public:
    Encoder() = default;
    /// @param capacity  bytes to have ready; more is taken when needed
    explicit Encoder(std::size_t capacity) { items_.reserve(capacity); }

    Encoder& string(BytesView bytes);
    Encoder& integer(std::uint64_t value);  ///< minimal big-endian, 0 is the empty string
    Encoder& integer(const U256& value);
    Encoder& list(const Encoder& inner);      ///< the items of `inner` as one list
    Encoder& raw(BytesView already_encoded);  ///< one or more complete items, taken as they are

    /// @param prefix  bytes in front of the list: the type of a transaction (EIP-2718)
    /// @return the items so far as one list
    [[nodiscard]] Bytes as_list(BytesView prefix = {}) const;
    [[nodiscard]] const Bytes& items() const { return items_; }

private:
    Bytes items_;
};

}  // namespace chela::chains::rlp
