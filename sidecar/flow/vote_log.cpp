#include "sidecar/flow/vote_log.hpp"

#include "chains/base/json.hpp"
#include "sidecar/flow/ending.hpp"
#include "sidecar/telemetry/log.hpp"

#include <string>

#include <nlohmann/json.hpp>

namespace chela::sidecar::flow {
namespace {

constexpr std::size_t kPage = 256;

Result<bool> has_more(store::Store& store, std::int64_t after) {
    const auto next = store.audit_records(after, 1);
    if (!next) return std::unexpected{next.error()};
    return !next->empty();
}

/// A chain of millions is not read to find its end.
Result<std::int64_t> end_of_chain(store::Store& store) {
    std::int64_t below = 0;
    std::int64_t end = 1;
    for (;; below = end, end *= 2) {
        const auto more = has_more(store, end);
        if (!more) return std::unexpected{more.error()};
        if (!*more) break;
    }
    while (below < end) {
        const std::int64_t middle = below + (end - below) / 2;
        const auto more = has_more(store, middle);
        if (!more) return std::unexpected{more.error()};
        *more ? below = middle + 1 : end = middle;
    }
    return end;
}

std::string text(const Json& detail, const char* name) {
    const auto found = detail.find(name);
    return found != detail.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// What the voter wrote stays in the audit chain: a log is read by more people.
void tell(const store::AuditRecord& record) {
    if (record.action != "approval.voted") return;
    const Json detail = Json::parse(record.detail, nullptr, false);
    if (!detail.is_object()) return;
    const std::string intent_id = text(detail, "intent_id");
    const std::string status = text(detail, "status");
    log::event(
        log::Level::info, "approval_voted",
        {{"approval_id", record.subject},
         {"intent_id", intent_id},
         {"approver", record.actor},
         {"vote", text(detail, "vote")},
         {"status", status}});
    if (status != to_string(store::ApprovalStatus::rejected)) return;
    log_denied(intent_id, "E_APPROVAL_REJECTED");
}

}  // namespace

Status VoteLog::catch_up(store::Store& store) {
    const std::lock_guard lock{mutex_};
    if (!seen_) {
        const auto end = end_of_chain(store);
        if (!end) return std::unexpected{end.error()};
        seen_ = *end;
        return {};
    }
    for (;;) {
        const auto page = store.audit_records(*seen_, kPage);
        if (!page) return std::unexpected{page.error()};
        for (const auto& record : *page) {
            tell(record);
            seen_ = record.sequence;
        }
        if (page->size() < kPage) return {};
    }
}

}  // namespace chela::sidecar::flow
