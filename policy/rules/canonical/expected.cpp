#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "policy/rules/canonical/canonical.hpp"
#include "policy/rules/fields.hpp"
#include "policy/rules/load/values.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::policy::canonical {
namespace {

constexpr std::size_t kShown = 3;       // of a long list
constexpr std::size_t kShownText = 80;  // bytes of a long text

std::string_view sign_of(Comparison comparison) {
    switch (comparison) {
        case Comparison::equal:
            return "==";
        case Comparison::not_equal:
            return "!=";
        case Comparison::in:
            return "in";
        case Comparison::not_in:
            return "not in";
        case Comparison::greater:
            return ">";
        case Comparison::greater_or_equal:
            return ">=";
        case Comparison::less:
            return "<";
        case Comparison::less_or_equal:
            return "<=";
        case Comparison::within:
            return "within";
        case Comparison::is_unbounded:
            return "is unbounded";
        case Comparison::is_none:
            return "is none";
        case Comparison::is_something:
            return "is not none";
        case Comparison::starts_with:
            return "starts with";
        case Comparison::any_item_not_in:
            return "has one not in";
    }
    bug("a Comparison that does not exist");
}

std::string quoted(const std::string& text, Detail detail) {
    if (detail == Detail::all || text.size() <= kShownText) return fmt::format("\"{}\"", text);
    std::size_t cut = kShownText;
    // Not inside of a character.
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0U) == 0x80U)
        --cut;
    return fmt::format("\"{}…\" ({} bytes)", text.substr(0, cut), text.size());
}

/// What all native currencies of the policy are called; "native" when that differs.
std::string_view native_symbol(const Policy& policy) {
    std::string_view symbol;
    for (const auto& asset : policy.assets) {
        if (asset.asset.contract) continue;
        if (!symbol.empty() && symbol != asset.symbol) return "native";
        symbol = asset.symbol;
    }
    return symbol.empty() ? "ETH" : symbol;
}

/// An operand for a person.
struct Text {
    const Policy& policy;
    const Clause& clause;
    Detail detail;

    std::string one(const AddressPattern& pattern) const {
        if (const auto* address = std::get_if<Address>(&pattern)) return to_checksum(*address);
        return std::holds_alternative<Self>(pattern) ? "self" : "actor";
    }
    std::string one(const Asset& asset) const {
        const auto* definition = policy.find_asset(asset);
        return definition == nullptr ? asset_key(asset) : definition->name;
    }
    std::string one(const VenuePattern& venue) const {
        if (venue.contract) {
            return fmt::format("{}@{}", to_checksum(*venue.contract), venue.chain.value);
        }
        return fmt::format("{}@{}", venue.protocol, venue.chain.value);
    }
    std::string one(const U256& number) const { return to_decimal(number); }
    std::string one(const std::string& text) const {
        const auto is_free = class_of(clause.field) == FieldClass::text ||
                             class_of(clause.field) == FieldClass::argument;
        return is_free ? quoted(text, detail) : text;
    }
    std::string one(ChainId chain) const { return fmt::format("{}", chain.value); }
    std::string one(const Bytes& bytes) const {
        const auto hex = to_hex(bytes);
        if (detail == Detail::all || hex.size() <= kShownText) return hex;
        return fmt::format("{}… ({} bytes)", hex.substr(0, kShownText), bytes.size());
    }

    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(const std::shared_ptr<const AddressSet>& set) const { return set->name; }
    std::string operator()(const AssetAmount& amount) const {
        const auto* asset = policy.find_asset(amount.asset);
        if (asset == nullptr) {
            return fmt::format("{} of {}", to_decimal(amount.amount), asset_key(amount.asset));
        }
        return fmt::format("{} {}", format_units(amount.amount, asset->decimals), asset->symbol);
    }
    std::string operator()(const U256& number) const {
        if (class_of(clause.field) != FieldClass::wei) return to_decimal(number);
        return fmt::format("{} {}", format_units(number, kNativeDecimals), native_symbol(policy));
    }
    std::string operator()(std::chrono::milliseconds duration) const {
        return load::duration_text(duration);
    }
    template <class T>
    std::string operator()(const std::vector<T>& values) const {
        const bool is_single = clause.comparison != Comparison::in &&
                               clause.comparison != Comparison::not_in &&
                               clause.comparison != Comparison::any_item_not_in;
        if (is_single && values.size() == 1) return one(values.front());
        const auto shown = detail == Detail::all ? values.size() : std::min(values.size(), kShown);
        std::string out = "[";
        for (std::size_t i = 0; i < shown; ++i)
            out += (i == 0 ? "" : ", ") + one(values[i]);
        if (shown < values.size()) out += fmt::format(", … {} more", values.size() - shown);
        return out + "]";
    }
};

}  // namespace

std::string expected_text(const Clause& clause, const Policy& policy, Detail detail) {
    auto out = clause.field == Field::argument ? fmt::format("args.{}", clause.argument)
                                               : std::string{policy::to_string(clause.field)};
    out += fmt::format(" {}", sign_of(clause.comparison));
    const auto operand = std::visit(Text{policy, clause, detail}, clause.operand);
    if (!operand.empty()) out += fmt::format(" {}", operand);
    return out;
}

}  // namespace chela::policy::canonical
