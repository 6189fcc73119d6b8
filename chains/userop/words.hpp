#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/result.hpp"
#include "chains/base/u256.hpp"

#include <string_view>

namespace chela::chains {

/// Appends 32-byte words: what abi.encode gives for values without a tail.
class Words {
public:
    Words& add(const U256& number);
    Words& add(const Address& address);
    Words& add(const Hash256& hash);
    /// keccak256 of the bytes.
    Words& add_hash_of(BytesView bytes);

    [[nodiscard]] const Bytes& bytes() const { return bytes_; }

private:
    Bytes bytes_;
};

[[nodiscard]] Hash256 hash_of_text(std::string_view text);

}  // namespace chela::chains
