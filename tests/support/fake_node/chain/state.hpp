#pragma once

#include "chains/tx/transaction.hpp"

#include <cstdint>
#include <map>

namespace chela::test::fake_node {

struct Account {
    Wei balance;
    std::uint64_t nonce = 0;
    Bytes code;
};

/// How a transaction ends that a block takes. One that reverts pays its gas and moves nothing else.
enum class Execution : std::uint8_t { succeeds, reverts };

/// What a block charges.
struct Charges {
    ChainId chain_id;
    Wei base_fee;
    Wei blob_base_fee;
};

struct Executed {
    Execution execution{Execution::succeeds};
    Gas gas_used;
    Wei gas_price;
    Wei fee;  ///< blobs included
};

/// 0xef0100 ‖ delegate: the code of an account that has one. Source: EIP-7702.
[[nodiscard]] Bytes delegation(const Address& delegate);

/// Every account as it is after a block. There is no EVM: value moves, code does not run.
class State {
public:
    /// An account that nobody has touched is empty.
    [[nodiscard]] const Account& at(const Address& address) const;
    [[nodiscard]] Account& edit(const Address& address) { return accounts_[address]; }

    /// Whether a block that charges so may hold it: its nonce is the next, its caps are high
    /// enough, and the sender can pay.
    [[nodiscard]] bool allows(
        const chains::SignedTransaction& signed_tx, const Charges& charges) const;
    /// @param signed_tx  that the state allows
    Executed execute(
        const chains::SignedTransaction& signed_tx, const Charges& charges, Execution execution);

private:
    void delegate_authorities(const chains::Transaction& tx, ChainId chain_id);

    std::map<Address, Account> accounts_;
};

}  // namespace chela::test::fake_node
