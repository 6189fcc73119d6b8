#pragma once

#include "chains/abi/signature.hpp"
#include "chains/base/result.hpp"
#include "chains/base/units.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace chela::policy {

/// What a contract is known to be: functions that are ambiguous elsewhere are understood there.
enum class ContractKind : std::uint8_t {
    token,  ///< an asset of the policy: what its decoders do not know is refused
    nft,    ///< an ERC-721 collection: the number of approve and transferFrom is a token id
    wrapped_native,
    permit2,
    multicall3,
    uniswap_v2_router,
    uniswap_v3_router,  ///< SwapRouter: a deadline in each call
    swap_router_02,     ///< SwapRouter02: V2 and V3, deadline in multicall
    universal_router,
    safe,
    safe_multisend,  ///< MultiSend and MultiSendCallOnly
    create2_factory,
    entry_point
};
/// The word of the policy document: "uniswap-v3-router".
[[nodiscard]] std::string_view to_string(ContractKind kind);
[[nodiscard]] std::optional<ContractKind> parse_contract_kind(std::string_view word);

/// A function of a contract whose ABI the operator pinned to its address.
struct PinnedFunction {
    ChainId chain;
    Address contract;
    chains::abi::Signature signature;
};

/// A deployment that needs no declaration.
struct WellKnownContract {
    std::optional<ChainId> chain;  ///< empty: no other code can be at the address, on any chain
    std::string_view address;      ///< EIP-55
    ContractKind kind;
};
/// Source: each entry names its own.
[[nodiscard]] std::span<const WellKnownContract> well_known_contracts();
[[nodiscard]] std::optional<ContractKind> well_known_contract(
    ChainId chain, const Address& address);

/// What decoding may rely on: the well-known contracts, and what the policy documents declare.
class Contracts {
public:
    /// A later declaration of the same contract must not contradict: the caller has checked. That
    /// it is a token contradicts nothing: any other kind, declared or well known, says more.
    /// @param chain  0: on every chain
    void declare(ChainId chain, const Address& address, ContractKind kind);
    void pin(PinnedFunction function);

    /// The kind declared for the chain, else for every chain, else the well-known one.
    [[nodiscard]] std::optional<ContractKind> kind_of(ChainId chain, const Address& address) const;
    /// @return nullptr: not pinned
    [[nodiscard]] const PinnedFunction* pinned(
        ChainId chain, const Address& address, const chains::abi::Selector& selector) const;
    /// Adds everything that `other` declares.
    /// @return conflict E_POLICY_CONFLICT: it says another kind or function of a contract
    [[nodiscard]] Status merge(const Contracts& other);

private:
    using Key = std::pair<std::uint64_t, Address>;
    std::map<Key, ContractKind> kinds_;
    std::map<std::pair<Key, chains::abi::Selector>, PinnedFunction> pinned_;
};

}  // namespace chela::policy
