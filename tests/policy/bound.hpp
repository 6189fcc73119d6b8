#pragma once

#include "chains/simulation/digest.hpp"
#include "policy/gate/gate.hpp"

#include <utility>

namespace chela::test {

/// The request, with its simulation made of the transaction that it asks for.
inline policy::GateRequest bound(policy::GateRequest request) {
    const auto* transaction = std::get_if<chains::Transaction>(&request.content);
    if (transaction != nullptr && request.simulation) {
        request.simulation->transaction_digest =
            chains::simulation::transaction_digest(*transaction, request.signer);
    }
    return request;
}

}  // namespace chela::test
