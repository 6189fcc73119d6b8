#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/u256.hpp"

#include <cstddef>
#include <vector>

namespace chela::policy {

/// Reads ABI arguments in their order and accepts only the one canonical encoding: exact length,
/// zero upper bits, tails that follow each other without gap or overlap, zero padding. Reading on
/// after a fault gives zeros; ask is_canonical() at the end. Source: Solidity ABI specification,
/// "Formal Specification of the Encoding" and "Strict Encoding Mode".
class Arguments {
public:
    /// @param encoded  the calldata after the selector; must outlive this
    /// @param head_words  how many 32-byte words the heads of all arguments take
    Arguments(BytesView encoded, std::size_t head_words);

    [[nodiscard]] Address address();
    [[nodiscard]] U256 integer();
    [[nodiscard]] bool boolean();
    /// Skips a value that must fit `bits` (a multiple of 8, at most 256).
    void skip(std::size_t bits);
    [[nodiscard]] std::vector<U256> integers();
    [[nodiscard]] BytesView bytes();

    /// Was every byte read, and is it what an encoder writes for the values that were read?
    [[nodiscard]] bool is_canonical() const;

private:
    [[nodiscard]] BytesView next_word();
    /// Checks the offset in the head and returns the length that the tail starts with.
    [[nodiscard]] std::size_t enter_tail();

    BytesView encoded_;
    std::size_t head_size_;
    std::size_t head_at_ = 0;
    std::size_t tail_at_;
    bool is_sound_;
};

}  // namespace chela::policy
