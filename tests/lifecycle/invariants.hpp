#pragma once

#include "tests/lifecycle/story.hpp"

#include <vector>

namespace chela::test::lifecycle {

/// A life when nothing is open any more.
struct Ended {
    Universe& universe;
    sidecar::store::Store& store;
    const std::vector<Address>& signers;
    const std::vector<Asked>& asked;
    const std::set<TxHash>& foreign;
    Address payee;
};

/// Compares what is stored with what the chain has; what is wrong goes into the universe's
/// troubles. Source: signers-and-lifecycle, 6.3.
void check_invariants(const Ended& ended);

}  // namespace chela::test::lifecycle
