#include "chains/abi/revert_reason.hpp"

#include "chains/abi/decode.hpp"
#include "chains/base/hex.hpp"
#include "chains/node/printable.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace chela::chains::abi {
namespace {

constexpr Selector kError{{0x08, 0xc3, 0x79, 0xa0}};
constexpr Selector kPanic{{0x4e, 0x48, 0x7b, 0x71}};
constexpr Selector kZero{};
constexpr Selector kOnes{{0xff, 0xff, 0xff, 0xff}};

struct PanicMeaning {
    std::uint64_t code;
    std::string_view text;
};
constexpr std::array<PanicMeaning, 10> kPanicMeanings{
    {{0x00, "generic panic of the compiler"},
     {0x01, "assertion failed"},
     {0x11, "arithmetic overflow or underflow"},
     {0x12, "division or modulo by zero"},
     {0x21, "value is not of the enum"},
     {0x22, "storage byte array is wrongly encoded"},
     {0x31, "pop from an empty array"},
     {0x32, "array index out of bounds"},
     {0x41, "out of memory or array too large"},
     {0x51, "call of an uninitialized function"}}};

std::string_view panic_meaning(std::uint64_t code) {
    const auto* const found = std::ranges::find(kPanicMeanings, code, &PanicMeaning::code);
    return found == kPanicMeanings.end() ? "unknown panic" : found->text;
}

Type elementary(std::string_view name) {
    auto type = Type::elementary(name);
    if (!type) bug("an elementary type is unknown");
    return *std::move(type);
}

std::string error_text(BytesView arguments) {
    const std::array types{elementary("string")};
    const auto values = decode_for_display(types, arguments);
    if (!values) return "malformed Error(string)";
    return node::printable(std::get<std::string>(values->front().data));
}

std::string panic_text(BytesView arguments) {
    const std::array types{elementary("uint256")};
    const auto values = decode(types, arguments);
    const auto code =
        values ? std::get<U256>(values->front().data).to_uint64() : std::optional<std::uint64_t>{};
    if (!code) return "malformed Panic(uint256)";
    return fmt::format("Panic(0x{:02x}): {}", *code, panic_meaning(*code));
}

std::string custom_text(const Signature& error, BytesView arguments) {
    const auto values = decode_for_display(types_of(error.inputs), arguments);
    if (!values) return "malformed " + canonical_text(error);
    std::string out = error.name + '(';
    for (std::size_t i = 0; i < values->size(); ++i) {
        if (i > 0) out += ", ";
        if (const auto& name = error.inputs[i].name; !name.empty()) out += name + '=';
        out += to_text((*values)[i]);
    }
    return node::printable(out + ')');
}

}  // namespace

Status KnownErrors::add(Signature error) {
    const Selector key = selector(error);
    const bool is_reserved = key == kError || key == kPanic || key == kZero || key == kOnes;
    if (error.kind != Signature::Kind::error || is_reserved) {
        return fail(
            ErrorCode::invalid_input, canonical_text(error) + " is not a custom error",
            "E_ABI_ERROR");
    }
    const auto [at, is_new] = errors_.try_emplace(key, error);
    if (!is_new && canonical_text(at->second) != canonical_text(error)) {
        return fail(
            ErrorCode::conflict,
            fmt::format(
                "{} and {} have the same selector", canonical_text(at->second),
                canonical_text(error)),
            "E_ABI_ERROR");
    }
    return {};
}

const Signature* KnownErrors::find(const Selector& selector) const {
    const auto found = errors_.find(selector);
    return found == errors_.end() ? nullptr : &found->second;
}

std::string revert_reason(BytesView return_data, const KnownErrors& known) {
    if (return_data.empty()) return {};
    if (return_data.size() < Selector::kSize) {
        return fmt::format("revert data {}", to_hex(return_data));
    }
    Selector selector;
    std::ranges::copy(return_data.first(Selector::kSize), selector.bytes.begin());
    const BytesView arguments = return_data.subspan(Selector::kSize);
    if (selector == kError) return error_text(arguments);
    if (selector == kPanic) return panic_text(arguments);
    if (const Signature* const error = known.find(selector)) return custom_text(*error, arguments);
    return fmt::format("custom error {}", to_hex(selector));
}

}  // namespace chela::chains::abi
