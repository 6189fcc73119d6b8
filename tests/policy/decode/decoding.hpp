#pragma once

#include "chains/abi/signature.hpp"
#include "policy/decode/preimage.hpp"
#include "policy/effect/describe.hpp"
#include "tests/policy/build.hpp"

#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace chela::policy {

// What a failing test shows.
inline void PrintTo(const Effect& effect, std::ostream* out) {
    *out << to_string(kind_of(effect)) << ": " << describe(effect);
}

}  // namespace chela::policy

namespace chela::policy::test {

using namespace chela::test;
namespace abi = chains::abi;

inline const Address kSigner = address(0x51);
inline const Address kToken = address(0x70);
inline const Address kAlice = address(0xa1);
inline const Address kBob = address(0xb0);
inline const Asset kAsset{kChain, kToken};
inline const Asset kNative{kChain, std::nullopt};
inline const std::string kMax(64, 'f');

/// @param checksummed  EIP-55
inline Address from_text(std::string_view checksummed) {
    const auto out = parse_address(checksummed);
    if (!out) bug("a test's address does not parse");
    return *out;
}
inline const Address kPermit2 = from_text("0x000000000022D473030F116dDEE9F6B43aC78BA3");
inline const Address kWeth = from_text("0x4200000000000000000000000000000000000006");

template <class T>
abi::Value val(T value) {
    return {.data = std::move(value)};
}
inline abi::Value num(std::uint64_t value) {
    return val(U256{value});
}
inline abi::Value list(abi::Value::List values) {
    return val(std::move(values));
}

/// @param signature  "transfer(address,uint256)"
/// @return digits, as test::transaction_to takes them
inline std::string call(std::string_view signature, const abi::Value::List& arguments) {
    const auto parsed = abi::parse_signature(signature);
    if (!parsed) bug("a test's signature does not parse");
    const auto bytes = abi::encode_call(*parsed, arguments);
    if (!bytes) bug("a test's arguments do not encode: " + bytes.error().detail);
    return to_hex(*bytes).substr(2);
}

inline std::vector<Effect> effects_in(const EffectTree& tree) {
    std::vector<Effect> out;
    for (const auto* node : effects_of(tree))
        out.push_back(effect_of(*node));
    return out;
}

/// The effects of a transaction of the signer on kChain.
inline std::vector<Effect> decode(
    const Address& to, std::string_view data, const Contracts& contracts = {}, Wei value = {}) {
    return effects_in(decode_transaction(transaction_to(to, value, data), kSigner, contracts));
}

/// The reason of the only effect; anything else is no answer.
inline std::optional<Opaque::Reason> refusal(const std::vector<Effect>& effects) {
    const auto* opaque = effects.size() == 1 ? std::get_if<Opaque>(&effects.front()) : nullptr;
    return opaque == nullptr ? std::nullopt : std::optional{opaque->reason};
}

inline Contracts declared(const Address& contract, ContractKind kind) {
    Contracts out;
    out.declare(kChain, contract, kind);
    return out;
}

}  // namespace chela::policy::test
