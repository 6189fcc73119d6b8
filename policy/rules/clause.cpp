#include "policy/rules/clause.hpp"

#include "chains/base/result.hpp"
#include "policy/rules/fields.hpp"

#include <algorithm>
#include <array>

namespace chela::policy {
namespace {

using Mask = std::uint32_t;

constexpr Mask bit(EffectKind kind) {
    return Mask{1} << static_cast<unsigned>(kind);
}
template <class... Kinds>
constexpr Mask bits(Kinds... kinds) {
    return (bit(kinds) | ...);
}

struct FieldRow {
    Field field;
    std::string_view word;
    FieldClass field_class;
    bool may_be_none;
    Mask effects;
};

using enum EffectKind;
constexpr Mask kAll = bits(
    transfer,
    grant,
    revoke,
    swap,
    wrap,
    deploy,
    delegate_7702,
    EffectKind::delegatecall,
    EffectKind::authority,
    userop,
    EffectKind::call,
    EffectKind::message,
    opaque);
constexpr Mask kCalls = kAll & ~bits(deploy, delegate_7702, userop, EffectKind::message);
constexpr Mask kAssets = bits(transfer, grant, revoke, wrap);

// In the order of Field.
constexpr std::array kFields{
    FieldRow{Field::asset, "asset", FieldClass::asset, false, kAssets},
    FieldRow{Field::token, "token", FieldClass::address, true, kAssets},
    FieldRow{Field::from, "from", FieldClass::address, false, bits(transfer)},
    FieldRow{Field::to, "to", FieldClass::address, false, bits(transfer)},
    FieldRow{Field::owner, "owner", FieldClass::address, false, bits(grant, revoke)},
    FieldRow{Field::spender, "spender", FieldClass::address, false, bits(grant, revoke)},
    FieldRow{Field::amount, "amount", FieldClass::amount, false, bits(transfer, grant, wrap)},
    FieldRow{Field::token_id, "token_id", FieldClass::number, true, bits(transfer)},
    FieldRow{Field::expiry, "expiry", FieldClass::time, true, bits(grant)},
    FieldRow{Field::venue, "venue", FieldClass::venue, false, bits(swap)},
    FieldRow{Field::asset_in, "asset_in", FieldClass::asset, false, bits(swap)},
    FieldRow{Field::token_in, "token_in", FieldClass::address, true, bits(swap)},
    FieldRow{Field::asset_out, "asset_out", FieldClass::asset, false, bits(swap)},
    FieldRow{Field::max_in, "max_in", FieldClass::amount, false, bits(swap)},
    FieldRow{Field::min_out, "min_out", FieldClass::amount, false, bits(swap)},
    FieldRow{Field::payer, "payer", FieldClass::address, false, bits(swap)},
    FieldRow{Field::recipient, "recipient", FieldClass::address, false, bits(swap)},
    FieldRow{Field::deadline, "deadline", FieldClass::time, true, bits(swap)},
    FieldRow{Field::via, "via", FieldClass::asset_list, true, bits(swap)},
    FieldRow{Field::direction, "direction", FieldClass::word, false, bits(wrap)},
    FieldRow{Field::holder, "holder", FieldClass::address, false, bits(wrap)},
    FieldRow{Field::value, "value", FieldClass::wei, false, bits(deploy)},
    FieldRow{Field::initcode_hash, "initcode_hash", FieldClass::hash, false, bits(deploy)},
    FieldRow{Field::creator, "creator", FieldClass::address, false, bits(deploy)},
    FieldRow{Field::delegate, "delegate", FieldClass::address, false, bits(delegate_7702)},
    FieldRow{Field::authority, "authority", FieldClass::address, false, bits(delegate_7702)},
    FieldRow{
        Field::contract, "contract", FieldClass::address, false,
        bits(EffectKind::authority, EffectKind::call)},
    FieldRow{Field::kind, "kind", FieldClass::word, false, bits(EffectKind::authority, opaque)},
    FieldRow{Field::subject, "subject", FieldClass::address, true, bits(EffectKind::authority)},
    FieldRow{Field::entry_point, "entry_point", FieldClass::address, false, bits(userop)},
    FieldRow{Field::sender, "sender", FieldClass::address, false, bits(userop)},
    FieldRow{Field::prefund, "prefund", FieldClass::wei, false, bits(userop)},
    FieldRow{Field::paymaster, "paymaster", FieldClass::address, true, bits(userop)},
    FieldRow{Field::factory, "factory", FieldClass::address, true, bits(userop)},
    FieldRow{Field::function, "function", FieldClass::signature, false, bits(EffectKind::call)},
    FieldRow{Field::argument, "args", FieldClass::argument, false, bits(EffectKind::call)},
    FieldRow{Field::text, "text", FieldClass::text, false, bits(EffectKind::message)},
    FieldRow{Field::length, "length", FieldClass::number, false, bits(EffectKind::message)},
    FieldRow{Field::validator, "validator", FieldClass::address, true, bits(EffectKind::message)},
    FieldRow{Field::chain, "chain", FieldClass::chain, false, kAll & ~bits(EffectKind::message)},
    FieldRow{Field::actor, "actor", FieldClass::address, false, kAll},
    FieldRow{Field::target, "target", FieldClass::address, false, kCalls},
};

constexpr bool is_in_order() {
    for (std::size_t i = 0; i < kFields.size(); ++i)
        if (static_cast<std::size_t>(kFields[i].field) != i) return false;
    return kFields.size() == static_cast<std::size_t>(Field::target) + 1;
}
static_assert(is_in_order());

const FieldRow& row_of(Field field) {
    const auto at = static_cast<std::size_t>(field);
    if (at >= kFields.size()) bug("a Field that does not exist");
    return kFields[at];
}

}  // namespace

bool AddressSet::contains(const Address& address) const {
    return std::ranges::binary_search(addresses, address);
}

std::string_view to_string(Field field) {
    return row_of(field).word;
}

std::optional<Field> parse_field(std::string_view word) {
    const auto found = std::ranges::find(kFields, word, &FieldRow::word);
    if (found == kFields.end()) return std::nullopt;
    return found->field;
}

bool has_field(EffectKind effect, Field field) {
    return (row_of(field).effects & bit(effect)) != 0;
}

FieldClass class_of(Field field) {
    return row_of(field).field_class;
}

bool may_be_none(Field field) {
    return row_of(field).may_be_none;
}

}  // namespace chela::policy
