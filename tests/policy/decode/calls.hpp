#pragma once

#include "chains/abi/value.hpp"
#include "policy/decode/decoder.hpp"
#include "tests/policy/decode/decoding.hpp"

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace chela::policy::test::calls {

using chains::abi::Value;
using chela::test::address;
using chela::test::kChain;
using chela::test::wei;
using List = Value::List;

inline const Address kSelf = address(0x51);
inline const Address kToken = address(0x70);
inline const Address kFriend = address(0xf0);
inline const Address kStranger = address(0xbb);

[[nodiscard]] inline Value number(std::uint64_t value) {
    return {U256{value}};
}
[[nodiscard]] inline Value list(List values) {
    return {std::move(values)};
}

/// A call with canonical arguments; anything else is a mistake in the test and aborts.
[[nodiscard]] Bytes call_of(const std::string& signature, const List& arguments);
/// Arguments without a selector. @param types  "(address,uint256)"
[[nodiscard]] Bytes arguments_of(const std::string& types, const List& arguments);
[[nodiscard]] Bytes transfer_of(const Address& to, std::uint64_t amount);
[[nodiscard]] Bytes joined(std::initializer_list<Bytes> parts);
[[nodiscard]] Bytes word_of(const U256& number);
[[nodiscard]] Bytes bytes_of(const Address& address);

/// A call by kSelf.
[[nodiscard]] std::vector<EffectNode> decode(
    const Contracts& contracts, const Address& target, const Bytes& data, Wei value = {});
/// What the nodes do, without the wrappers.
[[nodiscard]] std::vector<Effect> effects_of(const std::vector<EffectNode>& nodes);
/// As decode() and effects_of().
[[nodiscard]] std::vector<Effect> effects(
    const Contracts& contracts, const Address& target, const Bytes& data, Wei value = {});
/// The reason of the one Opaque effect that there must be, or nothing.
[[nodiscard]] std::optional<Opaque::Reason> refusal(const std::vector<Effect>& effects);
/// Every node, wrappers too.
[[nodiscard]] std::size_t count_nodes(const std::vector<EffectNode>& nodes);

[[nodiscard]] Asset asset(const Address& token);
[[nodiscard]] Asset native();
[[nodiscard]] Effect transfer(
    const Asset& asset, const Address& from, const Address& to, const Bound& amount);

}  // namespace chela::policy::test::calls
