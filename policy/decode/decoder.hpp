#pragma once

#include "chains/abi/value.hpp"
#include "policy/decode/contracts.hpp"
#include "policy/effect/tree.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace chela::policy {

// Design, "Model": past these bounds a call is Opaque(limit).
inline constexpr std::size_t kMaxDepth = 8;
inline constexpr std::size_t kMaxNodes = 256;
inline constexpr std::size_t kMaxCalldata = std::size_t{128} * 1024;

/// One contract call as the chain would run it.
struct Frame {
    ChainId chain;
    Address actor;  ///< msg.sender
    Address target;
    Wei value;
    BytesView data;       ///< selector and arguments, or empty
    std::size_t at{};     ///< where `data` begins in the root's bytes
    std::size_t depth{};  ///< 0: the root call
    /// Whose coins `value` is; empty: the actor's (a multicall passes on those of its caller).
    std::optional<Address> payer{};
    [[nodiscard]] const Address& value_owner() const { return payer ? *payer : actor; }
    [[nodiscard]] ByteRange range() const { return {at, at + data.size()}; }
};

class Decoder;

/// A call of a known function with its arguments, which are canonical.
struct KnownCall {
    const Frame& frame;
    std::span<const chains::abi::Type> types;
    const chains::abi::Value::List& arguments;

    // Typed access by position; another alternative than the signature's is a bug of ours and
    // aborts.
    [[nodiscard]] const U256& number(std::size_t index) const;
    [[nodiscard]] const Address& address(std::size_t index) const;
    [[nodiscard]] bool flag(std::size_t index) const;
    [[nodiscard]] const Bytes& bytes(std::size_t index) const;
    [[nodiscard]] const chains::abi::Value::List& list(std::size_t index) const;
    /// Where the payload of a `bytes` argument (or one inside it, by further positions) begins in
    /// the root's bytes.
    [[nodiscard]] std::size_t position(std::span<const std::size_t> path) const;
};

/// What a function's decoder found.
struct Decoded {
    std::vector<EffectNode> nodes;
    /// Are the native coins sent along part of the effects? Otherwise a Transfer to the target is
    /// added for them.
    bool includes_value{};
};

/// A function that chela understands.
struct KnownFunction {
    std::string_view signature;
    /// The contracts where it means this; empty: anywhere, for the reason given.
    std::optional<ContractKind> only_at;
    /// Why it is safe to read it by its selector at any contract; empty exactly when only_at is
    /// set.
    std::string_view anywhere_because;
    /// @return nothing: the arguments are canonical ABI but not what this function takes (counts
    /// that differ, an inner format that is broken): Opaque(non_canonical)
    std::optional<Decoded> (*decode)(Decoder& decoder, const KnownCall& call);
};

// One table a protocol, each in its own file.
[[nodiscard]] std::span<const KnownFunction> erc20_functions();
[[nodiscard]] std::span<const KnownFunction> erc721_functions();
[[nodiscard]] std::span<const KnownFunction> erc1155_functions();
[[nodiscard]] std::span<const KnownFunction> erc777_functions();
[[nodiscard]] std::span<const KnownFunction> erc1363_functions();
[[nodiscard]] std::span<const KnownFunction> erc3009_functions();
[[nodiscard]] std::span<const KnownFunction> dai_permit_functions();
[[nodiscard]] std::span<const KnownFunction> wrapped_native_functions();
[[nodiscard]] std::span<const KnownFunction> permit2_functions();
[[nodiscard]] std::span<const KnownFunction> multicall_functions();
[[nodiscard]] std::span<const KnownFunction> safe_functions();
[[nodiscard]] std::span<const KnownFunction> account_functions();
[[nodiscard]] std::span<const KnownFunction> entry_point_functions();
[[nodiscard]] std::span<const KnownFunction> authority_functions();
[[nodiscard]] std::span<const KnownFunction> uniswap_v2_functions();
[[nodiscard]] std::span<const KnownFunction> uniswap_v3_functions();
[[nodiscard]] std::span<const KnownFunction> universal_router_functions();

/// A call of a CREATE2 factory, which takes salt and initcode instead of a selector.
[[nodiscard]] Decoded decode_create2(const Frame& frame);

/// The function that a call of this contract means: first one that is understood only at contracts
/// of its kind, else one that is understood anywhere.
struct FoundFunction {
    const KnownFunction* function{};
    std::span<const chains::abi::Type> types;
};
[[nodiscard]] std::optional<FoundFunction> find_function(
    const chains::abi::Selector& selector, std::optional<ContractKind> kind);
/// Is there a function with this selector at any kind of contract?
[[nodiscard]] bool is_known_selector(const chains::abi::Selector& selector);

/// Follows calls inside calls. One object decodes one signature and counts its nodes.
class Decoder {
public:
    /// @param signer  the account whose key would sign; @param contracts  must outlive this
    Decoder(const Address& signer, const Contracts& contracts)
        : signer_{signer},
          contracts_{contracts} {}

    /// What a call does: at least one node. Native value comes first.
    /// Strict: what is not canonical ABI, not known or past the bounds is Opaque.
    [[nodiscard]] std::vector<EffectNode> call(const Frame& frame);
    /// Charges one node against the bounds. @return false: they are used up; give Opaque(limit)
    [[nodiscard]] bool take_node();
    /// Has a node been refused? Then what follows need not be looked at: the tree is Opaque(limit).
    [[nodiscard]] bool is_exhausted() const { return nodes_ > kMaxNodes; }

    [[nodiscard]] const Address& signer() const { return signer_; }
    [[nodiscard]] const Contracts& contracts() const { return contracts_; }

private:
    [[nodiscard]] Decoded dispatch(const Frame& frame);

    const Address& signer_;
    const Contracts& contracts_;
    std::size_t nodes_ = 0;
};

/// A leaf of the tree for an effect of this call.
[[nodiscard]] EffectNode effect_node(const Frame& frame, Effect effect);
[[nodiscard]] EffectNode opaque_node(
    const Frame& frame, Opaque::Reason reason, std::string detail = {});
/// A wrapper with what the calls it carries do.
[[nodiscard]] EffectNode wrapper_node(
    const Frame& frame, std::string_view name, std::vector<EffectNode> inner);
/// A call that `frame` carries. @param at  where its data begins in the root's bytes
[[nodiscard]] Frame inner_frame(
    const Frame& frame,
    const Address& actor,
    const Address& target,
    Wei value,
    BytesView data,
    std::size_t at);

}  // namespace chela::policy
