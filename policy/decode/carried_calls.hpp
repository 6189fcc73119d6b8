#pragma once

#include "policy/decode/decoder.hpp"

#include <optional>
#include <span>
#include <vector>

namespace chela::policy {

/// A call inside another one.
struct CarriedCall {
    Address target;
    Wei value;
    BytesView data;
    std::size_t at{};                ///< where `data` begins in the root's bytes
    std::optional<Address> payer{};  ///< as in Frame
};

/// What calls that `frame` carries do, in order, made by `actor`. Ends at the first one that is
/// past the bounds, which is Opaque(limit).
[[nodiscard]] std::vector<EffectNode> decode_calls(
    Decoder& decoder, const Frame& frame, const Address& actor, std::span<const CarriedCall> calls);

/// Which members of a tuple make up a call.
struct TupleLayout {
    std::size_t target;
    std::optional<std::size_t> value;  ///< empty: no value goes along
    std::size_t data;
};

/// The calls of an argument that is an array of tuples. Ownership: points into the arguments.
[[nodiscard]] std::vector<CarriedCall> calls_of_tuples(
    const KnownCall& call, std::size_t argument, const TupleLayout& layout);

/// The elements of an argument `bytes[]`, each as a call of `target` without value.
[[nodiscard]] std::vector<CarriedCall> calls_of_bytes(
    const KnownCall& call, std::size_t argument, const Address& target);

}  // namespace chela::policy
