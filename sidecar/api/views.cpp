#include "sidecar/api/views.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/base/rfc3339.hpp"
#include "chains/fees/fees.hpp"
#include "chains/registry/native_amount.hpp"
#include "chains/tx/transaction.hpp"
#include "policy/rules/compile.hpp"
#include "policy/rules/guardrails.hpp"
#include "sidecar/http/problem.hpp"

#include <map>
#include <variant>

#include <nlohmann/json.hpp>

namespace chela::sidecar::api {

namespace {

using store::IntentState;

const char* published_status(IntentState state) {
    switch (state) {
        case IntentState::received:
        case IntentState::awaiting_approval:
        case IntentState::reserved:
            return "pending";
        case IntentState::signed_:
            return "signed";
        case IntentState::sign_only:
        case IntentState::signed_message:
            return "sign_only";
        case IntentState::broadcast:
        case IntentState::stalled:
        case IntentState::cancelling:
        case IntentState::mined:
        case IntentState::confirmed:
            return "broadcast";
        case IntentState::denied:
        case IntentState::failed:
        case IntentState::reverted:
        case IntentState::cancelled:
            return "failed";
        case IntentState::simulation_failed:
            return "simulation_failed";
    }
    bug("unknown intent state");
}

void add_text(Json& out, const char* name, const std::string& text) {
    if (!text.empty()) out[name] = text;
}

void add_time(Json& out, const char* name, const std::optional<TimePoint>& time) {
    if (time) out[name] = to_rfc3339(*time);
}

void add_inclusion(Json& out, const store::IntentRecord& intent) {
    if (intent.block_number) out["block_number"] = intent.block_number->value;
    if (intent.block_hash) out["block_hash"] = to_hex(*intent.block_hash);
    if (intent.gas_used) out["gas_used"] = intent.gas_used->value;
}

/// Native value by chain in major units, and over all chains. A sum that does not fit is shown as
/// such.
void add_spends(Json& out, std::span<const policy::SpentCharge> spent, TimePoint now) {
    std::map<std::uint64_t, U256> by_chain;
    U256 total;
    std::uint64_t today = 0;
    const auto midnight = std::chrono::floor<std::chrono::days>(now);
    for (const auto& [charge, slot, at] : spent) {
        if (charge.key.meter == policy::kGuardrailCountBudget) {
            if (at >= midnight) ++today;
            continue;
        }
        auto& of_chain = by_chain[charge.chain ? charge.chain->value : 0];
        of_chain = add(of_chain, charge.amount).value_or(U256::max());
        total = add(total, charge.amount).value_or(U256::max());
    }
    out["tx_spent_today"] = format_units(total, kNativeDecimals);
    out["tx_spent_today_eth"] = out["tx_spent_today"];
    out["tx_spent_today_by_chain"] = Json::object();
    for (const auto& [chain, sum] : by_chain) {
        out["tx_spent_today_by_chain"][std::to_string(chain)] = format_units(sum, kNativeDecimals);
    }
    out["tx_count_today"] = today;
}

/// What SignIntentResponse calls the hash that was signed.
const char* hash_member(policy::Operation operation) {
    switch (operation) {
        case policy::Operation::transaction:
            return "tx_hash";
        case policy::Operation::typed_data:
            return "typed_data_hash";
        case policy::Operation::personal_message:
            return "message_hash";
        case policy::Operation::authorization:
            return "authorization_hash";
        case policy::Operation::user_operation:
            return "user_operation_hash";
    }
    bug("unknown operation");
}

http::Response denied_response(const store::IntentRecord& intent) {
    auto response = http::problem({ErrorCode::denied, intent.error_message, intent.error_code});
    Json body = Json::parse(response.body);
    body["violations"] = intent.violations.empty() ? Json::array() : Json::parse(intent.violations);
    body["transaction"] = transaction_view(intent, SignedTx::omit);
    response.body = http::json_response(response.status, body).body;
    return response;
}

http::Response simulation_failed_response(const store::IntentRecord& intent) {
    auto response = http::problem({ErrorCode::reverted, intent.error_message, intent.error_code});
    Json body = Json::parse(response.body);
    // `status` is a number in a problem and a word in a transaction: clients read the word, the
    // number is on the status line.
    body.update(transaction_view(intent, SignedTx::omit));
    response.body = http::json_response(response.status, body).body;
    return response;
}

/// In wei, by the names that a request gives them.
struct ShowFees {
    Json& out;

