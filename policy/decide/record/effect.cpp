#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/base/utf8.hpp"
#include "policy/decide/record/parts.hpp"

#include <utility>

#include <nlohmann/json.hpp>

namespace chela::policy {
namespace {

using chains::abi::Value;

OrderedJson record_of(const Value& value);

OrderedJson optional_number(const std::optional<U256>& number) {
    return number ? OrderedJson(to_decimal(*number)) : OrderedJson(nullptr);
}

struct RecordOfValue {
    OrderedJson operator()(const U256& number) const { return to_decimal(number); }
    OrderedJson operator()(const I256& number) const { return to_decimal(number); }
    OrderedJson operator()(const Address& address) const { return to_checksum(address); }
    OrderedJson operator()(bool truth) const { return truth; }
    OrderedJson operator()(const Bytes& bytes) const { return to_hex(bytes); }
    OrderedJson operator()(const std::string& text) const { return text; }
    OrderedJson operator()(const Value::List& values) const {
        auto out = OrderedJson::array();
        for (const auto& value : values)
            out.push_back(record_of(value));
        return out;
    }
};

OrderedJson record_of(const Value& value) {
    return std::visit(RecordOfValue{}, value.data);
}

OrderedJson arguments_of(const Call& effect) {
    auto out = OrderedJson::array();
    for (std::size_t i = 0; i < effect.arguments.size(); ++i) {
        const bool is_declared = i < effect.parameters.size();
        out.push_back(
            {{"name", is_declared ? effect.parameters[i].name : ""},
             {"type", is_declared ? chains::abi::to_string(effect.parameters[i].type) : ""},
             {"value", record_of(effect.arguments[i])}});
    }
    return out;
}

struct RecordOfEffect {
    OrderedJson operator()(const Transfer& effect) const {
        return {
            {"asset", policy::record_of(effect.asset)},
            {"from", to_checksum(effect.from)},
            {"to", to_checksum(effect.to)},
            {"amount", policy::record_of(effect.amount)},
            {"token_id", optional_number(effect.token_id)}};
    }
    OrderedJson operator()(const Grant& effect) const {
        return {
            {"asset", policy::record_of(effect.asset)},
            {"owner", to_checksum(effect.owner)},
            {"spender", to_checksum(effect.spender)},
            {"amount", policy::record_of(effect.amount)},
            {"expires_at", optional_number(effect.expires_at)}};
    }
    OrderedJson operator()(const Revoke& effect) const {
        return {
            {"asset", policy::record_of(effect.asset)},
            {"owner", to_checksum(effect.owner)},
            {"spender", to_checksum(effect.spender)}};
    }
    OrderedJson operator()(const Swap& effect) const {
        auto via = OrderedJson::array();
        for (const auto& asset : effect.via)
            via.push_back(policy::record_of(asset));
        return {
            {"venue",
             {{"protocol", effect.venue.protocol},
              {"chain", effect.venue.chain.value},
              {"contract", to_checksum(effect.venue.contract)}}},
            {"asset_in", policy::record_of(effect.asset_in)},
            {"max_in", policy::record_of(effect.max_in)},
            {"asset_out", policy::record_of(effect.asset_out)},
            {"min_out", to_decimal(effect.min_out)},
            {"payer", to_checksum(effect.payer)},
            {"recipient", to_checksum(effect.recipient)},
            {"deadline", optional_number(effect.deadline)},
            {"via", std::move(via)}};
    }
    OrderedJson operator()(const Wrap& effect) const {
        return {
            {"token", policy::record_of(effect.token)},
            {"direction", effect.direction == Wrap::Direction::wrap ? "wrap" : "unwrap"},
            {"holder", to_checksum(effect.holder)},
            {"amount", policy::record_of(effect.amount)}};
    }
    OrderedJson operator()(const Deploy& effect) const {
        return {
            {"chain", effect.chain.value},
            {"creator", to_checksum(effect.creator)},
            {"value", to_decimal(effect.value.value)},
            {"initcode_hash", to_hex(effect.initcode_hash)}};
    }
    OrderedJson operator()(const Delegate7702& effect) const {
        return {
            {"chain", effect.chain.value},
            {"authority", to_checksum(effect.authority)},
            {"delegate", to_checksum(effect.delegate)},
            {"nonce", effect.nonce.value}};
    }
    OrderedJson operator()(const Delegatecall& effect) const {
        return {
            {"chain", effect.chain.value},
            {"account", to_checksum(effect.actor)},
            {"code", to_checksum(effect.target)}};
    }
    OrderedJson operator()(const Authority& effect) const {
        return {
            {"chain", effect.chain.value},
            {"contract", to_checksum(effect.contract)},
            {"kind", to_string(effect.kind)},
            {"subject", policy::record_of(effect.subject)}};
    }
    OrderedJson operator()(const UserOp& effect) const {
        return {
            {"chain", effect.chain.value},
            {"entry_point", to_checksum(effect.entry_point)},
            {"sender", to_checksum(effect.sender)},
            {"prefund", to_decimal(effect.prefund.value)},
            {"paymaster", policy::record_of(effect.paymaster)},
            {"factory", policy::record_of(effect.factory)}};
    }
    OrderedJson operator()(const Call& effect) const {
        return {
            {"chain", effect.chain.value},
            {"contract", to_checksum(effect.target)},
            {"function", effect.signature},
            {"arguments", arguments_of(effect)}};
    }
    OrderedJson operator()(const Message& effect) const {
        const std::string text(effect.bytes.begin(), effect.bytes.end());
        return {
            {"message_bytes", to_hex(effect.bytes)},
            {"message", is_utf8(text) ? OrderedJson(text) : OrderedJson(nullptr)},
            {"validator", policy::record_of(effect.validator)}};
    }
    OrderedJson operator()(const Opaque& effect) const {
        return {
            {"reason", to_string(effect.reason)},
            {"chain", effect.chain.value},
            {"contract", policy::record_of(effect.target)},
            {"selector",
             effect.selector ? OrderedJson(to_hex(*effect.selector)) : OrderedJson(nullptr)},
            {"detail", effect.detail}};
    }
};

}  // namespace

OrderedJson record_of(const Effect& effect) {
    return std::visit(RecordOfEffect{}, effect);
}

}  // namespace chela::policy
