#pragma once

#include "chains/preimage/preimage.hpp"

#include <utility>

// Only policy::Gate can make an ApprovedPreimage, and tests of the signer may not include policy.
// This Gate has the name that the friend declaration asks for and nothing else; a binary that links
// chela_policy as well would hold two Gates: never do.
namespace chela::policy {

class Gate {
public:
    static chains::ApprovedPreimage approve(chains::Preimage preimage, Address signer) {
        return {std::move(preimage), signer};
    }
};

}  // namespace chela::policy

namespace chela::test {

/// A transfer of `nonce` wei with that nonce, approved for `signer`.
[[nodiscard]] inline chains::ApprovedPreimage approve_transfer(
    const Address& signer, std::uint64_t nonce) {
    chains::Eip1559Transaction transfer{
        .chain_id = {1},
        .nonce = {nonce},
        .max_priority_fee_per_gas = {U256{1}},
        .max_fee_per_gas = {U256{2'000'000'000}},
        .gas_limit = {21'000},
        .to = Address{{0x11, 0x22}},
        .value = {U256{nonce}},
        .data = {},
        .access_list = {}};
    return policy::Gate::approve(chains::Preimage{std::move(transfer)}, signer);
}

}  // namespace chela::test
