#include "chains/crypto/keccak.hpp"
#include "policy/decode/decoder.hpp"
#include "policy/decode/preimage.hpp"

#include <utility>

namespace chela::policy {
namespace {

EffectNode creation(const chains::Transaction& transaction, const Address& signer) {
    const auto chain = chains::chain_id(transaction);
    const auto& initcode = chains::data(transaction);
    EffectNode node{
        .what =
            Deploy{
                .chain = chain,
                .creator = signer,
                .value = chains::value(transaction),
                .initcode_hash = chains::keccak256(initcode)},
        .actor = signer,
        .target = std::nullopt,
        .range = {0, initcode.size()},
        .inner = {}};
    if (initcode.size() > kMaxCalldata) {
        node.what = Opaque{
            .reason = Opaque::Reason::limit,
            .chain = chain,
            .target = std::nullopt,
            .selector = std::nullopt,
            .detail = "initcode too long"};
    }
    return node;
}

/// @return empty: a tuple that the chain skips
std::optional<EffectNode> delegation(
    Decoder& decoder, const chains::SignedAuthorization& tuple, const Address& signer) {
    const auto authority = chains::recover_authority(tuple);
    if (!authority) return std::nullopt;
    const auto& authorization = tuple.authorization;
    EffectNode node{
        .what =
            Delegate7702{
                .chain = authorization.chain_id,
                .authority = *authority,
                .delegate = authorization.address,
                .nonce = authorization.nonce},
        .actor = signer,
        .target = std::nullopt,
        .range = {},
        .inner = {}};
    if (!decoder.take_node()) {
        node.what = Opaque{
            .reason = Opaque::Reason::limit,
            .chain = authorization.chain_id,
            .target = std::nullopt,
            .selector = std::nullopt,
            .detail = "too many authorizations"};
    }
    return node;
}

}  // namespace

// Blobs are data that nobody executes: they cost a fee, which is the envelope's. An access list
// names what will be touched and does nothing.
EffectTree decode_transaction(
    const chains::Transaction& transaction, const Address& signer, const Contracts& contracts) {
    EffectTree out;
    const auto to = chains::to(transaction);
    if (!to) {
        out.roots.push_back(creation(transaction, signer));
        return out;
    }
    Decoder decoder{signer, contracts};
    out.roots = decoder.call(Frame{
        .chain = chains::chain_id(transaction),
        .actor = signer,
        .target = *to,
        .value = chains::value(transaction),
        .data = chains::data(transaction),
        .at = 0,
        .depth = 0});
    if (const auto* typed = std::get_if<chains::Eip7702Transaction>(&transaction)) {
        for (const auto& tuple : typed->authorization_list) {
            auto node = delegation(decoder, tuple, signer);
            if (node) out.roots.push_back(*std::move(node));
        }
    }
    return out;
}

}  // namespace chela::policy
