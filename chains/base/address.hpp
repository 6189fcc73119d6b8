#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/result.hpp"

#include <string>
#include <string_view>

namespace chela {

/// Mixed case must carry a right checksum; all-lower and all-upper digits are accepted.
/// @return invalid_input with reason E_ADDRESS_FORMAT or E_ADDRESS_CHECKSUM
/// Source: EIP-55.
[[nodiscard]] Result<Address> parse_address(std::string_view text);

/// Source: EIP-55.
[[nodiscard]] std::string to_checksum(const Address& address);

}  // namespace chela
