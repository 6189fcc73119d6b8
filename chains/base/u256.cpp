#include "chains/base/u256.hpp"

namespace chela {
namespace {

__extension__ using Uint128 = unsigned __int128;

constexpr std::size_t kLimbs = 4;

std::uint64_t low(Uint128 value) {
    return static_cast<std::uint64_t>(value);
}
std::uint64_t high(Uint128 value) {
    return static_cast<std::uint64_t>(value >> 64U);
}

std::unexpected<Error> over_256_bits() {
    return fail(ErrorCode::out_of_range, "the number does not fit 256 bits");
}

}  // namespace

std::optional<std::uint64_t> U256::to_uint64() const {
    if ((limbs_[1] | limbs_[2] | limbs_[3]) != 0) return std::nullopt;
    return limbs_[0];
}

std::array<std::uint8_t, 32> U256::to_big_endian() const {
    std::array<std::uint8_t, 32> out{};
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[out.size() - 1 - i] = static_cast<std::uint8_t>(limbs_[i / 8] >> (8 * (i % 8)));
    }
    return out;
}

Result<U256> U256::from_big_endian(BytesView bytes) {
    if (bytes.size() > 32) return over_256_bits();
    std::array<std::uint64_t, kLimbs> limbs{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        limbs[i / 8] |= std::uint64_t{bytes[bytes.size() - 1 - i]} << (8 * (i % 8));
    }
    return U256{limbs};
}

Result<U256> add(const U256& a, const U256& b) {
    std::array<std::uint64_t, kLimbs> out{};
    Uint128 carry = 0;
    for (std::size_t i = 0; i < kLimbs; ++i) {
        carry += Uint128{a.limbs()[i]} + b.limbs()[i];
        out[i] = low(carry);
        carry = high(carry);
    }
    if (carry != 0) return over_256_bits();
    return U256{out};
}

Result<U256> subtract(const U256& a, const U256& b) {
    if (a < b) return fail(ErrorCode::out_of_range, "the difference would be below zero");
    std::array<std::uint64_t, kLimbs> out{};
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < kLimbs; ++i) {
        const Uint128 taken = Uint128{b.limbs()[i]} + borrow;
        borrow = Uint128{a.limbs()[i]} < taken ? 1 : 0;
        out[i] = low(Uint128{a.limbs()[i]} - taken);
    }
    return U256{out};
}

Result<U256> multiply(const U256& a, const U256& b) {
    std::array<std::uint64_t, 2 * kLimbs> product{};
    for (std::size_t i = 0; i < kLimbs; ++i) {
        std::uint64_t carry = 0;
        for (std::size_t j = 0; j < kLimbs; ++j) {
            // (2^64-1)^2 + 2·(2^64-1) = 2^128-1, so this sum cannot overflow.
            const Uint128 sum = Uint128{a.limbs()[i]} * b.limbs()[j] + product[i + j] + carry;
            product[i + j] = low(sum);
            carry = high(sum);
        }
        product[i + kLimbs] = carry;
    }
    if ((product[4] | product[5] | product[6] | product[7]) != 0) return over_256_bits();
    return U256{{product[0], product[1], product[2], product[3]}};
}

QuotientRemainder64 divide(const U256& dividend, std::uint64_t divisor) {
    if (divisor == 0) bug("division of a U256 by zero");
    std::array<std::uint64_t, kLimbs> quotient{};
    std::uint64_t remainder = 0;
    for (std::size_t i = kLimbs; i-- > 0;) {
        const Uint128 part = (Uint128{remainder} << 64U) | dividend.limbs()[i];
        quotient[i] = low(part / divisor);
        remainder = low(part % divisor);
    }
    return {U256{quotient}, remainder};
}

}  // namespace chela
