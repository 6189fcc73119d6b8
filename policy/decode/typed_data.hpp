#pragma once

#include "chains/message/typed_data.hpp"
#include "policy/decode/decoder.hpp"

namespace chela::policy {

/// Typed data of a registered type, for a contract of a chain.
struct KnownMessage {
    ChainId chain;
    Address contract;  ///< domain.verifyingContract
    Address signer;
    const chains::TypedValue& message;

    // Typed access by name; what the registered type does not have is a bug of ours and aborts.
    [[nodiscard]] const U256& number(std::string_view name) const;
    [[nodiscard]] const Address& address(std::string_view name) const;
    [[nodiscard]] bool flag(std::string_view name) const;
    [[nodiscard]] const Bytes& bytes(std::string_view name) const;
    [[nodiscard]] const chains::TypedValue::List& list(std::string_view name) const;
    /// A struct inside the message, as a message of its own.
    [[nodiscard]] KnownMessage inside(std::string_view name) const;
    [[nodiscard]] KnownMessage with(const chains::TypedValue& value) const;

    /// The contract as the frame of what it is asked to do.
    [[nodiscard]] Frame frame() const;
    /// A leaf of the tree; typed data has no byte ranges.
    [[nodiscard]] EffectNode node(Effect effect) const;
    /// What the signer asks for in the name of `account`, which is himself or a contract that takes
    /// his signature for its own (ERC-1271): the account acts.
    [[nodiscard]] EffectNode node_of(const Address& account, Effect effect) const;
    [[nodiscard]] EffectNode opaque(Opaque::Reason reason, std::string detail) const;
};

/// A type that chela understands.
struct KnownType {
    /// As encodeType() gives it; the hash of this text is what the contract hashes.
    std::string_view text;
    /// The contracts where it means this; empty: anywhere, since the contract is part of what the
    /// effects say.
    std::optional<ContractKind> only_at;
    EffectTree (*decode)(Decoder& decoder, const KnownMessage& message);
};

// One table a protocol, each in its own file.
[[nodiscard]] std::span<const KnownType> token_types();
[[nodiscard]] std::span<const KnownType> permit2_types();
[[nodiscard]] std::span<const KnownType> safe_types();

/// Why typed data that is not registered is refused, as far as its names tell: the answer is no
/// either way.
/// @return unknown_typed_data, or a better reason
struct TypedDataRefusal {
    Opaque::Reason reason;
    std::string detail;
};
[[nodiscard]] TypedDataRefusal refusal_of(const chains::TypedData& data);

}  // namespace chela::policy
