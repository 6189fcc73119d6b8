#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/u256.hpp"

#include <cstdint>

namespace chela::chains::rlp {

/// Appends items to one payload. Source: Yellow Paper, appendix B; ethereum.org "RLP".
class Encoder {
public:
    Encoder& string(BytesView bytes);
    Encoder& integer(std::uint64_t value);  ///< minimal big-endian, 0 is the empty string
    Encoder& integer(const U256& value);
    Encoder& raw(BytesView already_encoded);  ///< one or more complete items, taken as they are

    /// @return the items so far as one list
    [[nodiscard]] Bytes as_list() const;
    [[nodiscard]] const Bytes& items() const { return items_; }

private:
    Bytes items_;
};

}  // namespace chela::chains::rlp
