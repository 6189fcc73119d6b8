#include "policy/decode/safe_transaction.hpp"

#include "chains/abi/position.hpp"
#include "policy/decode/values.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace chela::policy {
namespace {

namespace abi = chains::abi;

// operation, to, value, length of data
constexpr std::size_t kHeader = 1 + 20 + 32 + 32;
constexpr std::size_t kSelectorSize = 4;

/// Beside safeTxGas a Safe pays for the call itself: a cold account, its creation, the value and
/// the copies of the data, which takes below 400,000 gas for 128 KiB.
constexpr U256 kCallOverhead{500'000};

struct PackedCall {
    std::uint8_t operation{};
    Address to;
    Wei value;
    BytesView data;
    std::size_t at{};
};

U256 number_at(BytesView word) {
    const auto number = U256::from_big_endian(word);
    if (!number) bug("a 32-byte word does not fit 256 bits");
    return *number;
}

std::optional<std::vector<PackedCall>> unpack(BytesView packed, std::size_t at) {
    std::vector<PackedCall> out;
    for (std::size_t i = 0; i < packed.size();) {
        if (packed.size() - i < kHeader) return std::nullopt;
        const auto header = packed.subspan(i, kHeader);
        PackedCall call;
        call.operation = header.front();
        std::ranges::copy(header.subspan(1, Address::kSize), call.to.bytes.begin());
        call.value = Wei{number_at(header.subspan(21, 32))};
        const auto length = number_at(header.subspan(53, 32)).to_uint64();
        i += kHeader;
        if (call.operation > 1 || !length || *length > packed.size() - i) return std::nullopt;
        call.data = packed.subspan(i, *length);
        call.at = at + i;
        i += *length;
        out.push_back(call);
    }
    return out;
}

std::vector<EffectNode> decode_packed(
    Decoder& decoder, const Frame& frame, const Address& actor, const PackedCall& call) {
    const auto inner = inner_frame(frame, actor, call.to, call.value, call.data, call.at);
    // From v1.5 on, MultiSend reads a zero address as the account itself; before, as that address.
    if (call.to == Address{}) {
        const auto reason =
            decoder.take_node() ? Opaque::Reason::unsupported : Opaque::Reason::limit;
        return {opaque_node(inner, reason, "MultiSend to the zero address")};
    }
    return call.operation == 0 ? decoder.call(inner) : decode_delegatecall(decoder, inner);
}

/// (safeTxGas + baseGas + overhead) × gasPrice. Source: Safe v1.4.1, Safe.sol, "handlePayment".
Bound refund_of(const SafeTransaction& transaction) {
    const auto own = add(transaction.safe_tx_gas, transaction.base_gas);
    const auto gas = own ? add(*own, kCallOverhead) : own;
    const auto cost = gas ? multiply(*gas, transaction.gas_price) : gas;
    return cost ? Bound{*cost} : std::nullopt;
}

Effect refund_transfer(const Frame& frame, const SafeTransaction& transaction) {
    const bool is_native = transaction.gas_token == Address{};
    return Transfer{
        .asset = {frame.chain, is_native ? std::nullopt : std::optional{transaction.gas_token}},
        .from = frame.target,
        .to = transaction.refund_receiver,
        .amount = refund_of(transaction),
        .token_id = std::nullopt};
}

const abi::Signature& multisend_signature() {
    static const auto kSignature = abi::parse_signature("multiSend(bytes)");
    if (!kSignature) bug("the signature of multiSend does not read");
    return *kSignature;
}

}  // namespace

std::optional<std::vector<EffectNode>> decode_multisend(
    Decoder& decoder, const Frame& frame, const Address& actor, BytesView packed, std::size_t at) {
    const auto calls = unpack(packed, at);
    if (!calls) return std::nullopt;
    std::vector<EffectNode> out;
    for (const auto& call : *calls) {
        auto nodes = decode_packed(decoder, frame, actor, call);
        std::ranges::move(nodes, std::back_inserter(out));
        if (decoder.is_exhausted()) break;
    }
    return out;
}

std::vector<EffectNode> decode_delegatecall(Decoder& decoder, const Frame& frame) {
    if (!decoder.take_node() || frame.depth > kMaxDepth || frame.data.size() > kMaxCalldata) {
        return {opaque_node(frame, Opaque::Reason::limit, "calls too deep, too many or too long")};
    }
    const auto kind = decoder.contracts().kind_of(frame.chain, frame.target);
    if (kind != ContractKind::safe_multisend) {
        return {effect_node(frame, Delegatecall{frame.chain, frame.actor, frame.target})};
    }
    const auto& signature = multisend_signature();
    const auto arguments = abi::decode_call(signature, frame.data);
    if (!arguments) {
        return {opaque_node(
            frame, Opaque::Reason::non_canonical,
            "a delegatecall of MultiSend for something else")};
    }
    const auto types = abi::types_of(signature.inputs);
    const auto at = frame.at + kSelectorSize + abi::position(types, *arguments, std::array{0UZ});
    auto inner =
        decode_multisend(decoder, frame, frame.actor, value_as<Bytes>(arguments->front()), at);
    if (!inner) {
        return {opaque_node(
            frame, Opaque::Reason::non_canonical, "not the packed calls that MultiSend takes")};
    }
    return {wrapper_node(frame, "MultiSend.multiSend", *std::move(inner))};
}

std::optional<std::vector<EffectNode>> decode_safe_transaction(
    Decoder& decoder, const Frame& frame, const SafeTransaction& transaction) {
    if (transaction.operation > U256{1}) return std::nullopt;
    const auto inner = inner_frame(
        frame, frame.target, transaction.to, transaction.value, transaction.data, transaction.at);
    auto out =
        transaction.operation.is_zero() ? decoder.call(inner) : decode_delegatecall(decoder, inner);
    if (!transaction.gas_price.is_zero()) {
        out.push_back(effect_node(frame, refund_transfer(frame, transaction)));
        // It is the Safe that pays, whoever asked for the transaction.
        out.back().actor = frame.target;
    }
    return out;
}

}  // namespace chela::policy
