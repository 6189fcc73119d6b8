#include "chains/preimage/preimage.hpp"

#include "chains/crypto/keccak.hpp"

#include <utility>

namespace chela::chains {

Preimage::Preimage(Transaction transaction)
    : transaction_{std::move(transaction)},
      bytes_{encode_unsigned(transaction_)} {}

SigningHash Preimage::signing_hash() const {
    return SigningHash{keccak256(bytes_).bytes};
}

ApprovedPreimage::ApprovedPreimage(Preimage preimage, Address signer)
    : preimage_{std::move(preimage)},
      signer_{signer} {}

}  // namespace chela::chains
