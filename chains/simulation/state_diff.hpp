#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "chains/base/units.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace chela::chains::simulation {

/// More than a block's gas can pay for is not an answer to trust.
inline constexpr std::size_t kMaxChangedAccounts = 50'000;
inline constexpr std::size_t kMaxChangedSlots = 200'000;

template <class T>
struct Change {
    T before{};
    T after{};
};

struct SlotChange {
    Hash256 slot;
    Change<Hash256> value;
};

/// What changed of one account; what did not is empty.
struct AccountChange {
    Address account;
    bool is_created{};                   ///< it was not there before
    bool is_deleted{};                   ///< it is gone; everything it had is a change to nothing
    std::optional<Change<Wei>> balance;  ///< fees included
    std::optional<Change<Nonce>> nonce;
    std::optional<Change<Bytes>> code;
    std::vector<SlotChange> storage;  ///< by slot
};
/// By account.
using StateDiff = std::vector<AccountChange>;

/// The answer of `debug_traceCall` with prestateTracer in diffMode. `post` has only what changed, a
/// deleted account is in `pre` alone, a created one in `post` alone, and a slot that is zero is
/// left out on its side.
/// @return bad_response: not of this shape, an account or slot twice, or more than the limits
/// Source: go-ethereum, "Built-in tracers", prestateTracer.
[[nodiscard]] Result<StateDiff> read_state_diff(const Json& result);

}  // namespace chela::chains::simulation
