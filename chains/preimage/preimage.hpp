#pragma once

#include "chains/base/bytes.hpp"
#include "chains/tx/transaction.hpp"

namespace chela::policy {
class Gate;
}

namespace chela::chains {

/// What can be signed, with the exact bytes whose Keccak-256 is the digest.
class Preimage {
public:
    explicit Preimage(Transaction transaction);

    [[nodiscard]] const Transaction& transaction() const { return transaction_; }
    [[nodiscard]] BytesView bytes() const { return bytes_; }
    [[nodiscard]] SigningHash signing_hash() const;

private:
    Transaction transaction_;
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

private:
    friend class policy::Gate;
    ApprovedPreimage(Preimage preimage, Address signer);

    Preimage preimage_;
    Address signer_;
};

}  // namespace chela::chains
