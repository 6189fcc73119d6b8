#include "policy/decide/field_value.hpp"

#include "chains/base/utf8.hpp"

#include <algorithm>
#include <charconv>

namespace chela::policy {
namespace {

using chains::abi::Parameter;
using chains::abi::Value;

FieldValue token_of(const Asset& asset) {
    if (asset.contract) return *asset.contract;
    return None{};
}
template <class T>
FieldValue or_none(const std::optional<T>& value) {
    if (value) return *value;
    return None{};
}
template <class T>
FieldValue or_absent(const std::optional<T>& value) {
    if (value) return *value;
    return Absent{};
}
Amount native_amount(ChainId chain, const Wei& wei) {
    return {.amount = wei.value, .asset = {chain, std::nullopt}, .same = std::nullopt};
}

struct ArgumentValue {
    FieldValue operator()(const U256& number) const { return number; }
    FieldValue operator()(const I256& number) const {
        if (number.is_negative()) return NegativeNumber{number};
        return number.magnitude();
    }
    FieldValue operator()(const Address& address) const { return address; }
    FieldValue operator()(bool truth) const {
        return truth ? std::string_view{"true"} : std::string_view{"false"};
    }
    FieldValue operator()(const Bytes& bytes) const { return BytesView{bytes}; }
    FieldValue operator()(const std::string& text) const { return std::string_view{text}; }
    FieldValue operator()(const Value::List& /*values*/) const { return Unknown{}; }
};

bool is_position(std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](char digit) { return digit >= '0' && digit <= '9'; });
}

/// @return nullptr: none, or several of that name
const Value* find_argument(const Call& call, std::string_view argument) {
    if (call.parameters.size() != call.arguments.size()) return nullptr;
    if (is_position(argument)) {
        std::size_t position = 0;
        const auto [end, error] =
            std::from_chars(argument.data(), argument.data() + argument.size(), position);
        const bool is_there = error == std::errc{} && position < call.arguments.size();
        return is_there ? &call.arguments[position] : nullptr;
    }
    if (argument.empty() || std::ranges::count(call.parameters, argument, &Parameter::name) != 1) {
        return nullptr;
    }
    const auto at = std::ranges::find(call.parameters, argument, &Parameter::name);
    return &call.arguments[static_cast<std::size_t>(at - call.parameters.begin())];
}

/// The fields that are an effect's own; those of every effect are read beside it.
struct OwnField {
    Field field;
    std::string_view argument;

