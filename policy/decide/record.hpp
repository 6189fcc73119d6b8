#pragma once

#include "chains/base/json.hpp"
#include "chains/preimage/preimage.hpp"
#include "policy/decide/decide.hpp"
#include "policy/effect/describe.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace chela::policy {

/// Raised when the same bytes decode to other effects than before.
inline constexpr unsigned kDecoderVersion = 1;
/// Raised when the table of well-known contracts changes.
inline constexpr unsigned kRegistryVersion = 1;

/// The whole of a decision as one JSON object with its members in a fixed order: the input (the
/// preimage, signer, envelope facts, ledger snapshot, simulation, approvals, time, policy digests),
/// the effect tree with byte ranges, and the trace. Names decoder and registry version.
/// It is evidence: the preimage is there in full, however long, so that a record is some kilobytes
/// for a transfer and up to twice the preimage's size beyond that. Files and lines of the documents
/// are not in it: the digest names their contents.
/// Source: design, "Trace".
[[nodiscard]] std::string to_record(
    const chains::Preimage& preimage,
    std::span<const BoundPolicy> policies,
    const Facts& facts,
    const Decision& decision);

/// Decides again from a record alone: what the preimage itself says is read from its bytes again.
/// @param find_policy  by digest; an error is handed on
/// @return the record as it would be written now: equal to the given one, byte for byte, unless it
/// was tampered with or made by a chela that decides otherwise; invalid_input with reason E_RECORD:
/// not a record; conflict: as contracts_of()
[[nodiscard]] Result<std::string> replay(
    std::string_view record,
    const std::function<Result<std::shared_ptr<const Policy>>(const Hash256& digest)>& find_policy);

/// The effect tree as JSON, and for a person: a line each, inner calls indented, and until when the
/// signature is good for anything.
[[nodiscard]] Json to_json(const EffectTree& tree, const AssetNames& names = {});
[[nodiscard]] std::string to_text(const EffectTree& tree, const AssetNames& names = {});

/// A record for a person: verdict, effects, each rule with its clauses, coverage, budgets. Nothing
/// is decided again and nothing is checked but its shape.
/// @return invalid_input with reason E_RECORD: not a record
[[nodiscard]] Result<std::string> explain(std::string_view record);

}  // namespace chela::policy
