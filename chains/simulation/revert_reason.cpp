#include "chains/base/hex.hpp"
#include "chains/base/u256.hpp"
#include "chains/node/printable.hpp"
#include "chains/simulation/simulation.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace chela::chains::simulation {
namespace {

constexpr std::size_t kSelector = 4;
constexpr std::size_t kWord = 32;
constexpr std::array<std::uint8_t, kSelector> kError{0x08, 0xc3, 0x79, 0xa0};
constexpr std::array<std::uint8_t, kSelector> kPanic{0x4e, 0x48, 0x7b, 0x71};

std::optional<std::uint64_t> word_at(BytesView bytes, std::size_t at) {
    if (bytes.size() < at || bytes.size() - at < kWord) return std::nullopt;
    const auto word = U256::from_big_endian(bytes.subspan(at, kWord));
    return word ? word->to_uint64() : std::nullopt;
}

/// @param arguments  abi-encoded (string) in the only layout that compilers make: offset, length,
/// bytes
std::optional<std::string> string_argument(BytesView arguments) {
    const auto offset = word_at(arguments, 0);
    const auto length = word_at(arguments, kWord);
    if (!offset || *offset != kWord || !length) return std::nullopt;
    const BytesView rest = arguments.subspan(2 * kWord);
    if (*length > rest.size()) return std::nullopt;
    return std::string{rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(*length)};
}

// Source: Solidity, "Panic via assert and Error via require".
std::string_view panic_meaning(std::uint64_t code) {
    switch (code) {
        case 0x00:
            return "generic panic of the compiler";
        case 0x01:
            return "assertion failed";
        case 0x11:
            return "arithmetic overflow or underflow";
        case 0x12:
            return "division or modulo by zero";
        case 0x21:
            return "value is not of the enum";
        case 0x22:
            return "storage byte array is wrongly encoded";
        case 0x31:
            return "pop from an empty array";
        case 0x32:
            return "array index out of bounds";
        case 0x41:
            return "out of memory or array too large";
        case 0x51:
            return "call of an uninitialized function";
        default:
            return "unknown panic";
    }
}

}  // namespace

std::string revert_reason(BytesView return_data) {
    if (return_data.empty()) return {};
    if (return_data.size() < kSelector) {
        return fmt::format("revert data {}", to_hex(return_data));
    }
    const BytesView selector = return_data.first(kSelector);
    const BytesView arguments = return_data.subspan(kSelector);
    if (std::ranges::equal(selector, kError)) {
        const auto text = string_argument(arguments);
        return text ? node::printable(*text) : "malformed Error(string)";
    }
    if (std::ranges::equal(selector, kPanic)) {
        const auto code = arguments.size() == kWord ? word_at(arguments, 0) : std::nullopt;
        return code ? fmt::format("Panic(0x{:02x}): {}", *code, panic_meaning(*code))
                    : "malformed Panic(uint256)";
    }
    return fmt::format("custom error {}", to_hex(selector));
}

}  // namespace chela::chains::simulation
