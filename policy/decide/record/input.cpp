#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/message/typed_data_json.hpp"
#include "chains/userop/json.hpp"
#include "policy/decide/record/parts.hpp"

#include <nlohmann/json.hpp>

namespace chela::policy {
namespace {

std::int64_t milliseconds(TimePoint time) {
    return time.time_since_epoch().count();
}

std::string_view to_string(chains::UserOperationToSign::Form form) {
    switch (form) {
        case chains::UserOperationToSign::Form::hash:
            return "hash";
        case chains::UserOperationToSign::Form::personal_message:
            return "personal_message";
    }
    bug("a form of signing user operations that does not exist");
}

/// What gives the content back; where its bytes do, these are enough.
struct RecordOfContent {
    BytesView bytes;

    OrderedJson operator()(const chains::Transaction& /*content*/) const {
        return {{"transaction", to_hex(bytes)}};
    }
    OrderedJson operator()(const chains::PersonalMessage& content) const {
        return {{"personal_message", to_hex(content.message)}};
    }
    OrderedJson operator()(const chains::ValidatorMessage& content) const {
        return {
            {"validator_message", to_hex(content.data)},
            {"validator", to_checksum(content.validator)}};
    }
    OrderedJson operator()(const chains::TypedData& content) const {
        return {{"typed_data", OrderedJson(chains::to_json(content))}};
    }
    OrderedJson operator()(const chains::Authorization& /*content*/) const {
        return {{"authorization", to_hex(bytes)}};
    }
    OrderedJson operator()(const chains::UserOperationToSign& content) const {
        const auto& operation = content.operation;
        return {
            {"user_operation", OrderedJson(chains::to_json(operation))},
            {"version", chains::to_string(chains::version_of(operation))},
            {"entry_point", to_checksum(operation.entry_point)},
            {"chain", operation.chain_id.value},
            {"form", to_string(content.form)}};
    }
};

OrderedJson record_of(const EnvelopeFacts& facts) {
    return {
        {"operation", policy::to_string(facts.operation)},
        {"chain", policy::record_of(facts.chain)},
        {"tx_type", facts.tx_type ? OrderedJson(*facts.tx_type) : OrderedJson(nullptr)},
        {"max_fee", policy::record_of(facts.max_fee)},
        {"max_fee_per_gas", policy::record_of(facts.max_fee_per_gas)},
        {"gas", policy::record_of(facts.gas)},
        {"operator_max_fee", policy::record_of(facts.operator_max_fee)},
        {"node_chain", policy::record_of(facts.node_chain)}};
}

OrderedJson record_of(const LedgerSnapshot& ledger) {
    auto spent = OrderedJson::array();
    for (const auto& [charge, slot, at] : ledger.spent) {
        auto entry = policy::record_of(charge);
        entry["slot"] = slot;
        entry["at"] = milliseconds(at);
        spent.push_back(std::move(entry));
    }
    return {
        {"slot", ledger.slot},
        {"high_water", milliseconds(ledger.high_water)},
        {"spent", std::move(spent)}};
}

OrderedJson record_of(const chains::simulation::BalanceChange& change) {
    OrderedJson out{
        {"account", to_checksum(change.account)},
        {"token", policy::record_of(change.token)},
        {"change", (change.is_increase ? "" : "-") + to_decimal(change.amount)}};
    if (change.token_id) out["token_id"] = to_decimal(*change.token_id);
    return out;
}

OrderedJson record_of_simulation(const Facts& facts) {
    const auto& simulation = facts.simulation;
    if (!simulation) return nullptr;
    auto changes = OrderedJson::array();
    for (const auto& change : simulation->changes)
        changes.push_back(record_of(change));
    OrderedJson out{
        {"id", simulation->id},
        {"outcome", chains::simulation::to_string(simulation->outcome)},
        {"degraded", simulation->is_degraded},
        {"age_blocks", simulation->age_blocks},
        {"changes", std::move(changes)}};
    // Where the transaction has one it was compared, even with nothing.
    const auto& digest = simulation->transaction_digest;
    if (facts.transaction_digest || digest) {
        out["transaction_digest"] = digest ? OrderedJson(to_hex(*digest)) : OrderedJson(nullptr);
    }
    return out;
}

}  // namespace

OrderedJson record_of(const chains::Preimage& preimage) {
    auto out = std::visit(RecordOfContent{preimage.bytes()}, preimage.content());
    out["hash"] = to_hex(preimage.signing_hash());
    return out;
}

OrderedJson record_of_input(
    const chains::Preimage& preimage, std::span<const BoundPolicy> policies, const Facts& facts) {
    auto bound = OrderedJson::array();
    for (const auto& [policy, agent_id] : policies) {
        bound.push_back(
            {{"id", policy->id},
             {"version", policy->version},
             {"digest", to_hex(policy->digest)},
             {"agent", agent_id}});
    }
    auto approvers = OrderedJson::array();
    for (const auto& approver : facts.approvals.approvers)
        approvers.push_back(approver);
    auto out = object_for(10);
    out["preimage"] = record_of(preimage);
    out["signer"] = to_checksum(facts.self);
    out["now"] = milliseconds(facts.now);
    out["policies"] = std::move(bound);
    out["envelope"] = record_of(facts.envelope);
    out["ledger"] = record_of(facts.ledger);
    out["simulation"] = record_of_simulation(facts);
    out["before_simulation"] = facts.is_before_simulation;
    out["approvers"] = std::move(approvers);
    if (facts.purpose != Purpose::request) out["purpose"] = to_string(facts.purpose);
    return out;
}

}  // namespace chela::policy
