#include "tests/support/fake_node/chain/state.hpp"

#include "tests/support/fake_node/chain/cost.hpp"

#include <algorithm>

namespace chela::test::fake_node {

Bytes delegation(const Address& delegate) {
    Bytes code{0xef, 0x01, 0x00};
    code.insert(code.end(), delegate.bytes.begin(), delegate.bytes.end());
    return code;
}

const Account& State::at(const Address& address) const {
    static const Account empty;
    const auto found = accounts_.find(address);
    return found == accounts_.end() ? empty : found->second;
}

bool State::allows(const chains::SignedTransaction& signed_tx, const Charges& charges) const {
    const auto& tx = signed_tx.transaction;
    const Account& sender = at(signed_tx.sender);
    const Offer offer = offer_of(tx);
    return chains::nonce(tx).value == sender.nonce && offer.cap >= charges.base_fee &&
           (!has_blobs(tx) || offer.blob_cap >= charges.blob_base_fee) &&
           sender.balance >= worst_cost(tx);
}

Executed State::execute(
    const chains::SignedTransaction& signed_tx, const Charges& charges, Execution execution) {
    const auto& tx = signed_tx.transaction;
    Executed out;
    out.execution = execution;
    out.gas_used = std::max(intrinsic_gas(tx), floor_gas(tx));
    out.gas_price = gas_price(offer_of(tx), charges.base_fee);
    out.fee =
        plus(times(out.gas_price, out.gas_used.value), times(charges.blob_base_fee, blob_gas(tx)));
    Account& sender = edit(signed_tx.sender);
    ++sender.nonce;
    sender.balance = minus(sender.balance, out.fee);
    // Authorizations stand even when the call reverts (EIP-7702).
    delegate_authorities(tx, charges.chain_id);
    if (execution == Execution::reverts) return out;
    const Wei value = chains::value(tx);
    sender.balance = minus(sender.balance, value);
    // Nothing asks where a created contract is, so its money has no account.
    if (const auto to = chains::to(tx)) {
        Account& receiver = edit(*to);
        receiver.balance = plus(receiver.balance, value);
    }
    return out;
}

void State::delegate_authorities(const chains::Transaction& tx, ChainId chain_id) {
    const auto* typed = std::get_if<chains::Eip7702Transaction>(&tx);
    if (typed == nullptr) return;
    for (const auto& each : typed->authorization_list) {
        const auto& wanted = each.authorization;
        if (wanted.chain_id.value != 0 && wanted.chain_id != chain_id) continue;
        const auto authority = chains::recover_authority(each);
        if (!authority || at(*authority).nonce != wanted.nonce.value) continue;
        Account& account = edit(*authority);
        account.code = wanted.address == Address{} ? Bytes{} : delegation(wanted.address);
        ++account.nonce;
    }
}

}  // namespace chela::test::fake_node
