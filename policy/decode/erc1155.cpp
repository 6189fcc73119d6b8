#include "policy/decode/arguments.hpp"
#include "policy/decode/functions.hpp"

#include <array>

namespace chela::policy {
namespace {

// Design, "Model": past 256 nodes a tree is not looked at any more.
constexpr std::size_t kMaxTransfers = 256;

DecodedCall safe_transfer_from(const Call& call) {
    Arguments in{call.arguments, 5};
    const auto from = in.address();
    const auto to = in.address();
    in.skip(256);  // token id
    const auto amount = in.integer();
    static_cast<void>(in.bytes());
    if (!in.is_canonical()) return std::nullopt;
    return {{Transfer{Asset{call.chain, call.target}, from, to, amount}}};
}

DecodedCall safe_batch_transfer_from(const Call& call) {
    Arguments in{call.arguments, 5};
    const auto from = in.address();
    const auto to = in.address();
    const auto ids = in.integers();
    const auto amounts = in.integers();
    static_cast<void>(in.bytes());
    if (!in.is_canonical() || ids.size() != amounts.size() || ids.size() > kMaxTransfers) {
        return std::nullopt;
    }
    const Asset asset{call.chain, call.target};
    std::vector<Effect> effects;
    effects.reserve(amounts.size() + 1);
    for (const auto& amount : amounts)
        effects.emplace_back(Transfer{asset, from, to, amount});
    // An empty batch moves nothing, but its parties are judged all the same.
    if (effects.empty()) effects.emplace_back(Transfer{asset, from, to, U256{}});
    return effects;
}

constexpr std::array kFunctions{
    Function{
        0xf242432a, "safeTransferFrom(address,address,uint256,uint256,bytes)", safe_transfer_from},
    Function{
        0x2eb2c2d6, "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)",
        safe_batch_transfer_from},
};

}  // namespace

std::span<const Function> erc1155_functions() {
    return kFunctions;
}

}  // namespace chela::policy