    void operator()(const chains::fees::LegacyFees& fees) const {
        out["gas_price"] = to_decimal(fees.gas_price.value);
    }
    void operator()(const chains::fees::Eip1559Fees& fees) const {
        out["max_fee_per_gas"] = to_decimal(fees.max_fee_per_gas.value);
        out["max_priority_fee_per_gas"] = to_decimal(fees.max_priority_fee_per_gas.value);
    }
    void operator()(const chains::fees::BlobFees& fees) const { (*this)(fees.gas); }
};

/// What may be tried again unchanged is not here now.
ErrorCode code_of_failed_key(std::string_view reason) {
    if (reason == "E_AUTHORITY_DENIED") return ErrorCode::denied;
    if (reason == "E_AUTHORITY_UNSUPPORTED") return ErrorCode::unsupported;
    return ErrorCode::unavailable;
}

}  // namespace

Json transaction_view(const store::IntentRecord& intent, SignedTx signed_tx) {
    Json out = {
        {"id", intent.id},
        {"agent_id", intent.agent_id},
        {"chain", intent.chain},
        {"chain_id", intent.chain_id.value},
        {"from", to_checksum(intent.from)},
        {"value_wei", to_decimal(intent.value.value)},
        {"status", published_status(intent.state)},
        {"state", to_string(intent.state)},
        {"created_at", to_rfc3339(intent.created_at)},
        {"updated_at", to_rfc3339(intent.updated_at)}};
    if (intent.to) out["to"] = to_checksum(*intent.to);
    if (intent.nonce) out["nonce"] = intent.nonce->value;
    if (intent.hash) out["tx_hash"] = to_hex(*intent.hash);
    add_time(out, "valid_until", intent.valid_until);
    if (signed_tx == SignedTx::include) {
        out["signed_tx"] =
            intent.signed_bytes.empty() ? Json(nullptr) : Json(to_hex(intent.signed_bytes));
    }
    out["operation"] = to_string(intent.operation);
    add_text(out, "decision_id", intent.decision_id);
    add_text(out, "approval_id", intent.approval_id);
    add_text(out, "error_code", intent.error_code);
    add_text(out, "error_message", intent.error_message);
    add_time(out, "signed_at", intent.signed_at);
    add_text(out, "simulation_id", intent.simulation_id);
    add_text(out, "simulation_status", intent.simulation_status);
    add_text(out, "max_fee_per_gas", intent.max_fee_per_gas);
    add_text(out, "max_priority_fee_per_gas", intent.max_priority_fee_per_gas);
    add_inclusion(out, intent);
    return out;
}

Json attempts_view(std::span<const store::AttemptRecord> attempts) {
    Json out = Json::array();
    for (const auto& attempt : attempts) {
        Json one = {
            {"number", attempt.number},
            {"kind", to_string(attempt.kind)},
            {"tx_hash", to_hex(attempt.hash)},
            {"signed_at", to_rfc3339(attempt.signed_at)},
            {"was_accepted", attempt.seen_at.has_value()}};
        if (const auto sent = chains::decode_signed(attempt.signed_bytes))
            std::visit(ShowFees{one}, chains::fees::fees_of(sent->transaction));
        out.push_back(std::move(one));
    }
    return out;
}

Json sign_view(const store::IntentRecord& intent) {
    Json out = transaction_view(intent, SignedTx::include);
    // Without a signature (still pending, or failed) the word would promise one.
    if (!intent.signed_bytes.empty()) out["status"] = "sign_only";
    return out;
}

std::vector<policy::MeterKey> spend_meters(const std::string& agent_id) {
    const auto meter = [&agent_id](std::string_view name) {
        return policy::MeterKey{policy::Budget::Scope::agent, agent_id, std::string{name}};
    };
    return {meter(policy::kGuardrailValueBudget), meter(policy::kGuardrailCountBudget)};
}

Json agent_view(
    const store::AgentRecord& agent,
    std::span<const policy::SpentCharge> spent,
    const std::optional<Address>& address,
    TimePoint now) {
    Json out = policy::to_api_json(agent.guardrails);
    out.update(Json{
        {"id", agent.id},
        {"name", agent.name},
        {"description", agent.description},
        {"auth_method", "api_key"},
        {"scopes", agent.scopes},
        {"vault_ids", agent.vault_ids},
        {"is_active", agent.is_active},
        {"intents_api_enabled", agent.intents_api_enabled},
        {"shroud_enabled", false},
        {"execution_intents_enabled", false},
        {"api_key_prefix", agent.api_key_prefix},
        {"created_at", to_rfc3339(agent.created_at)}});
    out["token_ttl_seconds"] =
        agent.token_ttl_seconds ? Json(*agent.token_ttl_seconds) : Json(nullptr);
    out["policy"] = agent.policy_id ? Json(*agent.policy_id) : Json(nullptr);
    out["evm_address"] = address ? Json(to_checksum(*address)) : Json(nullptr);
    out["signing_chains"] = address ? Json::array({"ethereum"}) : Json::array();
    add_time(out, "expires_at", agent.expires_at);
    add_time(out, "api_key_expires_at", agent.api_key_expires_at);
    add_time(out, "last_active_at", agent.last_active_at);
    add_spends(out, spent, now);
    return out;
}

Json agent_self_view(
    const store::AgentRecord& agent,
    const std::string& org_id,
    const std::optional<Address>& address) {
    Json out = {
        {"id", agent.id},
        {"name", agent.name},
        {"description", agent.description},
        {"org_id", org_id},
        {"scopes", agent.scopes},
        {"is_active", agent.is_active},
        {"intents_api_enabled", agent.intents_api_enabled},
        {"created_by", agent.created_by},
        {"created_at", to_rfc3339(agent.created_at)},
        {"shroud_enabled", false}};
    out["evm_address"] = address ? Json(to_checksum(*address)) : Json(nullptr);
    add_time(out, "expires_at", agent.expires_at);
    add_time(out, "last_active_at", agent.last_active_at);
    return out;
}

Json chain_view(const chains::Chain& chain, const flow::ChainListing& listing) {
    Json out{
        {"id", chains::chain_uuid(chain.chain_id)},
        {"name", chain.name},
        {"display_name", chain.display_name},
        {"chain_id", chain.chain_id.value},
        {"explorer_url", chain.explorer_url},
        {"native_currency", chain.native_currency},
        {"is_testnet", chain.is_testnet},
        {"is_enabled", chain.is_enabled},
        {"created_at", to_rfc3339(listing.created_at)},
        {"updated_at", to_rfc3339(listing.updated_at)}};
    if (!listing.rpc_origin.empty()) out["rpc_url"] = listing.rpc_origin;
    if (!listing.ws_origin.empty()) out["ws_url"] = listing.ws_origin;
    return out;
}

Json admin_chain_view(const chains::Chain& chain, const flow::ChainListing& listing) {
    Json out = chain_view(chain, listing);
    out["source"] = listing.is_configured ? "chela.yaml" : "store";
    out["max_fee_per_transaction"] =
        listing.has_fee_limit ? Json(chains::format_native_amount(
                                    chain.max_fee_per_transaction, chain.native_currency))
                              : Json(nullptr);
    out["confirmations"] = chain.confirmations;
    out["finality"] = to_string(chain.finality);
    out["has_eip1559"] = chain.has_eip1559;
    out["block_time_ms"] = chain.block_time.count();
    return out;
}

http::Response submission_response(const store::IntentRecord& intent, bool is_replay) {
    if (intent.state == IntentState::denied) return denied_response(intent);
    if (intent.state == IntentState::simulation_failed) return simulation_failed_response(intent);
    if (intent.state == IntentState::failed && !is_replay) {
        // Only a key that failed after the nonce was taken, and given back, ends here.
        return http::problem(
            {code_of_failed_key(intent.error_code), intent.error_message, intent.error_code});
    }
    if (intent.state == IntentState::cancelled && !intent.nonce && !is_replay) {
        // Its time was over, or it was cancelled, before anything was signed.
        return http::problem({ErrorCode::conflict, intent.error_message, intent.error_code});
    }
    const Json body =
        intent.sign_only ? sign_view(intent) : transaction_view(intent, SignedTx::include);
    if (intent.state == IntentState::awaiting_approval) return http::json_response(202, body);
    const unsigned created = intent.sign_only ? 200 : 201;
    return http::json_response(is_replay ? 200 : created, body);
}

http::Response sign_response(
    const store::IntentRecord& intent, const std::string& intent_type, bool is_replay) {
    auto response = submission_response(intent, is_replay);
    if (response.status >= 300) return response;
    Json body = Json::parse(response.body);
    body["intent_type"] = intent_type;
    if (!intent.result.empty()) {
        const Json result = Json::parse(intent.result);
        body["signature"] = result.at("signature");
        body[hash_member(intent.operation)] = result.at("hash");
    }
    return http::json_response(response.status, body);
}

}  // namespace chela::sidecar::api
