#pragma once

#include "chains/tx/transaction.hpp"
#include "policy/ledger/ledger.hpp"
#include "sidecar/store/store.hpp"

#include <string>

namespace chela::sidecar::flow {

/// Does one that was signed for its caller keep others from being sent? Its owner can do something
/// about that. Blocking. @return unavailable E_LANE_WAITS_FOR_SIGNED
[[nodiscard]] Status check_not_held(store::IntentStore& store, const store::IntentRecord& intent);

/// Is there room for one more transaction on the lane? Nothing may be reserved that would leave the
/// lane standing still. Blocking; call it in the store job that reserves, so that nothing comes in
/// between.
/// @param balance  the signer's, as the node tells it
/// @return rate_limited E_LANE_FULL: too many are waiting to be mined; unavailable
/// E_LANE_WAITS_FOR_SIGNED: one that was signed
///         for the caller holds a lower nonce and is not on the chain; reverted
///         E_INSUFFICIENT_FUNDS: the balance does not carry all that is not mined yet, each at its
///         worst case
[[nodiscard]] Status check_lane_room(
    store::IntentStore& store,
    const policy::Lane& lane,
    const store::IntentRecord& intent,
    const chains::Transaction& transaction,
    Wei balance);

/// Does the balance carry the transaction, which takes the place of what this intent has signed,
/// with all others that are not mined yet? Blocking. @return reverted E_INSUFFICIENT_FUNDS
[[nodiscard]] Status check_funds(
    store::IntentStore& store,
    const policy::Lane& lane,
    const std::string& intent_id,
    const chains::Transaction& transaction,
    Wei balance);

}  // namespace chela::sidecar::flow
