#include "policy/decode/typed_data.hpp"

#include "chains/userop/words.hpp"
#include "policy/decode/preimage.hpp"
#include "policy/decode/roots.hpp"

#include <map>
#include <utility>

namespace chela::policy {
namespace {

using chains::TypedData;
using chains::TypedValue;

template <class T>
const T& member(const TypedValue& message, std::string_view name) {
    const auto* value = message.member(name);
    const auto* out = value == nullptr ? nullptr : value->as<T>();
    if (out == nullptr) bug("a decoder asks for a member that its type does not have");
    return *out;
}

const std::map<Hash256, KnownType>& index() {
    static const auto types = [] {
        std::map<Hash256, KnownType> out;
        for (const auto table : {token_types(), permit2_types(), safe_types()})
            for (const auto& type : table)
                if (!out.try_emplace(chains::hash_of_text(type.text), type).second) {
                    bug("two decoders read one type");
                }
        return out;
    }();
    return types;
}

EffectTree refused(
    ChainId chain,
    const std::optional<Address>& contract,
    const Address& signer,
    TypedDataRefusal refusal) {
    return refused_root(signer, contract, chain, refusal.reason, std::move(refusal.detail));
}

EffectTree unbound(
    ChainId chain,
    const std::optional<Address>& contract,
    const Address& signer,
    std::string detail) {
    return refused(
        chain, contract, signer, {Opaque::Reason::unknown_typed_data, std::move(detail)});
}

}  // namespace

const U256& KnownMessage::number(std::string_view name) const {
    return member<U256>(message, name);
}
const Address& KnownMessage::address(std::string_view name) const {
    return member<Address>(message, name);
}
bool KnownMessage::flag(std::string_view name) const {
    return member<bool>(message, name);
}
const Bytes& KnownMessage::bytes(std::string_view name) const {
    return member<Bytes>(message, name);
}
const TypedValue::List& KnownMessage::list(std::string_view name) const {
    return member<TypedValue::List>(message, name);
}
KnownMessage KnownMessage::inside(std::string_view name) const {
    const auto* value = message.member(name);
    if (value == nullptr) bug("a decoder asks for a struct that its type does not have");
    return with(*value);
}
KnownMessage KnownMessage::with(const TypedValue& value) const {
    return {.chain = chain, .contract = contract, .signer = signer, .message = value};
}

Frame KnownMessage::frame() const {
    return {
        .chain = chain,
        .actor = signer,
        .target = contract,
        .value = {},
        .data = {},
        .at = 0,
        .depth = 0};
}

EffectNode KnownMessage::node(Effect effect) const {
    return effect_node(frame(), std::move(effect));
}

EffectNode KnownMessage::node_of(const Address& account, Effect effect) const {
    auto of = frame();
    of.actor = account;
    return effect_node(of, std::move(effect));
}

EffectNode KnownMessage::opaque(Opaque::Reason reason, std::string detail) const {
    return opaque_node(frame(), reason, std::move(detail));
}

EffectTree decode_typed_data(
    const TypedData& data, const Address& signer, const Contracts& contracts) {
    const auto& domain = data.domain();
    const auto id = domain.chain_id.value_or(U256{}).to_uint64();
    const ChainId chain{id.value_or(0)};
    const auto& contract = domain.verifying_contract;
    if (!domain.chain_id) return unbound(chain, contract, signer, "the domain names no chain");
    if (chain.value == 0) {
        return unbound(chain, contract, signer, "the domain's chain is 0 or over 64 bits");
    }
    if (!contract) return unbound(chain, contract, signer, "the domain names no contract");
    if (*contract == Address{}) {
        return unbound(chain, contract, signer, "the domain's contract is the zero address");
    }
    const auto found = index().find(data.types().type_hash(data.primary_type()));
    if (found == index().end()) return refused(chain, contract, signer, refusal_of(data));

    const auto& type = found->second;
    if (type.only_at && contracts.kind_of(chain, *contract) != type.only_at) {
        return refused(
            chain, contract, signer,
            {Opaque::Reason::untrusted_contract,
             "a type that is understood only at " + std::string{to_string(*type.only_at)}});
    }
    Decoder decoder{signer, contracts};
    return type.decode(
        decoder,
        KnownMessage{
            .chain = chain, .contract = *contract, .signer = signer, .message = data.message()});
}

}  // namespace chela::policy
