#pragma once

#include "chains/base/result.hpp"
#include "chains/base/u256.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace chela {

enum class Sign : std::uint8_t { positive, negative };

/// Signed 256-bit integer, kept as its two's complement word. It has no arithmetic: it is decoded,
/// compared and printed.
class I256 {
public:
    constexpr I256() = default;

    /// @param word  two's complement: 2^256-1 is -1
    [[nodiscard]] static constexpr I256 from_word(const U256& word) { return I256{word}; }
    /// @return out_of_range: below -2^255 or over 2^255-1; a negative zero is zero
    [[nodiscard]] static Result<I256> from_magnitude(Sign sign, const U256& magnitude);

    [[nodiscard]] constexpr const U256& word() const { return word_; }
    [[nodiscard]] constexpr bool is_negative() const { return (word_.limbs()[3] >> 63U) != 0; }
    /// The absolute value: 0 … 2^255.
    [[nodiscard]] U256 magnitude() const;

    constexpr bool operator==(const I256&) const = default;

private:
    constexpr explicit I256(const U256& word) : word_{word} {}
    U256 word_;
};

/// @param bits  1 … 256
[[nodiscard]] bool fits_bits(const U256& value, std::size_t bits);
/// Is the value from -2^(bits-1) to 2^(bits-1)-1?
[[nodiscard]] bool fits_bits(const I256& value, std::size_t bits);

/// An optional '-' and decimal digits; no '+', no leading zero, no "-0".
/// @return invalid_input: not such a number; out_of_range: it does not fit 256 bits
[[nodiscard]] Result<I256> parse_signed_decimal(std::string_view text);
[[nodiscard]] std::string to_decimal(const I256& value);

}  // namespace chela
