#include "chains/simulation/digest.hpp"

#include "chains/crypto/keccak.hpp"

namespace chela::chains::simulation {

Hash256 transaction_digest(const Transaction& transaction, const Address& signer) {
    Keccak256 hash;
    hash.update(U256{chain_id(transaction).value}.to_big_endian());
    hash.update(signer.view());
    hash.update(encode_unsigned(with_nonce(transaction, Nonce{0})));
    return hash.finish();
}

}  // namespace chela::chains::simulation
