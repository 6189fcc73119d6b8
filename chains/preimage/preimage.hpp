#pragma once

#include "chains/base/bytes.hpp"
#include "chains/message/typed_data.hpp"
#include "chains/tx/authorization.hpp"
#include "chains/tx/transaction.hpp"
#include "chains/userop/user_operation.hpp"

#include <cstdint>
#include <optional>
#include <variant>

namespace chela::policy {
class Gate;
}

namespace chela::chains {

/// A message for people, signed under its prefix. Source: EIP-191, version 0x45.
struct PersonalMessage {
    Bytes message;
    bool operator==(const PersonalMessage&) const = default;
};

/// Data for the one contract that checks the signature. Source: EIP-191, version 0x00.
struct ValidatorMessage {
    Address validator;
    Bytes data;
    bool operator==(const ValidatorMessage&) const = default;
};

/// A user operation, and what of it the account's code wants to see signed.
struct UserOperationToSign {
    enum class Form : std::uint8_t {
        hash,             ///< the userOpHash itself, as accounts of EntryPoint v0.8 do
        personal_message  ///< the userOpHash under EIP-191's 0x45, as most earlier accounts do
    };
    UserOperation operation;
    Form form{Form::hash};
};

/// What can be signed, with the exact bytes whose Keccak-256 is the digest. Anything else has no
/// way to a key: there is no preimage of a bare digest.
class Preimage {
public:
    using Content = std::variant<
        Transaction,
        PersonalMessage,
        ValidatorMessage,
        TypedData,
        Authorization,
        UserOperationToSign>;

    explicit Preimage(Transaction transaction);
    explicit Preimage(PersonalMessage message);
    explicit Preimage(ValidatorMessage message);
    explicit Preimage(TypedData data);
    explicit Preimage(const Authorization& authorization);
    /// @return as preimage_bytes(): out_of_range or invalid_input
    [[nodiscard]] static Result<Preimage> of(UserOperationToSign operation);
    /// Of any content. @return as above, of a user operation only
    [[nodiscard]] static Result<Preimage> of(Content content);

    [[nodiscard]] const Content& content() const { return content_; }
    /// Of a preimage that is known to be one; asking another is a bug of ours and aborts.
    [[nodiscard]] const Transaction& transaction() const;
    [[nodiscard]] BytesView bytes() const { return bytes_; }
    [[nodiscard]] SigningHash signing_hash() const;

private:
    Preimage(Content content, Bytes bytes);

    Content content_;
    Bytes bytes_;
};

/// A preimage that the gate has let through. Move-only, and only `policy::Gate` can make one; a
/// signer takes nothing else, so there is no way to a signature around the gate.
class ApprovedPreimage {
public:
    ApprovedPreimage(ApprovedPreimage&&) = default;
    ApprovedPreimage& operator=(ApprovedPreimage&&) = default;
    ApprovedPreimage(const ApprovedPreimage&) = delete;
    ApprovedPreimage& operator=(const ApprovedPreimage&) = delete;
    ~ApprovedPreimage() = default;

    [[nodiscard]] const Preimage& preimage() const { return preimage_; }
    /// Whose key must sign.
    [[nodiscard]] const Address& signer() const { return signer_; }
    /// The chain that the request named, where content binds none itself, as a message. It is not
    /// signed; holders of keys that are asked by chain want to know it.
    [[nodiscard]] std::optional<ChainId> named_chain() const { return named_chain_; }

private:
    friend class policy::Gate;
    ApprovedPreimage(
        Preimage preimage, Address signer, std::optional<ChainId> named_chain = std::nullopt);

    Preimage preimage_;
    Address signer_;
    std::optional<ChainId> named_chain_;
};

}  // namespace chela::chains
