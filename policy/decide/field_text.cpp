#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "policy/decide/field_value.hpp"

#include <fmt/format.h>

namespace chela::policy {
namespace {

constexpr std::size_t kMaxText = 256;

std::string name_of(const Asset& asset, const Policy& policy) {
    if (const auto* const known = policy.find_asset(asset)) return known->name;
    return asset.contract ? fmt::format("{}@{}", to_checksum(*asset.contract), asset.chain.value)
                          : fmt::format("native@{}", asset.chain.value);
}

struct ToText {
    const Policy& policy;

    std::string operator()(const Unknown& /*value*/) const { return "unknown"; }
    std::string operator()(const None& /*value*/) const { return "none"; }
    std::string operator()(const Absent& /*value*/) const { return "none"; }
    std::string operator()(const Address& address) const { return to_checksum(address); }
    std::string operator()(const Asset& asset) const { return name_of(asset, policy); }
    std::string operator()(std::span<const Asset> assets) const {
        std::string out;
        for (const auto& asset : assets)
            out += fmt::format("{}{}", out.empty() ? "" : ", ", name_of(asset, policy));
        return out.empty() ? "nothing" : out;
    }
    std::string operator()(const Amount& amount) const {
        return text_of_amount(amount.amount, amount.asset, policy);
    }
    std::string operator()(const Moment& moment) const {
        return moment.at ? fmt::format("{} s after 1970", to_decimal(*moment.at)) : "none";
    }
    std::string operator()(const Venue* venue) const {
        return fmt::format(
            "{}@{} at {}", venue->protocol, venue->chain.value, to_checksum(venue->contract));
    }
    std::string operator()(const U256& number) const { return to_decimal(number); }
    std::string operator()(const NegativeNumber& number) const { return to_decimal(number.value); }
    std::string operator()(std::string_view text) const {
        return text.size() > kMaxText ? fmt::format("{}...", cut(text)) : std::string{text};
    }
    std::string operator()(BytesView bytes) const {
        return bytes.size() > kMaxText ? to_hex(bytes.first(kMaxText)) + "..." : to_hex(bytes);
    }
    std::string operator()(const ChainId& chain) const { return fmt::format("{}", chain.value); }

    /// Never inside a character.
    static std::string_view cut(std::string_view text) {
        std::size_t end = kMaxText;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U)
            --end;
        return text.substr(0, end);
    }
};

}  // namespace

std::string text_of(const FieldValue& value, const Policy& policy) {
    return std::visit(ToText{policy}, value);
}

std::string text_of_amount(const Bound& amount, const Asset& asset, const Policy& policy) {
    if (!amount) return fmt::format("an unlimited amount of {}", name_of(asset, policy));
    if (const auto* const known = policy.find_asset(asset)) {
        return fmt::format("{} {}", format_units(*amount, known->decimals), known->name);
    }
    if (!asset.contract) {
        return fmt::format("{} {}", format_units(*amount, kNativeDecimals), name_of(asset, policy));
    }
    return fmt::format("{} base units of {}", to_decimal(*amount), name_of(asset, policy));
}

}  // namespace chela::policy
