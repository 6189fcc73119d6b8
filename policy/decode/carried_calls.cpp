#include "policy/decode/carried_calls.hpp"

#include "policy/decode/values.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace chela::policy {
namespace {

// More would only be refused, and each position costs a walk over those before it.
std::size_t looked_at(std::size_t count) {
    return std::min(count, kMaxNodes + 1);
}

}  // namespace

std::vector<EffectNode> decode_calls(
    Decoder& decoder,
    const Frame& frame,
    const Address& actor,
    std::span<const CarriedCall> calls) {
    std::vector<EffectNode> out;
    for (const auto& call : calls) {
        auto inner = inner_frame(frame, actor, call.target, call.value, call.data, call.at);
        inner.payer = call.payer;
        auto nodes = decoder.call(inner);
        std::ranges::move(nodes, std::back_inserter(out));
        if (decoder.is_exhausted()) break;
    }
    return out;
}

std::vector<CarriedCall> calls_of_tuples(
    const KnownCall& call, std::size_t argument, const TupleLayout& layout) {
    const auto& tuples = call.list(argument);
    std::vector<CarriedCall> out(looked_at(tuples.size()));
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = {
            .target = member_as<Address>(tuples[i], layout.target),
            .value = layout.value ? Wei{member_as<U256>(tuples[i], *layout.value)} : Wei{},
            .data = member_as<Bytes>(tuples[i], layout.data),
            .at = call.position(std::array{argument, i, layout.data})};
    }
    return out;
}

std::vector<CarriedCall> calls_of_bytes(
    const KnownCall& call, std::size_t argument, const Address& target) {
    const auto& list = call.list(argument);
    std::vector<CarriedCall> out(looked_at(list.size()));
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = {
            .target = target,
            .value = {},
            .data = value_as<Bytes>(list[i]),
            .at = call.position(std::array{argument, i})};
    }
    return out;
}

}  // namespace chela::policy
