#include "policy/decode/arguments.hpp"
#include "policy/decode/functions.hpp"

#include <array>

namespace chela::policy {
namespace {

Asset token_of(const Call& call) {
    return Asset{call.chain, call.target};
}

Effect grant_of(
    const Call& call, const Address& owner, const Address& spender, const U256& amount) {
    // Tokens treat the highest number as an allowance that never shrinks.
    if (amount == U256::max()) return Grant{token_of(call), owner, spender, std::nullopt};
    return Grant{token_of(call), owner, spender, amount};
}

DecodedCall transfer(const Call& call) {
    Arguments in{call.arguments, 2};
    const auto to = in.address();
    const auto amount = in.integer();
    if (!in.is_canonical()) return std::nullopt;
    return {{Transfer{token_of(call), call.sender, to, amount}}};
}

DecodedCall transfer_from(const Call& call) {
    Arguments in{call.arguments, 3};
    const auto from = in.address();
    const auto to = in.address();
    const auto amount = in.integer();
    if (!in.is_canonical()) return std::nullopt;
    return {{Transfer{token_of(call), from, to, amount}}};
}

DecodedCall approve(const Call& call) {
    Arguments in{call.arguments, 2};
    const auto spender = in.address();
    const auto amount = in.integer();
    if (!in.is_canonical()) return std::nullopt;
    if (amount.is_zero()) return {{Revoke{token_of(call), call.sender, spender}}};
    return {{grant_of(call, call.sender, spender, amount)}};
}

DecodedCall increase_allowance(const Call& call) {
    Arguments in{call.arguments, 2};
    const auto spender = in.address();
    const auto amount = in.integer();
    if (!in.is_canonical()) return std::nullopt;
    return {{grant_of(call, call.sender, spender, amount)}};
}

DecodedCall decrease_allowance(const Call& call) {
    Arguments in{call.arguments, 2};
    const auto spender = in.address();
    in.skip(256);
    if (!in.is_canonical()) return std::nullopt;
    return {{Revoke{token_of(call), call.sender, spender}}};
}

DecodedCall permit(const Call& call) {
    Arguments in{call.arguments, 7};
    const auto owner = in.address();
    const auto spender = in.address();
    const auto amount = in.integer();
    in.skip(256);  // deadline
    in.skip(8);    // v
    in.skip(256);  // r
    in.skip(256);  // s
    if (!in.is_canonical()) return std::nullopt;
    return {{grant_of(call, owner, spender, amount)}};
}

constexpr std::array kFunctions{
    Function{0xa9059cbb, "transfer(address,uint256)", transfer},
    Function{0x23b872dd, "transferFrom(address,address,uint256)", transfer_from},
    Function{0x095ea7b3, "approve(address,uint256)", approve},
    Function{0x39509351, "increaseAllowance(address,uint256)", increase_allowance},
    Function{0xa457c2d7, "decreaseAllowance(address,uint256)", decrease_allowance},
    Function{0xd505accf, "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)", permit},
};

}  // namespace

std::span<const Function> erc20_functions() {
    return kFunctions;
}

}  // namespace chela::policy
