#include "chains/base/hex.hpp"

namespace chela {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr unsigned kNotADigit = 16;

unsigned digit_value(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
    return kNotADigit;
}

}  // namespace

std::string to_hex(BytesView bytes) {
    std::string out;
    out.reserve(2 + 2 * bytes.size());
    out += "0x";
    for (const std::uint8_t byte : bytes) {
        out += kDigits[byte >> 4U];
        out += kDigits[byte & 0x0fU];
    }
    return out;
}

Result<Bytes> parse_hex(std::string_view text) {
    if (!text.starts_with("0x")) {
        return fail(ErrorCode::invalid_input, "hex must start with 0x (position 0)");
    }
    for (std::size_t i = 2; i < text.size(); ++i) {
        if (digit_value(text[i]) == kNotADigit) {
            return fail(
                ErrorCode::invalid_input, "not a hex digit at position " + std::to_string(i));
        }
    }
    if (text.size() % 2 != 0) {
        return fail(
            ErrorCode::invalid_input,
            "odd number of hex digits: half a byte at position " + std::to_string(text.size()));
    }
    Bytes out;
    out.reserve((text.size() - 2) / 2);
    for (std::size_t i = 2; i < text.size(); i += 2) {
        out.push_back(
            static_cast<std::uint8_t>((digit_value(text[i]) << 4U) | digit_value(text[i + 1])));
    }
    return out;
}

}  // namespace chela
