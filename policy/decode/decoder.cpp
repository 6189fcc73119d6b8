#include "policy/decode/decoder.hpp"

#include "chains/abi/decode.hpp"
#include "chains/abi/position.hpp"
#include "chains/base/result.hpp"

#include <algorithm>
#include <utility>

namespace chela::policy {
namespace {

namespace abi = chains::abi;

constexpr std::size_t kSelectorSize = 4;

template <class T>
const T& argument(const KnownCall& call, std::size_t index) {
    const auto* value =
        index < call.arguments.size() ? std::get_if<T>(&call.arguments[index].data) : nullptr;
    if (value == nullptr) bug("a decoder asks for an argument that its signature does not have");
    return *value;
}

abi::Selector selector_of(BytesView data) {
    abi::Selector selector;
    std::ranges::copy(data.first(kSelectorSize), selector.bytes.begin());
    return selector;
}

EffectNode opaque_call(const Frame& frame, Opaque::Reason reason, std::string detail) {
    auto node = opaque_node(frame, reason, std::move(detail));
    if (frame.data.size() >= kSelectorSize) {
        std::get<Opaque>(std::get<Effect>(node.what)).selector = selector_of(frame.data);
    }
    return node;
}

Effect value_transfer(const Frame& frame) {
    return Transfer{
        .asset = {frame.chain, std::nullopt},
        .from = frame.value_owner(),
        .to = frame.target,
        .amount = frame.value.value,
        .token_id = std::nullopt};
}

Decoded pinned_call(const Frame& frame, const PinnedFunction& pinned) {
    const auto types = abi::types_of(pinned.signature.inputs);
    auto arguments = abi::decode(types, frame.data.subspan(kSelectorSize));
    if (!arguments) {
        return {{opaque_call(frame, Opaque::Reason::non_canonical, arguments.error().detail)}};
    }
    return {{effect_node(
        frame, Call{
                   .chain = frame.chain,
                   .actor = frame.actor,
                   .target = frame.target,
                   .signature = abi::canonical_text(pinned.signature),
                   .parameters = pinned.signature.inputs,
                   .arguments = *std::move(arguments)})}};
}

}  // namespace

const U256& KnownCall::number(std::size_t index) const {
    return argument<U256>(*this, index);
}
const Address& KnownCall::address(std::size_t index) const {
    return argument<Address>(*this, index);
}
bool KnownCall::flag(std::size_t index) const {
    return argument<bool>(*this, index);
}
const Bytes& KnownCall::bytes(std::size_t index) const {
    return argument<Bytes>(*this, index);
}
const abi::Value::List& KnownCall::list(std::size_t index) const {
    return argument<abi::Value::List>(*this, index);
}
std::size_t KnownCall::position(std::span<const std::size_t> path) const {
    return frame.at + kSelectorSize + abi::position(types, arguments, path);
}

EffectNode effect_node(const Frame& frame, Effect effect) {
    return {
        .what = std::move(effect),
        .actor = frame.actor,
        .target = frame.target,
        .range = frame.range(),
        .inner = {}};
}

EffectNode opaque_node(const Frame& frame, Opaque::Reason reason, std::string detail) {
    return effect_node(
        frame, Opaque{
                   .reason = reason,
                   .chain = frame.chain,
                   .target = frame.target,
                   .selector = std::nullopt,
                   .detail = std::move(detail)});
}

EffectNode wrapper_node(const Frame& frame, std::string_view name, std::vector<EffectNode> inner) {
    return {
        .what = Wrapper{name, frame.target},
        .actor = frame.actor,
        .target = frame.target,
        .range = frame.range(),
        .inner = std::move(inner)};
}

Frame inner_frame(
    const Frame& frame,
    const Address& actor,
    const Address& target,
    Wei value,
    BytesView data,
    std::size_t at) {
    return {
        .chain = frame.chain,
        .actor = actor,
        .target = target,
        .value = value,
        .data = data,
        .at = at,
        .depth = frame.depth + 1};
}

bool Decoder::take_node() {
    return ++nodes_ <= kMaxNodes;
}

std::vector<EffectNode> Decoder::call(const Frame& frame) {
    if (!take_node() || frame.depth > kMaxDepth || frame.data.size() > kMaxCalldata) {
        return {opaque_call(frame, Opaque::Reason::limit, "calls too deep, too many or too long")};
    }
    auto decoded = frame.data.empty() ? Decoded{} : dispatch(frame);
    // A call without value and data still is a transfer, of nothing: a tree is never empty.
    const bool has_transfer =
        frame.data.empty() || (!frame.value.value.is_zero() && !decoded.includes_value);
    if (has_transfer) {
        decoded.nodes.insert(decoded.nodes.begin(), effect_node(frame, value_transfer(frame)));
    }
    return std::move(decoded.nodes);
}

Decoded Decoder::dispatch(const Frame& frame) {
    const auto kind = contracts_.kind_of(frame.chain, frame.target);
    if (kind == ContractKind::create2_factory) return decode_create2(frame);
    if (frame.data.size() < kSelectorSize) {
        return {{opaque_call(
            frame, Opaque::Reason::unknown_selector, "calldata shorter than a selector")}};
    }
    const auto selector = selector_of(frame.data);
    const auto found = find_function(selector, kind);
    if (!found) {
        if (const auto* pinned = contracts_.pinned(frame.chain, frame.target, selector)) {
            return pinned_call(frame, *pinned);
        }
        const auto reason = is_known_selector(selector) ? Opaque::Reason::untrusted_contract
                                                        : Opaque::Reason::unknown_selector;
        return {{opaque_call(frame, reason, {})}};
    }
    const auto arguments = abi::decode(found->types, frame.data.subspan(kSelectorSize));
    if (!arguments) {
        return {{opaque_call(frame, Opaque::Reason::non_canonical, arguments.error().detail)}};
    }
    auto decoded = found->function->decode(
        *this, KnownCall{.frame = frame, .types = found->types, .arguments = *arguments});
    if (!decoded) {
        return {{opaque_call(frame, Opaque::Reason::non_canonical, "not what the function takes")}};
    }
    return *std::move(decoded);
}

}  // namespace chela::policy
