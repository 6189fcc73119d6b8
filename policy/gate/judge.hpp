#pragma once

#include "policy/gate/gate.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace chela::policy {

// What the gate's functions share. Each runs inside the ledger's transaction.

struct Judgement {
    Decision decision;
    std::string record;
    EffectTree tree;
    chains::Preimage preimage;
    std::string slot;
    std::vector<Hash256> policy_digests;
    bool wants_simulation{};
    std::uint64_t max_simulation_age{};
};

/// Is this the look ahead, a decision that a signature follows, or one about what is signed?
enum class Stage : std::uint8_t { check, approval, replacement, cancellation, recheck };

/// @return errors as Gate::approve; a denial is a value
[[nodiscard]] Result<Judgement> judge(
    LedgerTransaction& ledger, const GateRequest& request, Stage stage);

/// Is this what may take the place of what the intent has reserved?
/// @return as Gate::replace
[[nodiscard]] Status check_replacement(
    LedgerTransaction& ledger, const GateRequest& request, chains::lane::AttemptKind kind);

/// What becomes durable of an allowed one.
[[nodiscard]] Reservation reservation_of(const GateRequest& request, const Judgement& judgement);

/// The decision's record and its audit entry.
[[nodiscard]] Status record(
    LedgerTransaction& ledger, const GateRequest& request, const Judgement& judgement, Stage stage);
/// What could not be judged is not signed, and that is recorded as well.
[[nodiscard]] Status record(
    LedgerTransaction& ledger, const GateRequest& request, const Error& error);

[[nodiscard]] GateOutcome outcome_of(Judgement& judgement);

}  // namespace chela::policy
