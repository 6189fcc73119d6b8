#include "chains/base/address.hpp"

#include "chains/base/hex.hpp"
#include "chains/crypto/keccak.hpp"

#include <algorithm>

namespace chela {
namespace {

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

}  // namespace

std::string to_checksum(const Address& address) {
    std::string text = to_hex(address);
    const std::string_view digits = std::string_view{text}.substr(2);
    const Bytes ascii(digits.begin(), digits.end());
    const Hash256 hash = chains::keccak256(ascii);
    for (std::size_t i = 0; i < ascii.size(); ++i) {
        const unsigned nibble = i % 2 == 0 ? hash.bytes[i / 2] >> 4U : hash.bytes[i / 2] & 0x0fU;
        char& digit = text[2 + i];
        if (nibble >= 8 && is_lower(digit)) digit = static_cast<char>(digit - 'a' + 'A');
    }
    return text;
}

Result<Address> parse_address(std::string_view text) {
    auto address = parse_fixed<Address>(text);
    if (!address) {
        return fail(
            ErrorCode::invalid_input, "not an address: " + address.error().detail,
            "E_ADDRESS_FORMAT");
    }
    const std::string_view digits = text.substr(2);
    const bool is_mixed_case =
        std::ranges::any_of(digits, is_lower) && std::ranges::any_of(digits, is_upper);
    if (is_mixed_case && to_checksum(*address) != text) {
        return fail(
            ErrorCode::invalid_input, "the address has a wrong checksum", "E_ADDRESS_CHECKSUM");
    }
    return address;
}

}  // namespace chela
