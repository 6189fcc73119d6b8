#include "policy/decode/permit2_effects.hpp"
#include "policy/decode/token_effects.hpp"
#include "policy/decode/typed_data.hpp"

#include <array>

namespace chela::policy {
namespace {

constexpr auto kOnlyAt = ContractKind::permit2;

// Permit2 takes the owner from the call, not from the message, and checks the signature against it:
// it is the signer.
EffectNode allowance_node(
    const KnownMessage& in, const Address& spender, const KnownMessage& details) {
    return in.node(permit2_allowance(
        in.chain, in.signer, spender,
        {.token = details.address("token"),
         .amount = details.number("amount"),
         .expiration = details.number("expiration")},
        in.number("sigDeadline")));
}

// The spender names the recipient only when it takes, once, up to the amount and the deadline: a
// Grant that ends then says all of it, a Transfer would have to invent the recipient.
EffectNode transfer_node(const KnownMessage& in, const KnownMessage& permitted) {
    return in.node(Grant{
        {in.chain, permitted.address("token")},
        in.signer,
        in.address("spender"),
        bound_of(permitted.number("amount")),
        in.number("deadline")});
}

/// @param make  the node of one entry
template <class Make>
std::vector<EffectNode> each(
    Decoder& decoder, const KnownMessage& in, std::string_view name, const Make& make) {
    const auto& entries = in.list(name);
    if (entries.empty()) {
        return {in.opaque(Opaque::Reason::unsupported, "a batch that names no token")};
    }
    std::vector<EffectNode> out;
    for (const auto& entry : entries) {
        if (!decoder.take_node()) {
            return {in.opaque(Opaque::Reason::limit, "too many entries in a batch")};
        }
        out.push_back(make(in.with(entry)));
    }
    return out;
}

EffectTree permit_single(Decoder&, const KnownMessage& in) {
    return {
        .roots = {allowance_node(in, in.address("spender"), in.inside("details"))},
        .valid_until = in.number("sigDeadline")};
}

EffectTree permit_batch(Decoder& decoder, const KnownMessage& in) {
    const auto make = [&in](const KnownMessage& details) {
        return allowance_node(in, in.address("spender"), details);
    };
    return {.roots = each(decoder, in, "details", make), .valid_until = in.number("sigDeadline")};
}

EffectTree permit_transfer(Decoder&, const KnownMessage& in) {
    return {
        .roots = {transfer_node(in, in.inside("permitted"))}, .valid_until = in.number("deadline")};
}

EffectTree permit_batch_transfer(Decoder& decoder, const KnownMessage& in) {
    const auto make = [&in](const KnownMessage& permitted) { return transfer_node(in, permitted); };
    return {.roots = each(decoder, in, "permitted", make), .valid_until = in.number("deadline")};
}

// With a witness the type is another one, unknown: what the spender's contract does with the
// witness is not in the message. Source: Uniswap/permit2, PermitHash.
constexpr std::array kTypes{
    KnownType{
        "PermitSingle(PermitDetails details,address spender,uint256 sigDeadline)"
        "PermitDetails(address token,uint160 amount,uint48 expiration,uint48 nonce)",
        kOnlyAt, permit_single},
    KnownType{
        "PermitBatch(PermitDetails[] details,address spender,uint256 sigDeadline)"
        "PermitDetails(address token,uint160 amount,uint48 expiration,uint48 nonce)",
        kOnlyAt, permit_batch},
    KnownType{
        "PermitTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,"
        "uint256 deadline)TokenPermissions(address token,uint256 amount)",
        kOnlyAt, permit_transfer},
    KnownType{
        "PermitBatchTransferFrom(TokenPermissions[] permitted,address spender,uint256 nonce,"
        "uint256 deadline)TokenPermissions(address token,uint256 amount)",
        kOnlyAt, permit_batch_transfer},
};

}  // namespace

std::span<const KnownType> permit2_types() {
    return kTypes;
}

}  // namespace chela::policy
