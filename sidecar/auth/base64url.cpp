#include "sidecar/auth/base64url.hpp"

#include <cstdint>

namespace chela::sidecar::auth {

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

auto refuse() {
    return fail(ErrorCode::invalid_input, "not base64url without padding");
}

}  // namespace

std::string to_base64url(BytesView bytes) {
    std::string out;
    out.reserve((bytes.size() * 4 + 2) / 3);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const std::uint8_t byte : bytes) {
        bits = ((bits << 8U) | byte) & 0xffffU;
        count += 8;
        while (count >= 6) {
            count -= 6;
            out.push_back(kAlphabet[(bits >> count) & 0x3fU]);
        }
    }
    if (count > 0) out.push_back(kAlphabet[(bits << (6 - count)) & 0x3fU]);
    return out;
}

Result<Bytes> parse_base64url(std::string_view text) {
    if (text.size() % 4 == 1) return refuse();
    Bytes out;
    out.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : text) {
        const std::size_t value = kAlphabet.find(c);
        if (value == std::string_view::npos) return refuse();
        bits = ((bits << 6U) | static_cast<std::uint32_t>(value)) & 0xfffffU;
        count += 6;
        if (count >= 8) {
            count -= 8;
            out.push_back(static_cast<std::uint8_t>((bits >> count) & 0xffU));
        }
    }
    // Two texts must not mean the same bytes.
    if ((bits & ((1U << count) - 1U)) != 0) return refuse();
    return out;
}

}  // namespace chela::sidecar::auth
