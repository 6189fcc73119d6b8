#include "sidecar/flow/ending.hpp"

#include "sidecar/edge/entropy.hpp"
#include "sidecar/telemetry/log.hpp"

#include <utility>

#include <nlohmann/json.hpp>

namespace chela::sidecar::flow {

using store::IntentRecord;
using store::IntentState;

namespace {

std::string to_json_text(const std::vector<policy::Violation>& violations) {
    Json out = Json::array();
    for (const auto& violation : violations)
        out.push_back({{"code", violation.code}, {"detail", violation.detail}});
    return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string sentences_of(const std::vector<policy::Violation>& violations) {
    std::string out;
    for (const auto& violation : violations)
        out += (out.empty() ? "" : "; ") + violation.detail;
    return out;
}

std::string first_code(const policy::Decision& decision, const char* fallback) {
    return decision.violations.empty() ? fallback : decision.violations.front().code;
}

/// What approvers see: the effects, the reasons, and the most that fees can take (in wei), from the
/// decision's own record.
std::string summary_of(const policy::GateOutcome& outcome) {
    const Json record = Json::parse(outcome.record, nullptr, false);
    Json summary = {{"reasons", Json::parse(to_json_text(outcome.decision.violations))}};
    if (record.is_object() && record.contains("effects")) summary["effects"] = record["effects"];
    const Json::json_pointer fee{"/input/envelope/max_fee"};
    if (record.contains(fee) && record[fee].is_string()) summary["max_fee"] = record[fee];
    return summary.dump(-1, ' ', false, Json::error_handler_t::replace);
}

store::ApprovalRecord approval_for(
    const IntentRecord& intent, const policy::GateOutcome& outcome, TimePoint now) {
    store::ApprovalRecord approval;
    approval.id = random_uuid();
    approval.intent_id = intent.id;
    approval.agent_id = intent.agent_id;
    approval.action = "sign_" + std::string{to_string(intent.operation)};
    approval.summary = summary_of(outcome);
    approval.fingerprint = intent.fingerprint;
    approval.policy_digests = outcome.policy_digests;
    const auto& quorum = outcome.decision.quorum;
    if (!quorum) bug("a decision asks for review and names no quorum");
    approval.quorum_of = quorum->of;
    approval.minimum = quorum->minimum;
    approval.expires_at = now + quorum->ttl;
    approval.created_at = now;
    return approval;
}

}  // namespace

void count(const Services& services, const policy::Decision& decision) {
    services.metrics->decided(to_string(decision.verdict), first_code(decision, ""));
}

Error refusal_of(const policy::Decision& decision) {
    const auto& violations = decision.violations;
    if (violations.empty())
        return {ErrorCode::denied, "the policies do not allow this signature", "E_DENIED"};
    return {ErrorCode::denied, violations.front().detail, violations.front().code};
}

void log_denied(const std::string& intent_id, std::string_view code) {
    log::event(log::Level::info, "intent_denied", {{"intent_id", intent_id}, {"code", code}});
}

IntentStep finish(
    Services& services,
    IntentRecord intent,
    IntentState state,
    std::string code,
    std::string message,
    Deadline deadline) {
    intent.state = state;
    intent.error_code = std::move(code);
    intent.error_message = std::move(message);
    intent.updated_at = services.clock.now();
    co_return co_await services.on_store<IntentRecord>(
        deadline, [&store = services.store, intent]() -> Result<IntentRecord> {
            if (auto ok = store.finish_unreserved(intent); !ok) return std::unexpected{ok.error()};
            return intent;
        });
}

IntentStep finish_denied(
    Services& services, IntentRecord intent, policy::Decision decision, Deadline deadline) {
    intent.violations = to_json_text(decision.violations);
    const std::string code = first_code(decision, "E_DENIED");
    log_denied(intent.id, code);
    co_return co_await finish(
        services, std::move(intent), IntentState::denied, code, sentences_of(decision.violations),
        deadline);
}

IntentStep hold(
    Services& services, IntentRecord intent, policy::GateOutcome outcome, Deadline deadline) {
    // Written with the question itself: an intent that nobody was ever asked about has none.
    if (!intent.approval_id.empty()) {
        log_denied(intent.id, "E_APPROVAL_STALE");
        co_return co_await finish(
            services, std::move(intent), IntentState::denied, "E_APPROVAL_STALE",
            "what was approved is not what would be signed now: the policy changed since, or the "
            "approval ran out; submit it again",
            deadline);
    }
    intent.violations = to_json_text(outcome.decision.violations);
    intent.error_code = "E_AWAITING_APPROVAL";
    intent.error_message =
        "held until it is approved: " + sentences_of(outcome.decision.violations);
    intent.updated_at = services.clock.now();
    const auto approval = approval_for(intent, outcome, intent.updated_at);
    log::event(
        log::Level::info, "intent_held", {{"intent_id", intent.id}, {"approval_id", approval.id}});
    co_return co_await services.on_store<IntentRecord>(
        deadline, [&store = services.store, intent, approval]() -> Result<IntentRecord> {
            if (auto ok = store.update_received(intent); !ok) return std::unexpected{ok.error()};
            if (auto ok = store.insert_approval(approval); !ok) return std::unexpected{ok.error()};
            return store.intent(intent.id);
        });
}

}  // namespace chela::sidecar::flow
