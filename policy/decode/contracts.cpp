#include "policy/decode/contracts.hpp"

#include "chains/base/address.hpp"
#include "chains/base/result.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace chela::policy {
namespace {

struct Word {
    ContractKind kind;
    std::string_view word;
};
constexpr std::array kWords{
    Word{ContractKind::token, "token"},
    Word{ContractKind::nft, "nft"},
    Word{ContractKind::wrapped_native, "wrapped-native"},
    Word{ContractKind::permit2, "permit2"},
    Word{ContractKind::multicall3, "multicall3"},
    Word{ContractKind::uniswap_v2_router, "uniswap-v2-router"},
    Word{ContractKind::uniswap_v3_router, "uniswap-v3-router"},
    Word{ContractKind::swap_router_02, "swap-router-02"},
    Word{ContractKind::universal_router, "universal-router"},
    Word{ContractKind::safe, "safe"},
    Word{ContractKind::safe_multisend, "safe-multisend"},
    Word{ContractKind::create2_factory, "create2-factory"},
    Word{ContractKind::entry_point, "entry-point"},
};
static_assert(kWords.size() == static_cast<std::size_t>(ContractKind::entry_point) + 1);

constexpr ChainId kEveryChain{0};

bool is_same(const chains::abi::Type& left, const chains::abi::Type& right) {
    return left.kind() == right.kind() && left.size() == right.size() &&
           left.names() == right.names() &&
           std::ranges::equal(left.inner(), right.inner(), [](const auto& one, const auto& other) {
               return is_same(one, other);
           });
}

// Names count: rules speak of arguments by them.
bool is_same(const chains::abi::Signature& left, const chains::abi::Signature& right) {
    return left.name == right.name &&
           std::ranges::equal(left.inputs, right.inputs, [](const auto& one, const auto& other) {
               return one.name == other.name && is_same(one.type, other.type);
           });
}

std::unexpected<Error> conflict(
    const Address& contract, std::uint64_t chain, std::string_view problem) {
    return fail(
        ErrorCode::conflict,
        fmt::format(
            "{} on chain {} {} in the policies that hold", to_checksum(contract), chain, problem),
        "E_POLICY_CONFLICT");
}

}  // namespace

std::string_view to_string(ContractKind kind) {
    for (const auto& entry : kWords)
        if (entry.kind == kind) return entry.word;
    bug("a kind of contract that does not exist");
}

std::optional<ContractKind> parse_contract_kind(std::string_view word) {
    for (const auto& entry : kWords)
        if (entry.word == word) return entry.kind;
    return std::nullopt;
}

void Contracts::declare(ChainId chain, const Address& address, ContractKind kind) {
    const auto [entry, is_new] = kinds_.try_emplace(Key{chain.value, address}, kind);
    if (!is_new && kind != ContractKind::token) entry->second = kind;
}

void Contracts::pin(PinnedFunction function) {
    const Key key{function.chain.value, function.contract};
    const auto selector = chains::abi::selector(function.signature);
    pinned_.insert_or_assign({key, selector}, std::move(function));
}

std::optional<ContractKind> Contracts::kind_of(ChainId chain, const Address& address) const {
    const auto well_known = well_known_contract(chain, address);
    for (const auto declared_for : {chain, kEveryChain}) {
        const auto found = kinds_.find({declared_for.value, address});
        if (found == kinds_.end()) continue;
        // An asset of the policy may well be the wrapped native currency.
        if (found->second == ContractKind::token && well_known) return well_known;
        return found->second;
    }
    return well_known;
}

const PinnedFunction* Contracts::pinned(
    ChainId chain, const Address& address, const chains::abi::Selector& selector) const {
    const auto found = pinned_.find({Key{chain.value, address}, selector});
    return found == pinned_.end() ? nullptr : &found->second;
}

Status Contracts::merge(const Contracts& other) {
    for (const auto& [key, kind] : other.kinds_) {
        const auto here = kinds_.find(key);
        const bool contradicts = here != kinds_.end() && here->second != kind &&
                                 here->second != ContractKind::token && kind != ContractKind::token;
        if (contradicts) {
            return conflict(key.second, key.first, "is of two kinds");
        }
        declare(ChainId{key.first}, key.second, kind);
    }
    for (const auto& [key, function] : other.pinned_) {
        const auto here = pinned_.find(key);
        if (here != pinned_.end() && !is_same(here->second.signature, function.signature)) {
            return conflict(function.contract, function.chain.value, "has two ABIs");
        }
        pin(function);
    }
    return {};
}

}  // namespace chela::policy
