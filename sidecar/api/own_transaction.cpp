#include "sidecar/api/own_transaction.hpp"

namespace chela::sidecar::api {

Result<store::IntentRecord> own_transaction(
    store::Store& store, const std::string& agent_id, const std::string& intent_id) {
    auto intent = store.intent(intent_id);
    const bool is_missing = !intent && intent.error().code == ErrorCode::not_found;
    if (is_missing || (intent && intent->agent_id != agent_id)) {
        return fail(ErrorCode::not_found, "this agent has no such transaction", "E_NO_TRANSACTION");
    }
    return intent;
}

}  // namespace chela::sidecar::api
