#include "policy/decode/transaction.hpp"

#include "chains/crypto/keccak.hpp"
#include "policy/decode/functions.hpp"

#include <utility>

namespace chela::policy {
namespace {

constexpr std::size_t kSelectorSize = 4;
// Design, "Model": longer calldata is not looked at.
constexpr std::size_t kMaxCalldata = std::size_t{128} * 1024;

std::uint32_t selector_of(BytesView data) {
    std::uint32_t selector = 0;
    for (const auto byte : data.first(kSelectorSize))
        selector = selector << 8 | byte;
    return selector;
}

std::vector<Effect> decode_call(
    ChainId chain, const Address& signer, const Address& target, BytesView data) {
    if (data.size() > kMaxCalldata) return {Opaque{target, Opaque::Reason::non_canonical}};
    const auto* function = data.size() < kSelectorSize ? nullptr : find_function(selector_of(data));
    if (function == nullptr) return {Opaque{target, Opaque::Reason::unknown_selector}};
    auto effects = function->decode(Call{chain, signer, target, data.subspan(kSelectorSize)});
    if (!effects) return {Opaque{target, Opaque::Reason::non_canonical}};
    return *std::move(effects);
}

}  // namespace

std::vector<Effect> decode_effects(const chains::Transaction& transaction, const Address& signer) {
    const auto chain = chains::chain_id(transaction);
    const auto& to = chains::to(transaction);
    const auto value = chains::value(transaction);
    const auto& data = chains::data(transaction);
    if (!to) return {Deploy{value, chains::keccak256(data)}};

    std::vector<Effect> effects;
    // A call without value and data still is a transfer, of nothing: the list is never empty.
    if (!value.value.is_zero() || data.empty()) {
        effects.emplace_back(Transfer{Asset{chain, std::nullopt}, signer, *to, value.value});
    }
    if (!data.empty()) {
        const auto call = decode_call(chain, signer, *to, data);
        effects.insert(effects.end(), call.begin(), call.end());
    }
    return effects;
}

}  // namespace chela::policy
