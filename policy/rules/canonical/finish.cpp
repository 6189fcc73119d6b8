#include "chains/crypto/keccak.hpp"
#include "policy/rules/canonical/canonical.hpp"

#include <nlohmann/json.hpp>

namespace chela::policy::canonical {
namespace {

/// Declared contracts as they are declared; a token whose contract is known as something else (a
/// wrapped native currency) stays what it is.
Contracts contracts_of(const Policy& policy) {
    Contracts contracts;
    for (const auto& declared : policy.declared_contracts) {
        if (declared.kind) contracts.declare(declared.chain, declared.address, *declared.kind);
        for (const auto& function : declared.functions)
            contracts.pin({declared.chain, declared.address, function});
    }
    for (const auto& [name, asset, decimals, symbol, where] : policy.assets) {
        if (!asset.contract || contracts.kind_of(asset.chain, *asset.contract)) continue;
        contracts.declare(asset.chain, *asset.contract, ContractKind::token);
    }
    return contracts;
}

}  // namespace

void finish(Policy& policy) {
    normalise(policy);
    policy.contracts = contracts_of(policy);
    policy.canonical = to_json(policy).dump();
    const BytesView bytes{
        reinterpret_cast<const std::uint8_t*>(policy.canonical.data()), policy.canonical.size()};
    policy.digest = chains::keccak256(bytes);
}

}  // namespace chela::policy::canonical
