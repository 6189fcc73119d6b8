#include "chains/base/u256.hpp"

#include <bit>

namespace chela {
namespace {

__extension__ using Uint128 = unsigned __int128;

constexpr std::size_t kLimbs = 4;
constexpr unsigned kLimbBits = 64;

using Limbs = std::array<std::uint64_t, kLimbs>;
using Dividend = std::array<std::uint64_t, kLimbs + 1>;  // one limb of room for the shift

std::uint64_t low(Uint128 value) {
    return static_cast<std::uint64_t>(value);
}
std::uint64_t high(Uint128 value) {
    return static_cast<std::uint64_t>(value >> kLimbBits);
}

/// Limbs without the leading zero ones.
std::size_t used_limbs(const Limbs& limbs) {
    std::size_t used = kLimbs;
    while (used > 0 && limbs[used - 1] == 0)
        --used;
    return used;
}

/// in · 2^bits, with what leaves the top in the limb above. @param bits  0 … 63
Dividend shifted(const Limbs& in, unsigned bits) {
    Dividend out{};
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < kLimbs; ++i) {
        const Uint128 wide = Uint128{in[i]} << bits;
        out[i] = low(wide) | carry;
        carry = high(wide);
    }
    out[kLimbs] = carry;
    return out;
}

/// Step D3: a digit that is right or one too large.
std::uint64_t estimate(
    std::uint64_t top, std::uint64_t next, std::uint64_t after, const Dividend& v, std::size_t n) {
    const Uint128 numerator = (Uint128{top} << kLimbBits) | next;
    Uint128 digit = numerator / v[n - 1];
    Uint128 rest = numerator % v[n - 1];
    while (high(digit) != 0 || digit * v[n - 2] > ((rest << kLimbBits) | after)) {
        --digit;
        rest += v[n - 1];
        if (high(rest) != 0) break;
    }
    return low(digit);
}

/// Step D4: u[j …] -= digit · v. @return whether it went below zero
bool subtract_product(
    Dividend& u, std::size_t j, const Dividend& v, std::size_t n, std::uint64_t digit) {
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < n; ++i) {
        // (2^64-1)^2 + 2^64-1 < 2^128, and the borrow adds at most 1 to what is below 2^64-1.
        const Uint128 product = Uint128{digit} * v[i] + carry;
        const std::uint64_t before = u[i + j];
        u[i + j] = low(Uint128{before} - low(product));
        carry = high(product) + (before < low(product) ? 1U : 0U);
    }
    const std::uint64_t before = u[j + n];
    u[j + n] = low(Uint128{before} - carry);
    return before < carry;
}

/// Step D6: u[j …] += v; the carry out of the top cancels the borrow.
void add_back(Dividend& u, std::size_t j, const Dividend& v, std::size_t n) {
    Uint128 carry = 0;
    for (std::size_t i = 0; i < n; ++i) {
        carry += Uint128{u[i + j]} + v[i];
        u[i + j] = low(carry);
        carry = high(carry);
    }
    u[j + n] = low(Uint128{u[j + n]} + carry);
}

}  // namespace

// Source: Knuth, The Art of Computer Programming, volume 2, §4.3.1, algorithm D.
QuotientRemainder divide(const U256& dividend, const U256& divisor) {
    if (dividend < divisor) return {U256{}, dividend};
    if (const auto narrow = divisor.to_uint64()) {
        const auto [quotient, remainder] = divide(dividend, *narrow);
        return {quotient, U256{remainder}};
    }
    const std::size_t n = used_limbs(divisor.limbs());
    const auto shift = static_cast<unsigned>(std::countl_zero(divisor.limbs()[n - 1]));
    const Dividend v = shifted(divisor.limbs(), shift);
    Dividend u = shifted(dividend.limbs(), shift);
    Limbs quotient{};
    for (std::size_t j = kLimbs - n + 1; j-- > 0;) {
        quotient[j] = estimate(u[j + n], u[j + n - 1], u[j + n - 2], v, n);
        if (subtract_product(u, j, v, n, quotient[j])) {
            --quotient[j];
            add_back(u, j, v, n);
        }
    }
    return {U256{quotient}, shift_right(U256{{u[0], u[1], u[2], u[3]}}, shift)};
}

unsigned bit_length(const U256& value) {
    const std::size_t used = used_limbs(value.limbs());
    if (used == 0) return 0;
    return static_cast<unsigned>(used - 1) * kLimbBits +
           static_cast<unsigned>(std::bit_width(value.limbs()[used - 1]));
}

Result<U256> shift_left(const U256& value, unsigned bits) {
    if (value.is_zero()) return value;
    if (bits > kLimbs * kLimbBits - bit_length(value))
        return fail(ErrorCode::out_of_range, "the number does not fit 256 bits");
    const Dividend part = shifted(value.limbs(), bits % kLimbBits);
    Limbs out{};
    for (std::size_t i = bits / kLimbBits; i < kLimbs; ++i)
        out[i] = part[i - bits / kLimbBits];
    return U256{out};
}

U256 shift_right(const U256& value, unsigned bits) {
    const std::size_t whole = bits / kLimbBits;
    Limbs out{};
    for (std::size_t i = 0; i + whole < kLimbs; ++i) {
        const std::uint64_t above = i + whole + 1 < kLimbs ? value.limbs()[i + whole + 1] : 0;
        const Uint128 wide = (Uint128{above} << kLimbBits) | value.limbs()[i + whole];
        out[i] = low(wide >> (bits % kLimbBits));
    }
    return U256{out};
}

}  // namespace chela