    FieldValue operator()(const Transfer& effect) const {
        if (field == Field::asset) return effect.asset;
        if (field == Field::token) return token_of(effect.asset);
        if (field == Field::from) return effect.from;
        if (field == Field::to) return effect.to;
        if (field == Field::amount) return Amount{effect.amount, effect.asset, std::nullopt};
        if (field == Field::token_id) return or_absent(effect.token_id);
        if (field == Field::chain) return effect.asset.chain;
        return Unknown{};
    }
    FieldValue operator()(const Grant& effect) const {
        if (field == Field::asset) return effect.asset;
        if (field == Field::token) return token_of(effect.asset);
        if (field == Field::owner) return effect.owner;
        if (field == Field::spender) return effect.spender;
        if (field == Field::amount) return Amount{effect.amount, effect.asset, std::nullopt};
        if (field == Field::expiry) return Moment{effect.expires_at};
        if (field == Field::chain) return effect.asset.chain;
        return Unknown{};
    }
    FieldValue operator()(const Revoke& effect) const {
        if (field == Field::asset) return effect.asset;
        if (field == Field::token) return token_of(effect.asset);
        if (field == Field::owner) return effect.owner;
        if (field == Field::spender) return effect.spender;
        if (field == Field::chain) return effect.asset.chain;
        return Unknown{};
    }
    FieldValue operator()(const Swap& effect) const {
        if (field == Field::venue) return &effect.venue;
        if (field == Field::asset_in) return effect.asset_in;
        if (field == Field::token_in) return token_of(effect.asset_in);
        if (field == Field::asset_out) return effect.asset_out;
        if (field == Field::max_in) return Amount{effect.max_in, effect.asset_in, std::nullopt};
        if (field == Field::min_out) return Amount{effect.min_out, effect.asset_out, std::nullopt};
        if (field == Field::payer) return effect.payer;
        if (field == Field::recipient) return effect.recipient;
        if (field == Field::deadline) return Moment{effect.deadline};
        if (field == Field::via) return std::span<const Asset>{effect.via};
        if (field == Field::chain) return effect.venue.chain;
        return Unknown{};
    }
    FieldValue operator()(const Wrap& effect) const {
        if (field == Field::asset) return effect.token;
        if (field == Field::token) return token_of(effect.token);
        if (field == Field::amount) {
            return Amount{effect.amount, effect.token, Asset{effect.token.chain, std::nullopt}};
        }
        if (field == Field::direction) {
            return effect.direction == Wrap::Direction::wrap ? std::string_view{"wrap"}
                                                             : std::string_view{"unwrap"};
        }
        if (field == Field::holder) return effect.holder;
        if (field == Field::chain) return effect.token.chain;
        return Unknown{};
    }
    FieldValue operator()(const Deploy& effect) const {
        if (field == Field::value) return native_amount(effect.chain, effect.value);
        if (field == Field::initcode_hash) return effect.initcode_hash.view();
        if (field == Field::creator) return effect.creator;
        if (field == Field::chain) return effect.chain;
        return Unknown{};
    }
    FieldValue operator()(const Delegate7702& effect) const {
        if (field == Field::delegate) return effect.delegate;
        if (field == Field::authority) return effect.authority;
        if (field == Field::chain) return effect.chain;
        return Unknown{};
    }
    FieldValue operator()(const Delegatecall& effect) const {
        if (field == Field::chain) return effect.chain;
        if (field == Field::target) return effect.target;
        return Unknown{};
    }
    FieldValue operator()(const Authority& effect) const {
        if (field == Field::contract) return effect.contract;
        if (field == Field::kind) return to_string(effect.kind);
        if (field == Field::subject) return or_absent(effect.subject);
        if (field == Field::chain) return effect.chain;
        return Unknown{};
    }
    FieldValue operator()(const UserOp& effect) const {
        if (field == Field::entry_point) return effect.entry_point;
        if (field == Field::sender) return effect.sender;
        if (field == Field::prefund) return native_amount(effect.chain, effect.prefund);
        if (field == Field::paymaster) return or_none(effect.paymaster);
        if (field == Field::factory) return or_none(effect.factory);
        if (field == Field::chain) return effect.chain;
        return Unknown{};
    }
    FieldValue operator()(const Call& effect) const {
        if (field == Field::contract) return effect.target;
        if (field == Field::function) return std::string_view{effect.signature};
        if (field == Field::chain) return effect.chain;
        if (field != Field::argument) return Unknown{};
        const auto* const value = find_argument(effect, argument);
        if (value == nullptr) return Unknown{};
        return std::visit(ArgumentValue{}, value->data);
    }
    FieldValue operator()(const Message& effect) const {
        if (field == Field::length) return U256{effect.bytes.size()};
        if (field == Field::validator) return or_none(effect.validator);
        if (field != Field::text) return Unknown{};
        const std::string_view text{
            reinterpret_cast<const char*>(effect.bytes.data()), effect.bytes.size()};
        if (!is_utf8(text)) return Unknown{};
        return text;
    }
    FieldValue operator()(const Opaque& effect) const {
        if (field == Field::kind) return to_string(effect.reason);
        if (field == Field::chain) return effect.chain;
        return Unknown{};
    }
};

}  // namespace

FieldValue field_value(const EffectNode& node, Field field, std::string_view argument) {
    if (field == Field::actor) return node.actor;
    const auto own = std::visit(OwnField{field, argument}, effect_of(node));
    if (field == Field::target && std::holds_alternative<Unknown>(own)) {
        return or_absent(node.target);
    }
    return own;
}

}  // namespace chela::policy
