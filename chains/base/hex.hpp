#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/result.hpp"

#include <string>
#include <string_view>

namespace chela {

/// @return "0x" and two lower-case digits a byte
[[nodiscard]] std::string to_hex(BytesView bytes);

/// Strict: "0x" (lower-case x) then an even number of digits of either case; "0x" alone is empty.
/// @return the bytes, or invalid_input naming the position
[[nodiscard]] Result<Bytes> parse_hex(std::string_view text);

/// As parse_hex, for exactly N bytes.
template <class Fixed>
[[nodiscard]] Result<Fixed> parse_fixed(std::string_view text) {
    auto bytes = parse_hex(text);
    if (!bytes) return std::unexpected{bytes.error()};
    if (bytes->size() != Fixed::kSize) {
        return fail(
            ErrorCode::invalid_input, "expected " + std::to_string(Fixed::kSize) +
                                          " bytes of hex, got " + std::to_string(bytes->size()));
    }
    Fixed out;
    for (std::size_t i = 0; i < Fixed::kSize; ++i)
        out.bytes[i] = (*bytes)[i];
    return out;
}

template <class Tag, std::size_t N>
[[nodiscard]] std::string to_hex(const FixedBytes<Tag, N>& value) {
    return to_hex(value.view());
}

}  // namespace chela
