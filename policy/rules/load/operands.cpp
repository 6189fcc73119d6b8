#include "policy/rules/load/operands.hpp"

#include "chains/abi/signature.hpp"
#include "chains/base/hex.hpp"
#include "policy/rules/load/values.hpp"

#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace chela::policy::load {
namespace {

/// Reads each item; the list is what could be read.
template <class T, class Read>
std::vector<T> read_each(const Node& node, const Read& read) {
    std::vector<T> values;
    for (const auto& item : node.one_or_more())
        if (std::optional<T> value = read(item)) values.push_back(*std::move(value));
    return values;
}

/// The declared sets and contracts: ", payees, nft", the first dozen of many.
std::string names_of(const Context& context) {
    constexpr std::size_t kShown = 12;
    std::vector<std::string_view> names;
    for (const auto& set : context.policy.sets)
        names.push_back(set.name);
    for (const auto& contract : context.policy.declared_contracts)
        names.push_back(contract.name);
    if (names.empty()) return {};
    if (names.size() <= kShown) return ", " + list_of(names);
    names.resize(kShown);
    return fmt::format(", a declared name such as {}", list_of(names));
}

std::optional<AddressPattern> read_pattern(const Node& node, Context& context) {
    const auto text = node.text();
    if (!text) return std::nullopt;
    if (*text == "self") return Self{};
    if (*text == "actor") return ActorItself{};
    if (const auto* contract = context.find_contract(*text)) return contract->address;
    if (context.sets.contains(*text)) {
        node.refuse(fmt::format("{} is a set; write {{in: {}}}", *text, *text));
        return std::nullopt;
    }
    if (!text->starts_with("0x")) {
        node.refuse(fmt::format(
            "\"{}\" is no address, declared set or contract; write an address in full{}, self or "
            "actor",
            *text, names_of(context)));
        return std::nullopt;
    }
    if (const auto address = read_address(node, context)) return *address;
    return std::nullopt;
}

std::optional<Operand> read_addresses(Comparison comparison, const Node& node, Context& context) {
    const bool is_list = comparison == Comparison::in || comparison == Comparison::not_in;
    if (is_list && node.is_scalar()) {
        const auto name = node.text();
        if (!name) return std::nullopt;
        if (const auto found = context.sets.find(*name); found != context.sets.end()) {
            return found->second;
        }
    }
    return read_each<AddressPattern>(
        node, [&](const Node& item) { return read_pattern(item, context); });
}

std::optional<VenuePattern> read_venue(const Node& node, const Context& context) {
    constexpr std::array<std::string_view, 3> kProtocols{
        "uniswap-v2", "uniswap-v3", "uniswap-universal"};
    const auto text = node.text();
    if (!text) return std::nullopt;
    if (const auto* contract = context.find_contract(*text)) {
        return VenuePattern{{}, contract->chain, contract->address};
    }
    const auto parts = split_asset_name(*text);
    if (parts && std::ranges::find(kProtocols, parts->first) != kProtocols.end()) {
        return VenuePattern{parts->first, parts->second, std::nullopt};
    }
    node.refuse(fmt::format(
        "unknown venue \"{}\"; write {} with @ and the chain's id, such as uniswap-v3@8453, or the "
        "name of a declared contract",
        *text, fmt::join(kProtocols, ", ")));
    return std::nullopt;
}

std::optional<Operand> read_venues(const Node& node, const Context& context) {
    return read_each<VenuePattern>(
        node, [&](const Node& item) { return read_venue(item, context); });
}

std::optional<Operand> read_assets_of(const Node& node, const Context& context) {
    return read_each<Asset>(node, [&](const Node& item) { return read_asset(item, context); });
}

std::optional<std::string> read_word(
    const Node& node, Field field, const std::vector<EffectKind>& effects) {
    const auto text = node.text();
    if (!text) return std::nullopt;
    std::vector<std::string_view> known;
    for (const auto effect : effects)
        for (const auto word : words_of(field, effect))
            known.push_back(word);
    if (std::ranges::find(known, *text) != known.end()) return text;
    node.refuse(fmt::format("unknown \"{}\"; write one of {}", *text, list_of(known)));
    return std::nullopt;
}

std::optional<std::string> read_signature(const Node& node, const Surroundings& around) {
    const auto text = node.text();
    if (!text) return std::nullopt;
    const auto signature = chains::abi::parse_signature(*text);
    if (!signature) {
        node.refuse(fmt::format(
            "{}; write the whole signature such as \"mint(address,uint256)\"",
            signature.error().detail));
        return std::nullopt;
    }
    auto canonical = chains::abi::canonical_text(*signature);
    for (const auto* pinned : around.functions)
        if (chains::abi::canonical_text(*pinned) == canonical) return canonical;
    node.refuse(fmt::format(
        "no declared contract here has the function {}; add it to the abi of a contract",
        canonical));
    return std::nullopt;
}

std::optional<Bytes> read_bytes(const Node& node, std::optional<std::size_t> size) {
    const auto text = node.text();
    if (!text) return std::nullopt;
    const auto bytes = parse_hex(*text);
    if (bytes && (!size || bytes->size() == *size)) return *bytes;
    node.refuse(fmt::format(
        "expected {}hex after 0x, found \"{}\"",
        size ? fmt::format("{} bytes of ", *size) : std::string{}, *text));
    return std::nullopt;
}

std::optional<U256> read_u256(const Node& node) {
    const auto text = node.text();
    if (!text) return std::nullopt;
    const auto number = parse_decimal(*text);
    if (number) return *number;
    node.refuse(fmt::format("expected a whole number in decimal digits, found \"{}\"", *text));
    return std::nullopt;
}

std::optional<Operand> read_numbers(Comparison comparison, const Node& node) {
    if (comparison == Comparison::in || comparison == Comparison::not_in) {
        return read_each<U256>(node, read_u256);
    }
    const auto number = read_u256(node);
    if (!number) return std::nullopt;
    return *number;
}

std::optional<Operand> read_argument(
    const Subject& subject, Comparison comparison, const Node& node, Context& context) {
    using Kind = chains::abi::Type::Kind;
    switch (subject.type->kind()) {
        case Kind::address:
            return read_addresses(comparison, node, context);
        case Kind::unsigned_integer:
        case Kind::signed_integer:
            return read_numbers(comparison, node);
        case Kind::boolean:
            return read_each<std::string>(node, [](const Node& item) {
                return std::optional<std::string>{item.flag() ? "true" : "false"};
            });
        case Kind::fixed_bytes:
            return read_each<Bytes>(
                node, [&](const Node& item) { return read_bytes(item, subject.type->size()); });
        case Kind::bytes:
            return read_each<Bytes>(
                node, [](const Node& item) { return read_bytes(item, std::nullopt); });
        case Kind::string:
            return read_each<std::string>(node, [](const Node& item) { return item.text(); });
        case Kind::fixed_array:
        case Kind::dynamic_array:
        case Kind::tuple:
            break;
    }
    bug("an argument of a type that resolve_argument() refuses");
}

std::optional<Operand> read_duration(const Node& node) {
    const auto text = node.text();
    if (!text) return std::nullopt;
    const auto duration = parse_duration(*text);
    if (duration) return *duration;
    node.refuse(duration.error().detail);
    return std::nullopt;
}

std::optional<Operand> read_asset_amount(
    Field field, const Node& node, const Context& context, const Surroundings& around) {
    const auto& expected = field == Field::max_in    ? around.asset_in
                           : field == Field::min_out ? around.asset_out
                                                     : around.asset;
    const auto amount = read_amount(node, context, expected);
    if (!amount) return std::nullopt;
    return *amount;
}

}  // namespace

