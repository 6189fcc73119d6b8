#include "policy/decode/permit2_effects.hpp"
#include "policy/decode/token_effects.hpp"
#include "policy/decode/values.hpp"

#include <array>

namespace chela::policy {
namespace {

using chains::abi::Value;

constexpr auto kOnlyAt = ContractKind::permit2;

Effect transfer_of(
    const Frame& frame,
    const Address& token,
    const Address& from,
    const Address& to,
    const U256& amount) {
    return Transfer{{frame.chain, token}, from, to, amount, std::nullopt};
}

/// @param value  (address token, uint160 amount, uint48 expiration, uint48 nonce)
Permit2Details details_of(const Value& value) {
    return {
        .token = member_as<Address>(value, 0),
        .amount = member_as<U256>(value, 1),
        .expiration = member_as<U256>(value, 2)};
}

// Expiration 0 lasts for the block of the transaction, which has no date of its own: it has ended
// by the time that anybody looks.
std::optional<Decoded> approve(Decoder&, const KnownCall& call) {
    const Permit2Details details{
        .token = call.address(0), .amount = call.number(2), .expiration = call.number(3)};
    return only(
        call.frame,
        permit2_allowance(call.frame.chain, call.frame.actor, call.address(1), details, U256{}));
}

// (details, spender, sigDeadline)
std::optional<Decoded> permit(Decoder&, const KnownCall& call) {
    const auto& single = call.list(1);
    return only(
        call.frame, permit2_allowance(
                        call.frame.chain, call.address(0), value_as<Address>(single[1]),
                        details_of(single[0]), value_as<U256>(single[2])));
}

// (details[], spender, sigDeadline)
std::optional<Decoded> permit_batch(Decoder& decoder, const KnownCall& call) {
    const auto& batch = call.list(1);
    const auto& entries = value_as<Value::List>(batch[0]);
    if (entries.empty()) return std::nullopt;
    if (!take_nodes(decoder, entries.size())) return too_many(call.frame);
    Decoded out;
    for (const auto& entry : entries) {
        out.nodes.push_back(effect_node(
            call.frame, permit2_allowance(
                            call.frame.chain, call.address(0), value_as<Address>(batch[1]),
                            details_of(entry), value_as<U256>(batch[2]))));
    }
    return out;
}

std::optional<Decoded> transfer_from(Decoder&, const KnownCall& call) {
    return only(
        call.frame,
        transfer_of(call.frame, call.address(3), call.address(0), call.address(1), call.number(2)));
}

// (from, to, amount, token)[]
std::optional<Decoded> transfer_from_batch(Decoder& decoder, const KnownCall& call) {
    const auto& entries = call.list(0);
    if (entries.empty()) return std::nullopt;
    if (!take_nodes(decoder, entries.size())) return too_many(call.frame);
    Decoded out;
    for (const auto& entry : entries) {
        out.nodes.push_back(effect_node(
            call.frame, transfer_of(
                            call.frame, member_as<Address>(entry, 3), member_as<Address>(entry, 0),
                            member_as<Address>(entry, 1), member_as<U256>(entry, 2))));
    }
    return out;
}

// ((token, amount) permitted, nonce, deadline), (to, requestedAmount), owner …
// What follows is the witness and the signature: it says who may ask, and moves nothing more.
std::optional<Decoded> permit_transfer_from(Decoder&, const KnownCall& call) {
    const auto& permitted = call.list(0)[0];
    const auto& details = call.list(1);
    return only(
        call.frame, transfer_of(
                        call.frame, member_as<Address>(permitted, 0), call.address(2),
                        value_as<Address>(details[0]), value_as<U256>(details[1])));
}

// ((token, amount)[] permitted, nonce, deadline), (to, requestedAmount)[], owner …
std::optional<Decoded> permit_transfer_from_batch(Decoder& decoder, const KnownCall& call) {
    const auto& permitted = value_as<Value::List>(call.list(0)[0]);
    const auto& details = call.list(1);
    if (permitted.size() != details.size() || permitted.empty()) return std::nullopt;
    if (!take_nodes(decoder, permitted.size())) return too_many(call.frame);
    Decoded out;
    for (std::size_t i = 0; i < permitted.size(); ++i) {
        out.nodes.push_back(effect_node(
            call.frame, transfer_of(
                            call.frame, member_as<Address>(permitted[i], 0), call.address(2),
                            member_as<Address>(details[i], 0), member_as<U256>(details[i], 1))));
    }
    return out;
}

// (token, spender)[]
std::optional<Decoded> lockdown(Decoder& decoder, const KnownCall& call) {
    const auto& entries = call.list(0);
    if (entries.empty()) return std::nullopt;
    if (!take_nodes(decoder, entries.size())) return too_many(call.frame);
    Decoded out;
    for (const auto& entry : entries) {
        out.nodes.push_back(effect_node(
            call.frame, Revoke{
                            {call.frame.chain, member_as<Address>(entry, 0)},
                            call.frame.actor,
                            member_as<Address>(entry, 1)}));
    }
    return out;
}

// Permits that were signed and not yet used end.
std::optional<Decoded> invalidate_nonces(Decoder&, const KnownCall& call) {
    return only(
        call.frame, Revoke{{call.frame.chain, call.address(0)}, call.frame.actor, call.address(1)});
}

// The nonces do not tell tokens or spenders: whatever Permit2 itself holds for the owner.
std::optional<Decoded> invalidate_unordered_nonces(Decoder&, const KnownCall& call) {
    return only(call.frame, Revoke{token_of(call.frame), call.frame.actor, Address{}});
}

// Source: Uniswap/permit2, IAllowanceTransfer and ISignatureTransfer.
constexpr std::array kFunctions{
    KnownFunction{"approve(address,address,uint160,uint48)", kOnlyAt, {}, approve},
    KnownFunction{
        "permit(address,((address,uint160,uint48,uint48),address,uint256),bytes)",
        kOnlyAt,
        {},
        permit},
    KnownFunction{
        "permit(address,((address,uint160,uint48,uint48)[],address,uint256),bytes)",
        kOnlyAt,
        {},
        permit_batch},
    KnownFunction{"transferFrom(address,address,uint160,address)", kOnlyAt, {}, transfer_from},
    KnownFunction{
        "transferFrom((address,address,uint160,address)[])", kOnlyAt, {}, transfer_from_batch},
    KnownFunction{
        "permitTransferFrom(((address,uint256),uint256,uint256),(address,uint256),address,bytes)",
        kOnlyAt,
        {},
        permit_transfer_from},
    KnownFunction{
        "permitTransferFrom(((address,uint256)[],uint256,uint256),(address,uint256)[],address,"
        "bytes)",
        kOnlyAt,
        {},
        permit_transfer_from_batch},
    KnownFunction{
        "permitWitnessTransferFrom(((address,uint256),uint256,uint256),(address,uint256),address,"
        "bytes32,string,bytes)",
        kOnlyAt,
        {},
        permit_transfer_from},
    KnownFunction{
        "permitWitnessTransferFrom(((address,uint256)[],uint256,uint256),(address,uint256)[],"
        "address,bytes32,string,bytes)",
        kOnlyAt,
        {},
        permit_transfer_from_batch},
    KnownFunction{"lockdown((address,address)[])", kOnlyAt, {}, lockdown},
    KnownFunction{"invalidateNonces(address,address,uint48)", kOnlyAt, {}, invalidate_nonces},
    KnownFunction{
        "invalidateUnorderedNonces(uint256,uint256)", kOnlyAt, {}, invalidate_unordered_nonces},
};

}  // namespace

std::span<const KnownFunction> permit2_functions() {
    return kFunctions;
}

}  // namespace chela::policy
