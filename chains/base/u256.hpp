#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/result.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chela {

/// Unsigned 256-bit integer. Arithmetic is checked and never wraps.
class U256 {
public:
    constexpr U256() = default;
    constexpr explicit U256(std::uint64_t low) : limbs_{low, 0, 0, 0} {}
    /// @param limbs  least significant first
    constexpr explicit U256(std::array<std::uint64_t, 4> limbs) : limbs_{limbs} {}

    [[nodiscard]] static constexpr U256 max() { return U256{{~0ULL, ~0ULL, ~0ULL, ~0ULL}}; }

    [[nodiscard]] constexpr const std::array<std::uint64_t, 4>& limbs() const { return limbs_; }
    [[nodiscard]] constexpr bool is_zero() const {
        return (limbs_[0] | limbs_[1] | limbs_[2] | limbs_[3]) == 0;
    }
    /// @return the value when it fits 64 bits
    [[nodiscard]] std::optional<std::uint64_t> to_uint64() const;

    [[nodiscard]] std::array<std::uint8_t, 32> to_big_endian() const;
    /// @param bytes  0 to 32 bytes, most significant first; more than 32 is out_of_range
    [[nodiscard]] static Result<U256> from_big_endian(BytesView bytes);

    constexpr bool operator==(const U256&) const = default;
    constexpr std::strong_ordering operator<=>(const U256& other) const {
        for (int i = 3; i >= 0; --i) {
            const auto at = static_cast<std::size_t>(i);
            if (limbs_[at] != other.limbs_[at]) return limbs_[at] <=> other.limbs_[at];
        }
        return std::strong_ordering::equal;
    }

private:
    std::array<std::uint64_t, 4> limbs_{};
};

/// @return a + b, or out_of_range
[[nodiscard]] Result<U256> add(const U256& a, const U256& b);
/// @return a - b, or out_of_range: b is larger
[[nodiscard]] Result<U256> subtract(const U256& a, const U256& b);
/// @return a * b, or out_of_range
[[nodiscard]] Result<U256> multiply(const U256& a, const U256& b);
struct QuotientRemainder64 {
    U256 quotient;
    std::uint64_t remainder{};
};
/// @param divisor  not 0 (a 0 is a bug of ours and aborts)
[[nodiscard]] QuotientRemainder64 divide(const U256& dividend, std::uint64_t divisor);
struct QuotientRemainder {
    U256 quotient;
    U256 remainder;
};
/// @param divisor  not 0 (a 0 is a bug of ours and aborts)
[[nodiscard]] QuotientRemainder divide(const U256& dividend, const U256& divisor);

/// @return 0 … 256: how many bits the value needs; 0 needs none
[[nodiscard]] unsigned bit_length(const U256& value);
/// @return value · 2^bits, or out_of_range: a bit would be lost
[[nodiscard]] Result<U256> shift_left(const U256& value, unsigned bits);
/// @return ⌊value / 2^bits⌋
[[nodiscard]] U256 shift_right(const U256& value, unsigned bits);

/// Decimal digits only; no sign, no leading zero except "0" itself, no exponent.
[[nodiscard]] Result<U256> parse_decimal(std::string_view text);
[[nodiscard]] std::string to_decimal(const U256& value);

/// JSON-RPC QUANTITY: "0x0" or "0x" with a non-zero first digit. Source: Ethereum JSON-RPC, "Hex
/// value encoding".
[[nodiscard]] Result<U256> parse_quantity(std::string_view text);
[[nodiscard]] std::string to_quantity(const U256& value);

/// "1.5" with 18 decimals → 1500000000000000000. Digits, at most one point, at most `decimals`
/// digits after it.
/// @return invalid_input: not such a number or too many decimals; out_of_range: over 2^256-1
[[nodiscard]] Result<U256> parse_units(std::string_view text, unsigned decimals);
/// The shortest text that parse_units reads back as `value`.
[[nodiscard]] std::string format_units(const U256& value, unsigned decimals);

}  // namespace chela
