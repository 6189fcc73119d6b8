#include "policy/decode/token_effects.hpp"

#include <array>

namespace chela::policy {
namespace {

constexpr std::string_view kWhy =
    "the standards for NFTs have it, and the effect names the contract as its asset";

Effect one_token(const KnownCall& call) {
    return Transfer{
        token_of(call.frame), call.address(0), call.address(1), U256{1}, call.number(2)};
}

std::optional<Decoded> transfer_from(Decoder&, const KnownCall& call) {
    return only(call.frame, one_token(call));
}

std::optional<Decoded> safe_transfer_from_with_data(Decoder&, const KnownCall& call) {
    auto out = only(call.frame, one_token(call));
    add_hook(out, call.frame, call.address(1), call.bytes(3));
    return out;
}

// One token may be taken once; the zero address takes the approval back. Source: ERC-721,
// "approve".
std::optional<Decoded> approve(Decoder&, const KnownCall& call) {
    const bool is_taken_back = call.address(0) == Address{};
    return only(
        call.frame, allowance(
                        token_of(call.frame), call.frame.actor, call.address(0),
                        U256{is_taken_back ? 0U : 1U}));
}

std::optional<Decoded> set_approval_for_all(Decoder&, const KnownCall& call) {
    const auto asset = token_of(call.frame);
    if (!call.flag(1)) {
        return only(call.frame, Revoke{asset, call.frame.actor, call.address(0)});
    }
    return only(
        call.frame, Grant{asset, call.frame.actor, call.address(0), std::nullopt, std::nullopt});
}

// approve and transferFrom have the selectors of ERC-20, whose table reads them where the contract
// is not known to be an ERC-721 collection.
constexpr std::array kFunctions{
    KnownFunction{"safeTransferFrom(address,address,uint256)", std::nullopt, kWhy, transfer_from},
    KnownFunction{
        "safeTransferFrom(address,address,uint256,bytes)", std::nullopt, kWhy,
        safe_transfer_from_with_data},
    KnownFunction{"setApprovalForAll(address,bool)", std::nullopt, kWhy, set_approval_for_all},
    KnownFunction{"transferFrom(address,address,uint256)", ContractKind::nft, {}, transfer_from},
    KnownFunction{"approve(address,uint256)", ContractKind::nft, {}, approve},
};

}  // namespace

std::span<const KnownFunction> erc721_functions() {
    return kFunctions;
}

}  // namespace chela::policy