std::optional<Operand> read_operand(
    const Subject& subject,
    Comparison comparison,
    const Node& node,
    Context& context,
    const Surroundings& around) {
    switch (subject.field_class) {
        case FieldClass::asset:
        case FieldClass::asset_list:
            return read_assets_of(node, context);
        case FieldClass::address:
            return read_addresses(comparison, node, context);
        case FieldClass::amount:
            return read_asset_amount(subject.field, node, context, around);
        case FieldClass::wei: {
            const auto wei = read_wei(node, context);
            return wei ? std::optional<Operand>{wei->value} : std::nullopt;
        }
        case FieldClass::number:
            return read_numbers(comparison, node);
        case FieldClass::time:
            return read_duration(node);
        case FieldClass::venue:
            return read_venues(node, context);
        case FieldClass::word:
            return read_each<std::string>(node, [&](const Node& item) {
                return read_word(item, subject.field, around.effects);
            });
        case FieldClass::text:
            return read_each<std::string>(node, [](const Node& item) { return item.text(); });
        case FieldClass::signature:
            return read_each<std::string>(
                node, [&](const Node& item) { return read_signature(item, around); });
        case FieldClass::chain:
            return read_each<ChainId>(node, read_chain);
        case FieldClass::hash:
            return read_each<Bytes>(
                node, [](const Node& item) { return read_bytes(item, Hash256::kSize); });
        case FieldClass::argument:
            return read_argument(subject, comparison, node, context);
    }
    bug("a FieldClass that does not exist");
}

}  // namespace chela::policy::load
