#include "chains/base/i256.hpp"

#include <array>

namespace chela {
namespace {

U256 complement(const U256& value) {
    std::array<std::uint64_t, 4> limbs{};
    for (std::size_t i = 0; i < limbs.size(); ++i)
        limbs[i] = ~value.limbs()[i];
    return U256{limbs};
}

/// 2^256 - value; 0 stays 0.
U256 negate(const U256& value) {
    if (value.is_zero()) return value;
    const auto out = add(complement(value), U256{1});
    if (!out) bug("the complement of a value that is not zero has no room for one more");
    return *out;
}

}  // namespace

Result<I256> I256::from_magnitude(Sign sign, const U256& magnitude) {
    const bool is_negative = sign == Sign::negative;
    const I256 value{is_negative ? negate(magnitude) : magnitude};
    if (value.is_negative() != (is_negative && !magnitude.is_zero())) {
        return fail(ErrorCode::out_of_range, "the number does not fit a signed 256-bit integer");
    }
    return value;
}

U256 I256::magnitude() const {
    return is_negative() ? negate(word_) : word_;
}

bool fits_bits(const U256& value, std::size_t bits) {
    return bit_length(value) <= bits;
}

bool fits_bits(const I256& value, std::size_t bits) {
    return bit_length(value.is_negative() ? complement(value.word()) : value.word()) < bits;
}

Result<I256> parse_signed_decimal(std::string_view text) {
    const bool is_negative = text.starts_with('-');
    const auto magnitude = parse_decimal(is_negative ? text.substr(1) : text);
    if (!magnitude) return std::unexpected{magnitude.error()};
    if (is_negative && magnitude->is_zero()) {
        return fail(ErrorCode::invalid_input, "not a decimal number: zero has no sign");
    }
    return I256::from_magnitude(is_negative ? Sign::negative : Sign::positive, *magnitude);
}

std::string to_decimal(const I256& value) {
    return (value.is_negative() ? "-" : "") + to_decimal(value.magnitude());
}

}  // namespace chela
