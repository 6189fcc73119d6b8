#include "chains/registry/native_amount.hpp"

#include "chains/node/printable.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::chains {
namespace {

constexpr std::size_t kMaxSymbol = 16;
constexpr std::size_t kMaxShown = 100;

}  // namespace

bool is_currency_symbol(std::string_view text) {
    const auto is_letter_or_digit = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    };
    return !text.empty() && text.size() <= kMaxSymbol &&
           std::ranges::all_of(text, is_letter_or_digit);
}

Result<Wei> parse_native_amount(std::string_view text, std::string_view currency) {
    const auto space = text.find(' ');
    const auto unit = space == std::string_view::npos ? std::string_view{} : text.substr(space + 1);
    const auto shown = node::printable(text, kMaxShown);
    if (unit != currency) {
        return fail(
            ErrorCode::invalid_input,
            fmt::format(
                "expected an amount in the native currency such as \"0.01 {}\", found \"{}\"",
                currency, shown));
    }
    const auto wei = parse_units(text.substr(0, space), kNativeDecimals);
    if (!wei)
        return fail(wei.error().code, fmt::format("{} (found \"{}\")", wei.error().detail, shown));
    return Wei{*wei};
}

std::string format_native_amount(const Wei& amount, std::string_view currency) {
    return fmt::format("{} {}", format_units(amount.value, kNativeDecimals), currency);
}

}  // namespace chela::chains
