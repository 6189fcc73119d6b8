#include "chains/simulation/digest.hpp"
#include "policy/decide/record/parts.hpp"
#include "policy/decide/record/reader.hpp"

#include <utility>

#include <nlohmann/json.hpp>

namespace chela::policy {
namespace {

using chains::simulation::BalanceChange;
using chains::simulation::Outcome;

Budget::Scope read_scope(RecordReader& reader) {
    if (const auto scope = parse_scope(reader.text("scope"))) return *scope;
    reader.refuse("scope", "is not known");
    return {};
}

LedgerSnapshot read_ledger(RecordReader& parent) {
    RecordReader reader{parent.object("ledger")};
    LedgerSnapshot out{
        .slot = reader.text("slot"), .spent = {}, .high_water = reader.time("high_water")};
    for (const auto& entry : reader.list("spent")) {
        RecordReader spent{entry};
        MeterKey key{
            .scope = read_scope(spent), .owner = spent.text("owner"), .meter = spent.text("meter")};
        out.spent.push_back(
            {.charge =
                 {.key = std::move(key),
                  .chain = spent.optional_chain("chain"),
                  .amount = spent.decimal("amount")},
             .slot = spent.text("slot"),
             .at = spent.time("at")});
        reader.refuse(spent);
    }
    parent.refuse(reader);
    return out;
}

Outcome read_outcome(RecordReader& reader) {
    const auto word = reader.text("outcome");
    for (const auto outcome : {Outcome::success, Outcome::reverted, Outcome::error})
        if (word == to_string(outcome)) return outcome;
    reader.refuse("outcome", "is not known");
    return Outcome::error;
}

BalanceChange read_change(RecordReader& reader) {
    const auto text = reader.text("change");
    const bool is_increase = !text.starts_with('-');
    const auto amount = parse_decimal(std::string_view{text}.substr(is_increase ? 0 : 1));
    if (!amount) reader.refuse("change", "is not a whole number");
    const auto token_id =
        reader.has("token_id") ? std::optional{reader.decimal("token_id")} : std::nullopt;
    return {
        .account = reader.address("account"),
        .token = reader.optional_address("token"),
        .is_increase = is_increase,
        .amount = amount.value_or(U256{}),
        .token_id = token_id};
}

std::optional<SimulationFacts> read_simulation(RecordReader& parent) {
    if (!parent.has("simulation")) return std::nullopt;
    RecordReader reader{parent.object("simulation")};
    SimulationFacts out{
        .id = reader.text("id"),
        .outcome = read_outcome(reader),
        .is_degraded = reader.flag("degraded"),
        .age_blocks = reader.number("age_blocks"),
        .changes = {}};
    for (const auto& entry : reader.list("changes")) {
        RecordReader change{entry};
        out.changes.push_back(read_change(change));
        reader.refuse(change);
    }
    if (reader.has("transaction_digest"))
        out.transaction_digest = reader.hash("transaction_digest");
    parent.refuse(reader);
    return out;
}

/// Was the simulation compared with the transaction? Not in records from before that was done.
bool is_bound(const Json& input) {
    const auto simulation = input.is_object() ? input.find("simulation") : input.end();
    return simulation != input.end() && simulation->is_object() &&
           simulation->contains("transaction_digest");
}

/// Only what the preimage does not say itself.
EnvelopeFacts read_envelope(RecordReader& parent) {
    RecordReader reader{parent.object("envelope")};
    EnvelopeFacts out;
    out.operator_max_fee = reader.optional_wei("operator_max_fee");
    out.node_chain = reader.optional_chain("node_chain");
    parent.refuse(reader);
    return out;
}

Purpose read_purpose(RecordReader& reader) {
    if (!reader.has("purpose")) return Purpose::request;
    const auto purpose = parse_purpose(reader.text("purpose"));
    if (purpose && *purpose != Purpose::request) return *purpose;
    reader.refuse("purpose", "is not known");
    return Purpose::request;
}

std::vector<std::pair<Hash256, std::string>> read_policies(RecordReader& parent) {
    std::vector<std::pair<Hash256, std::string>> out;
    for (const auto& entry : parent.list("policies")) {
        RecordReader reader{entry};
        out.emplace_back(reader.hash("digest"), reader.text("agent"));
        parent.refuse(reader);
    }
    return out;
}

ApprovalFacts read_approvals(RecordReader& parent) {
    ApprovalFacts out;
    for (const auto& entry : parent.list("approvers")) {
        if (!entry.is_string() || !out.approvers.insert(entry.get<std::string>()).second) {
            parent.refuse("approvers", "are not names, each once");
        }
    }
    return out;
}

}  // namespace

Result<RecordedInput> read_input(const Json& input) {
    RecordReader reader{input};
    auto preimage = read_preimage(reader.object("preimage"));
    if (!preimage) return std::unexpected{preimage.error()};
    RecordedInput out{
        .preimage = *std::move(preimage), .policies = read_policies(reader), .facts = {}};
    out.facts.self = reader.address("signer");
    out.facts.now = reader.time("now");
    out.facts.envelope = read_envelope(reader);
    out.facts.ledger = read_ledger(reader);
    out.facts.simulation = read_simulation(reader);
    const auto* transaction = std::get_if<chains::Transaction>(&out.preimage.content());
    if (transaction != nullptr && is_bound(input)) {
        out.facts.transaction_digest =
            chains::simulation::transaction_digest(*transaction, out.facts.self);
    }
    out.facts.is_before_simulation = reader.flag("before_simulation");
    out.facts.purpose = read_purpose(reader);
    out.facts.approvals = read_approvals(reader);
    if (const auto& error = reader.error()) return std::unexpected{*error};
    return out;
}

}  // namespace chela::policy
