#pragma once

#include "policy/decide/record.hpp"

#include <cstddef>

#include <nlohmann/json_fwd.hpp>

namespace chela::policy {

/// Keeps its members in the order in which they were added.
using OrderedJson = nlohmann::ordered_json;

/// Empty, with room for so many members: an ordered object that has no more room copies all that it
/// has, in depth.
[[nodiscard]] OrderedJson object_for(std::size_t members);

// What a record is made of; each has one shape.
[[nodiscard]] OrderedJson record_of(const Asset& asset);
[[nodiscard]] OrderedJson record_of(const Bound& bound);  ///< a decimal string, or "unbounded"
[[nodiscard]] OrderedJson record_of(const std::optional<ChainId>& chain);
[[nodiscard]] OrderedJson record_of(const std::optional<Address>& address);
[[nodiscard]] OrderedJson record_of(const std::optional<Wei>& wei);
[[nodiscard]] OrderedJson record_of(const std::optional<Gas>& gas);
[[nodiscard]] OrderedJson record_of(const Charge& charge);
[[nodiscard]] OrderedJson record_of(const std::optional<Quorum>& quorum);
[[nodiscard]] OrderedJson record_of(const Effect& effect);
[[nodiscard]] OrderedJson record_of(const EffectTree& tree, const AssetNames& names);
[[nodiscard]] OrderedJson record_of(const chains::Preimage& preimage);
[[nodiscard]] OrderedJson record_of_input(
    const chains::Preimage& preimage, std::span<const BoundPolicy> policies, const Facts& facts);
[[nodiscard]] OrderedJson record_of_decision(
    const Decision& decision, std::span<const BoundPolicy> policies, const Facts& facts);

/// The JSON of a record. @return invalid_input with reason E_RECORD
[[nodiscard]] Result<Json> read_record(std::string_view record);

/// What a decision was made of, read from a record.
struct RecordedInput {
    chains::Preimage preimage;
    std::vector<std::pair<Hash256, std::string>> policies;  ///< digest, and agent
    Facts facts;                                            ///< without the tree
};
/// @param input  the record's member of that name
/// @return invalid_input with reason E_RECORD
[[nodiscard]] Result<RecordedInput> read_input(const Json& input);
[[nodiscard]] Result<chains::Preimage> read_preimage(const Json& json);

}  // namespace chela::policy
