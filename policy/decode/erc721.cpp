#include "policy/decode/arguments.hpp"
#include "policy/decode/functions.hpp"

#include <array>

namespace chela::policy {
namespace {

DecodedCall safe_transfer_from(const Call& call) {
    Arguments in{call.arguments, 3};
    const auto from = in.address();
    const auto to = in.address();
    in.skip(256);  // token id
    if (!in.is_canonical()) return std::nullopt;
    return {{Transfer{Asset{call.chain, call.target}, from, to, U256{1}}}};
}

DecodedCall safe_transfer_from_with_data(const Call& call) {
    Arguments in{call.arguments, 4};
    const auto from = in.address();
    const auto to = in.address();
    in.skip(256);  // token id
    static_cast<void>(in.bytes());
    if (!in.is_canonical()) return std::nullopt;
    return {{Transfer{Asset{call.chain, call.target}, from, to, U256{1}}}};
}

DecodedCall set_approval_for_all(const Call& call) {
    Arguments in{call.arguments, 2};
    const auto spender = in.address();
    const auto is_approved = in.boolean();
    if (!in.is_canonical()) return std::nullopt;
    const Asset asset{call.chain, call.target};
    if (!is_approved) return {{Revoke{asset, call.sender, spender}}};
    return {{Grant{asset, call.sender, spender, std::nullopt}}};
}

constexpr std::array kFunctions{
    Function{0x42842e0e, "safeTransferFrom(address,address,uint256)", safe_transfer_from},
    Function{
        0xb88d4fde, "safeTransferFrom(address,address,uint256,bytes)",
        safe_transfer_from_with_data},
    Function{0xa22cb465, "setApprovalForAll(address,bool)", set_approval_for_all},
};

}  // namespace

std::span<const Function> erc721_functions() {
    return kFunctions;
}

}  // namespace chela::policy
