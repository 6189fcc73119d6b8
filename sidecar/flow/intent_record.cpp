#include "sidecar/flow/intent_record.hpp"

#include "sidecar/edge/entropy.hpp"

namespace chela::sidecar::flow {
namespace {

struct Describe {
    store::IntentRecord& intent;

    void operator()(const IntentRequest& request) const {
        common(request);
        intent.operation = policy::Operation::transaction;
        intent.sign_only = request.delivery == Delivery::sign_only;
        intent.to = request.to;
        intent.value = request.value;
        intent.valid_until = request.valid_until;
    }
    void operator()(const SignatureRequest& request) const {
        common(request);
        intent.operation = operation_of(request);
        intent.sign_only = true;
    }

private:
    template <class Request>
    void common(const Request& request) const {
        intent.fingerprint = fingerprint(request);
        intent.request = to_stored(request);
        intent.chain = request.chain.name;
        intent.chain_id = request.chain.chain_id;
    }
};

}  // namespace

store::IntentRecord new_intent(
    const std::string& agent_id,
    const std::string& idempotency_hash,
    const AnyRequest& request,
    const store::SigningKeyRecord& key,
    TimePoint now) {
    store::IntentRecord intent;
    intent.id = random_uuid();
    intent.agent_id = agent_id;
    intent.idempotency_hash = idempotency_hash;
    intent.signing_key_id = key.id;
    intent.from = key.address;
    intent.created_at = now;
    intent.updated_at = now;
    std::visit(Describe{intent}, request);
    return intent;
}

}  // namespace chela::sidecar::flow
