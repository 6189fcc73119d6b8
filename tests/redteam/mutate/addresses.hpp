#pragma once

#include "tests/redteam/mutate/operators.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace chela::redteam {

/// Where words begin that hold an address, at any byte: twelve zeros and twenty bytes that the
/// policies name or that look random.
[[nodiscard]] std::vector<std::size_t> padded_addresses(
    BytesView data, std::span<const Address> named);
[[nodiscard]] std::vector<std::size_t> padded_addresses(BytesView data, const Subject& subject);
/// Where addresses begin: those of padded_addresses(), and packed ones that the words or the
/// subject's policies name.
[[nodiscard]] std::vector<std::size_t> addresses_in(BytesView data, const Subject& subject);

/// The addresses that the subject's policies and the case name: tokens, contracts, the signer.
[[nodiscard]] std::vector<Address> named_addresses(const Subject& subject);

/// Who stands in for somebody: a stranger, and words of routers for the caller, the router and
/// nobody.
[[nodiscard]] std::vector<Address> stand_ins();

}  // namespace chela::redteam
