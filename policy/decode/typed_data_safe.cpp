#include "policy/decode/safe_transaction.hpp"
#include "policy/decode/typed_data.hpp"

#include <array>
#include <utility>

namespace chela::policy {
namespace {

void forget_ranges(std::vector<EffectNode>& nodes) {
    for (auto& node : nodes) {
        node.range = {};
        forget_ranges(node.inner);
    }
}

// What execTransaction with the same fields does, as if the signature alone were enough.
EffectTree safe_tx(Decoder& decoder, const KnownMessage& in) {
    auto inner = decode_safe_transaction(
        decoder, in.frame(),
        {.to = in.address("to"),
         .value = Wei{in.number("value")},
         .data = in.bytes("data"),
         .at = 0,
         .operation = in.number("operation"),
         .safe_tx_gas = in.number("safeTxGas"),
         .base_gas = in.number("baseGas"),
         .gas_price = in.number("gasPrice"),
         .gas_token = in.address("gasToken"),
         .refund_receiver = in.address("refundReceiver")});
    EffectTree out;
    if (inner) {
        forget_ranges(*inner);
        out.roots.push_back(wrapper_node(in.frame(), "SafeTx", *std::move(inner)));
    } else {
        out.roots.push_back(in.opaque(Opaque::Reason::non_canonical, "no operation of a Safe"));
    }
    return out;
}

// The domain of versions before 1.3 names no chain, and is refused for that. Source:
// safe-smart-account 1.0 to 1.4.1, SAFE_TX_TYPEHASH and domainSeparator.
constexpr std::array kTypes{KnownType{
    "SafeTx(address to,uint256 value,bytes data,uint8 operation,uint256 safeTxGas,"
    "uint256 baseGas,uint256 gasPrice,address gasToken,address refundReceiver,uint256 nonce)",
    std::nullopt, safe_tx}};

}  // namespace

std::span<const KnownType> safe_types() {
    return kTypes;
}

}  // namespace chela::policy
