#include "sidecar/api/approval_view.hpp"

#include "chains/base/hex.hpp"
#include "chains/base/rfc3339.hpp"
#include "sidecar/auth/sha256.hpp"
#include "sidecar/edge/entropy.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::api {

namespace {

using store::ApprovalRecord;
using store::ApprovalStatus;
using store::Vote;

constexpr std::string_view kAdmin = "admin:";

ApprovalStatus status_at(const ApprovalRecord& approval, TimePoint now) {
    const bool is_over = approval.status == ApprovalStatus::pending && approval.expires_at <= now;
    return is_over ? ApprovalStatus::expired : approval.status;
}

/// Whose vote decided; empty: nobody's.
std::string decider(const ApprovalRecord& approval) {
    switch (approval.status) {
        case ApprovalStatus::approved:
        case ApprovalStatus::rejected:
            return approval.votes.empty() ? std::string{} : approval.votes.back().approver;
        case ApprovalStatus::pending:
        case ApprovalStatus::expired:
            return {};
    }
    bug("an ApprovalStatus that does not exist");
}

Json quorum_of(const ApprovalRecord& approval) {
    Json approved_by = Json::array();
    for (const auto& vote : approval.votes)
        if (vote.vote == Vote::approve) approved_by.push_back(vote.approver);
    return {
        {"of", approval.quorum_of},
        {"minimum", approval.minimum},
        {"approved_by", std::move(approved_by)}};
}

/// Why people are asked: the sentences of the summary's reasons.
std::string reason_of(const Json& summary) {
    std::string out;
    const auto reasons = summary.find("reasons");
    if (reasons == summary.end() || !reasons->is_array()) return out;
    for (const auto& reason : *reasons) {
        const auto detail = reason.find("detail");
        if (detail == reason.end() || !detail->is_string()) continue;
        out += (out.empty() ? "" : "; ") + detail->get<std::string>();
    }
    return out;
}

Json digests_of(const ApprovalRecord& approval) {
    Json out = Json::array();
    for (const auto& digest : approval.policy_digests)
        out.push_back(to_hex(digest));
    return out;
}

Json text_or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

}  // namespace

Result<ApprovalFrame> approval_frame(store::Store& store) {
    const auto keys = store.admin_keys();
    if (!keys) return std::unexpected{keys.error()};
    if (keys->empty()) return fail(ErrorCode::internal, "the organisation has no admin key");
    return ApprovalFrame{store.org_id(), keys->front().id};
}

std::string approver_uuid(const std::string& org_id, std::string_view approver) {
    if (approver.starts_with(kAdmin) && is_uuid(approver.substr(kAdmin.size())))
        return std::string{approver.substr(kAdmin.size())};
    auto bytes = auth::sha256(fmt::format("{} {}", org_id, approver)).bytes;
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0fU) | 0x80U);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3fU) | 0x80U);
    const std::string hex = to_hex(bytes).substr(2);
    return fmt::format(
        "{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4), hex.substr(16, 4),
        hex.substr(20, 12));
}

std::string_view target_type(const ApprovalRecord& approval) {
    return approval.action == "sign_transaction" ? "transaction" : "intent";
}

Json approval_view(
    const ApprovalRecord& approval, Binding binding, const ApprovalFrame& frame, TimePoint now) {
    constexpr unsigned kHighestTier = 3;
    Json summary = Json::parse(approval.summary, nullptr, false);
    if (!summary.is_object()) summary = Json::object();
    const std::string decided_by = decider(approval);
    const Json who =
        decided_by.empty() ? Json(nullptr) : Json(approver_uuid(frame.org_id, decided_by));
    Json out = {
        {"id", approval.id},
        {"org_id", frame.org_id},
        {"user_id", who.is_null() ? Json(frame.first_admin) : who},
        {"agent_id", approval.agent_id},
        {"action", approval.action},
        {"target_type", target_type(approval)},
        {"target_id", approval.intent_id},
        {"intent_id", approval.intent_id},
        {"risk_tier", std::clamp(approval.minimum, 1U, kHighestTier)},
        {"status", to_string(status_at(approval, now))},
        {"reason", text_or_null(reason_of(summary))},
        {"decision_reason", text_or_null(approval.decision_reason)},
        {"decided_by", who},
        {"expires_at", to_rfc3339(approval.expires_at)},
        {"created_at", to_rfc3339(approval.created_at)},
        {"quorum", quorum_of(approval)},
        {"policy_digests", digests_of(approval)},
        {"stale", binding == Binding::stale}};
    out["decided_at"] =
        approval.decided_at ? Json(to_rfc3339(*approval.decided_at)) : Json(nullptr);
    out["summary"] = std::move(summary);
    return out;
}

}  // namespace chela::sidecar::api
