#include "tests/policy/decode/calls.hpp"

#include "chains/abi/encode.hpp"
#include "chains/abi/signature.hpp"

#include <utility>

namespace chela::policy::test::calls {

namespace abi = chains::abi;

Bytes call_of(const std::string& signature, const List& arguments) {
    const auto encoded = abi::encode_call(abi::parse_signature(signature).value(), arguments);
    if (!encoded) bug(signature + ": " + encoded.error().detail);
    return *encoded;
}

Bytes arguments_of(const std::string& types, const List& arguments) {
    const auto call = call_of("f" + types, arguments);
    return {call.begin() + 4, call.end()};
}

Bytes transfer_of(const Address& to, std::uint64_t amount) {
    return call_of("transfer(address,uint256)", {{to}, number(amount)});
}

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes out;
    for (const auto& part : parts)
        out.insert(out.end(), part.begin(), part.end());
    return out;
}

Bytes word_of(const U256& number) {
    const auto word = number.to_big_endian();
    return {word.begin(), word.end()};
}

Bytes bytes_of(const Address& address) {
    return {address.bytes.begin(), address.bytes.end()};
}

std::vector<EffectNode> decode(
    const Contracts& contracts, const Address& target, const Bytes& data, Wei value) {
    Decoder decoder{kSelf, contracts};
    return decoder.call(
        {.chain = kChain,
         .actor = kSelf,
         .target = target,
         .value = value,
         .data = data,
         .at = 0,
         .depth = 0});
}

std::vector<Effect> effects_of(const std::vector<EffectNode>& nodes) {
    std::vector<Effect> out;
    for (const auto& node : nodes) {
        if (const auto* effect = std::get_if<Effect>(&node.what)) out.push_back(*effect);
        for (auto& inner : effects_of(node.inner))
            out.push_back(std::move(inner));
    }
    return out;
}

std::vector<Effect> effects(
    const Contracts& contracts, const Address& target, const Bytes& data, Wei value) {
    return effects_of(decode(contracts, target, data, value));
}

std::optional<Opaque::Reason> refusal(const std::vector<Effect>& effects) {
    std::optional<Opaque::Reason> out;
    for (const auto& effect : effects) {
        const auto* opaque = std::get_if<Opaque>(&effect);
        if (opaque == nullptr) continue;
        if (out) return std::nullopt;
        out = opaque->reason;
    }
    return out;
}

std::size_t count_nodes(const std::vector<EffectNode>& nodes) {
    std::size_t out = nodes.size();
    for (const auto& node : nodes)
        out += count_nodes(node.inner);
    return out;
}

Asset asset(const Address& token) {
    return {kChain, token};
}
Asset native() {
    return {kChain, std::nullopt};
}
Effect transfer(const Asset& asset, const Address& from, const Address& to, const Bound& amount) {
    return Transfer{
        .asset = asset, .from = from, .to = to, .amount = amount, .token_id = std::nullopt};
}

}  // namespace chela::policy::test::calls
