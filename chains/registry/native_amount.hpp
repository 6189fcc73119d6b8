#pragma once

#include "chains/base/result.hpp"
#include "chains/base/units.hpp"

#include <string>
#include <string_view>

namespace chela::chains {

/// Whether this can be the symbol of a native currency: 1 to 16 letters and digits.
[[nodiscard]] bool is_currency_symbol(std::string_view text);

/// "0.01 ETH" → wei: a decimal number of at most 18 places, one space, the symbol. The unit is
/// always written, since a number alone could be meant in another.
/// @return invalid_input naming what is expected and what was found; out_of_range: over 256 bits
[[nodiscard]] Result<Wei> parse_native_amount(std::string_view text, std::string_view currency);

/// The shortest text that parse_native_amount reads back.
[[nodiscard]] std::string format_native_amount(const Wei& amount, std::string_view currency);

}  // namespace chela::chains
