#include "chains/preimage/preimage.hpp"

#include "chains/crypto/keccak.hpp"
#include "chains/message/personal.hpp"
#include "chains/userop/preimage.hpp"

#include <type_traits>
#include <utility>

namespace chela::chains {

Preimage::Preimage(Content content, Bytes bytes)
    : content_{std::move(content)},
      bytes_{std::move(bytes)} {}

Preimage::Preimage(Transaction transaction)
    : content_{std::move(transaction)},
      bytes_{encode_unsigned(std::get<Transaction>(content_))} {}

Preimage::Preimage(PersonalMessage message)
    : content_{std::move(message)},
      bytes_{personal_message_bytes(std::get<PersonalMessage>(content_).message)} {}

Preimage::Preimage(ValidatorMessage message)
    : content_{std::move(message)},
      bytes_{validator_message_bytes(
          std::get<ValidatorMessage>(content_).validator,
          std::get<ValidatorMessage>(content_).data)} {}

Preimage::Preimage(TypedData data)
    : content_{std::move(data)},
      bytes_{std::get<TypedData>(content_).bytes()} {}

Preimage::Preimage(const Authorization& authorization)
    : content_{authorization},
      bytes_{encode_unsigned(authorization)} {}

Result<Preimage> Preimage::of(UserOperationToSign operation) {
    auto bytes = preimage_bytes(operation.operation);
    if (!bytes) return std::unexpected{bytes.error()};
    switch (operation.form) {
        case UserOperationToSign::Form::hash:
            return Preimage{std::move(operation), *std::move(bytes)};
        case UserOperationToSign::Form::personal_message: {
            auto prefixed = personal_message_bytes(keccak256(*bytes).view());
            return Preimage{std::move(operation), std::move(prefixed)};
        }
    }
    bug("a UserOperationToSign::Form that does not exist");
}

Result<Preimage> Preimage::of(Content content) {
    return std::visit(
        [](auto&& part) -> Result<Preimage> {
            if constexpr (std::is_same_v<std::decay_t<decltype(part)>, UserOperationToSign>) {
                return of(std::forward<decltype(part)>(part));
            } else {
                return Preimage{std::forward<decltype(part)>(part)};
            }
        },
        std::move(content));
}

const Transaction& Preimage::transaction() const {
    const auto* const transaction = std::get_if<Transaction>(&content_);
    if (transaction == nullptr) bug("a preimage that is no transaction was taken for one");
    return *transaction;
}

SigningHash Preimage::signing_hash() const {
    return SigningHash{keccak256(bytes_).bytes};
}

ApprovedPreimage::ApprovedPreimage(
    Preimage preimage, Address signer, std::optional<ChainId> named_chain)
    : preimage_{std::move(preimage)},
      signer_{signer},
      named_chain_{named_chain} {}

}  // namespace chela::chains
