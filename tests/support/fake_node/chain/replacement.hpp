#pragma once

#include "tests/support/fake_node/chain/cost.hpp"

#include <optional>
#include <string>

namespace chela::test::fake_node {

/// floor(amount × percent / 100), exactly. @return nothing: over 256 bits
[[nodiscard]] std::optional<Wei> scaled(Wei amount, std::uint64_t percent);

/// Tip and cap are each above the old one and at least floor(old × 110 / 100).
/// Source: go-ethereum, legacypool list.Add.
[[nodiscard]] bool replaces(const Offer& old, const Offer& now);

/// The same for a blob transaction: three prices, each at least doubled.
/// @return what geth says behind its sentence, or nothing: it replaces
/// Source: go-ethereum, blobpool validateTx.
[[nodiscard]] std::optional<std::string> blob_replacement_problem(
    const Offer& old, const Offer& now);

}  // namespace chela::test::fake_node
