#include "policy/decode/preimage.hpp"

namespace chela::policy {

EffectTree decode_preimage(
    const chains::Preimage::Content& content, const Address& signer, const Contracts& contracts) {
    struct Decode {
        const Address& signer;
        const Contracts& contracts;

        EffectTree operator()(const chains::Transaction& transaction) const {
            return decode_transaction(transaction, signer, contracts);
        }
        EffectTree operator()(const chains::PersonalMessage& message) const {
            return decode_message(message, signer);
        }
        EffectTree operator()(const chains::ValidatorMessage& message) const {
            return decode_message(message, signer);
        }
        EffectTree operator()(const chains::TypedData& data) const {
            return decode_typed_data(data, signer, contracts);
        }
        EffectTree operator()(const chains::Authorization& authorization) const {
            return decode_authorization(authorization, signer);
        }
        EffectTree operator()(const chains::UserOperationToSign& operation) const {
            return decode_user_operation(operation, signer, contracts);
        }
    };
    return std::visit(Decode{signer, contracts}, content);
}

}  // namespace chela::policy
