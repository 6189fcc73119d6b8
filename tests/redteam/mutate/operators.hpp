#pragma once

#include "policy/analysis/judge.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace chela::redteam {

using Content = chains::Preimage::Content;

/// A case that is allowed.
/// Ownership: points into a fixture.
struct Subject {
    const policy::analysis::FixtureCase* of;
    const policy::analysis::Fixture* fixture;
    const Content* content;
    const policy::analysis::Outcome* original;
};

struct Mutant {
    std::string what;
    /// An error: it does not even read, which is a refusal.
    Result<Content> content;
};

/// One way to attack an allowed request. Whatever it makes must be refused, or do no more than the
/// original did.
struct Operator {
    std::string_view name;
    std::vector<Mutant> (*apply)(const Subject& subject);
};

// One family a file.
[[nodiscard]] std::span<const Operator> wrapping_operators();
[[nodiscard]] std::span<const Operator> encoding_operators();
[[nodiscard]] std::span<const Operator> party_operators();
[[nodiscard]] std::span<const Operator> amount_operators();
[[nodiscard]] std::span<const Operator> disguise_operators();
[[nodiscard]] std::span<const Operator> envelope_operators();
[[nodiscard]] std::span<const Operator> typed_data_operators();
[[nodiscard]] std::span<const Operator> message_operators();
[[nodiscard]] std::span<const Operator> user_operation_operators();

}  // namespace chela::redteam
