#include "policy/decide/asset_names.hpp"
#include "policy/decide/envelope_facts.hpp"
#include "policy/decide/record.hpp"
#include "policy/decide/record/parts.hpp"
#include "policy/decode/preimage.hpp"

#include <utility>

#include <nlohmann/json.hpp>

namespace chela::policy {
namespace {

constexpr std::string_view kSchema = "chela.decision/1";
/// Typed data lies deep: structs inside structs, inside the record.
constexpr JsonLimits kLimits{.max_depth = 128};

/// Texts of nodes and contracts may hold anything; a record is always UTF-8.
std::string text_of(const OrderedJson& json) {
    return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

using FindPolicy = std::function<Result<std::shared_ptr<const Policy>>(const Hash256& digest)>;

Result<std::vector<BoundPolicy>> find_all(
    const RecordedInput& input, const FindPolicy& find_policy) {
    std::vector<BoundPolicy> out;
    for (const auto& [digest, agent_id] : input.policies) {
        auto policy = find_policy(digest);
        if (!policy) return std::unexpected{policy.error()};
        if (*policy == nullptr) bug("a policy was found that is not there");
        out.push_back({.policy = *std::move(policy), .agent_id = agent_id});
    }
    return out;
}

/// What the preimage says of itself is not taken from the record.
EnvelopeFacts envelope_of(const RecordedInput& input) {
    auto out = envelope_facts(input.preimage.content());
    out.operator_max_fee = input.facts.envelope.operator_max_fee;
    out.node_chain = input.facts.envelope.node_chain;
    return out;
}

}  // namespace

std::string to_record(
    const chains::Preimage& preimage,
    std::span<const BoundPolicy> policies,
    const Facts& facts,
    const Decision& decision) {
    if (facts.tree == nullptr) bug("a record was asked for without an effect tree");
    auto out = object_for(6);
    out["schema"] = kSchema;
    out["decoder"] = kDecoderVersion;
    out["registry"] = kRegistryVersion;
    out["input"] = record_of_input(preimage, policies, facts);
    out["effects"] = record_of(*facts.tree, asset_names(policies));
    out["decision"] = record_of_decision(decision, policies, facts);
    return text_of(out);
}

Result<Json> read_record(std::string_view record) {
    auto json = parse_json(record, kLimits);
    if (!json) return fail(ErrorCode::invalid_input, json.error().detail, "E_RECORD");
    const bool has_schema =
        json->is_object() && json->contains("schema") && json->at("schema") == kSchema;
    if (!has_schema || !json->contains("input")) {
        return fail(
            ErrorCode::invalid_input, "this is no record of a decision (chela.decision/1)",
            "E_RECORD");
    }
    return json;
}

Result<std::string> replay(std::string_view record, const FindPolicy& find_policy) {
    const auto json = read_record(record);
    if (!json) return std::unexpected{json.error()};
    auto input = read_input(json->at("input"));
    if (!input) return std::unexpected{input.error()};
    const auto policies = find_all(*input, find_policy);
    if (!policies) return std::unexpected{policies.error()};
    const auto contracts = contracts_of(*policies);
    if (!contracts) return std::unexpected{contracts.error()};
    auto facts = input->facts;
    const auto tree = decode_preimage(input->preimage.content(), facts.self, *contracts);
    facts.preimage_hash = Hash256{input->preimage.signing_hash().bytes};
    facts.envelope = envelope_of(*input);
    facts.tree = &tree;
    return to_record(input->preimage, *policies, facts, decide(*policies, facts));
}

}  // namespace chela::policy
