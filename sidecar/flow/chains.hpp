#pragma once

#include "sidecar/edge/clock.hpp"
#include "sidecar/store/store.hpp"

#include <functional>
#include <string>
#include <vector>

namespace chela::sidecar::flow {

/// What is shown of a chain besides itself.
struct ChainListing {
    bool is_configured = true;  ///< in chela.yaml; else it was added while chela ran
    bool has_fee_limit = true;
    std::string rpc_origin;  ///< without path and credentials; empty: no node
    std::string ws_origin;
    TimePoint created_at;
    TimePoint updated_at;
};

/// The chain as it is used; without a fee limit it allows no fee.
[[nodiscard]] chains::Chain usable_chain(const store::ChainRecord& record);
[[nodiscard]] ChainListing listing_of(const store::ChainRecord& record);

/// What operators do with chains while chela runs, whichever door they come through. Blocking and
/// thread-safe.
class Chains {
public:
    /// @param configured  those of chela.yaml, which are changed there alone
    Chains(store::Store& store, const Clock& clock, std::vector<chains::Chain> configured)
        : store_{store},
          clock_{clock},
          configured_{std::move(configured)} {}

    /// Fills in the times.
    /// @param draft  everything the operator chose
    /// @param actor  for the audit trail, "operator" or "admin:<id>"
    /// @return as check_chain(); conflict E_CHAIN_CONFIGURED: chela.yaml has a chain of this name
    /// or id; E_CHAIN_EXISTS
    [[nodiscard]] Result<store::ChainRecord> add(
        store::ChainRecord draft, const std::string& actor);

    /// @param change  edits what an operator may choose
    /// @return as add(); not_found E_NO_CHAIN
    [[nodiscard]] Result<store::ChainRecord> update(
        ChainId id,
        const std::string& actor,
        const std::function<Status(store::ChainRecord&)>& change);

    /// @return not_found E_NO_CHAIN; conflict E_CHAIN_CONFIGURED, E_CHAIN_IN_USE
    [[nodiscard]] Status remove(ChainId id, const std::string& actor);

private:
    [[nodiscard]] Status check_not_configured(ChainId id, const std::string& name) const;

    store::Store& store_;
    const Clock& clock_;
    std::vector<chains::Chain> configured_;
};

/// Whether every member is within its bounds, and a chain that is to sign has what that takes.
/// @return invalid_input E_CHAIN_NAME, E_CHAIN_FIELD, E_CHAIN_URL, E_CHAIN_INSECURE_URL;
/// E_CHAIN_FEE_LIMIT, E_CHAIN_NO_NODE: enabled without max_fee_per_transaction or rpc_url
[[nodiscard]] Status check_chain(const store::ChainRecord& chain);

}  // namespace chela::sidecar::flow
