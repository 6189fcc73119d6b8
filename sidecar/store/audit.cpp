#include "chains/base/hex.hpp"
#include "sidecar/store/audit_log.hpp"
#include "sidecar/store/columns.hpp"
#include "sidecar/store/sqlite_store.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <span>
#include <system_error>

#include <fmt/format.h>
#include <openssl/evp.h>

namespace chela::sidecar::store {
namespace {

const std::string kSelect =
    "SELECT sequence, at, actor, action, subject, detail, previous_hash, hash FROM audit ";

/// What the first entry follows: 64 zeros.
const std::string kGenesis(64, '0');

std::string sha256(std::string_view text) {
    Hash256 digest;
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.bytes.data(), &size, EVP_sha256(), nullptr) !=
            1 ||
        size != Hash256::kSize) {
        bug("SHA-256 is not available");
    }
    return to_hex(digest).substr(2);
}

/// Every field with its length before it, so that no two entries have one text.
std::string hash_of(const AuditRecord& record) {
    std::string text;
    const auto append = [&](std::string_view field) {
        text += fmt::format("{}:{}", field.size(), field);
    };
    append(record.previous_hash);
    append(std::to_string(record.sequence));
    append(std::to_string(to_column(record.at)));
    append(record.actor);
    append(record.action);
    append(record.subject);
    append(record.detail);
    return sha256(text);
}

struct AuditRow {
    Integer sequence{}, at{};
    std::string actor, action, subject, detail, previous_hash, hash;

    auto columns() {
        return std::tie(sequence, at, actor, action, subject, detail, previous_hash, hash);
    }
    [[nodiscard]] Result<AuditRecord> record() const {
        return AuditRecord{
            .sequence = sequence,
            .at = ColumnReader{}.time(at),
            .actor = actor,
            .action = action,
            .subject = subject,
            .detail = detail,
            .previous_hash = previous_hash,
            .hash = hash};
    }
};

Result<std::vector<AuditRecord>> select_after(Session& session, Integer after, std::size_t limit) {
    const auto rows =
        static_cast<Integer>(std::min<std::size_t>(limit, std::numeric_limits<int>::max()));
    return select_all<AuditRow>(
        session, kSelect + "WHERE sequence > :after ORDER BY sequence LIMIT :rows", after, rows);
}

std::unexpected<Error> broken_at(std::int64_t sequence) {
    return fail(
        ErrorCode::internal,
        fmt::format("the audit chain is broken at sequence number {}", sequence),
        "E_AUDIT_CHAIN_BROKEN");
}

struct Head {
    std::int64_t sequence{};
    std::string hash = kGenesis;
};

/// What the last entry wrote beside itself: entries removed from the end leave a chain that is
/// sound, and this tells.
Result<Head> read_head(Session& session) {
    const auto text = select_one<SingleColumn<std::string>>(
        session, "SELECT value FROM meta WHERE name = 'audit_head'");
    if (!text) return std::unexpected{text.error()};
    if (!*text) return Head{};
    const std::string_view whole{**text};
    const auto colon = whole.find(':');
    Head head;
    const auto digits = whole.substr(0, colon);
    const auto read = std::from_chars(digits.begin(), digits.end(), head.sequence);
    if (colon == std::string_view::npos || read.ec != std::errc{} || read.ptr != digits.end()) {
        return fail(
            ErrorCode::internal, "the head of the audit chain is damaged", "E_AUDIT_CHAIN_BROKEN");
    }
    head.hash = whole.substr(colon + 1);
    return head;
}

Status check_head(Session& session, std::int64_t sequence, const std::string& hash) {
    const auto head = read_head(session);
    if (!head) return std::unexpected{head.error()};
    if (head->sequence != sequence || head->hash != hash) return broken_at(sequence + 1);
    return {};
}

}  // namespace

Status append_audit(Session& session, const policy::AuditEntry& entry) {
    auto head = read_head(session);
    if (!head) return std::unexpected{head.error()};
    AuditRecord record{
        .sequence = head->sequence + 1,
        .at = entry.at,
        .actor = entry.actor,
        .action = entry.action,
        .subject = entry.subject,
        .detail = entry.detail,
        .previous_hash = std::move(head->hash),
        .hash = {}};
    record.hash = hash_of(record);
    run(session,
        "INSERT INTO audit(sequence, at, actor, action, subject, detail, previous_hash, hash) "
        "VALUES(:sequence, :at, :actor, :action, :subject, :detail, :previous_hash, :hash)",
        Integer{record.sequence}, to_column(record.at), record.actor, record.action, record.subject,
        record.detail, record.previous_hash, record.hash);
    run(session,
        "INSERT INTO meta(name, value) VALUES('audit_head', :head) "
        "ON CONFLICT(name) DO UPDATE SET value = excluded.value",
        fmt::format("{}:{}", record.sequence, record.hash));
    return {};
}

Status SqliteStore::record(const policy::AuditEntry& entry) {
    return connection_->write([&](Session& session) { return append_audit(session, entry); });
}

Result<std::vector<AuditRecord>> SqliteStore::audit_records(std::int64_t after, std::size_t limit) {
    return connection_->read([&](Session& session) { return select_after(session, after, limit); });
}

Status SqliteStore::verify_audit_chain() {
    // One transaction, so that nothing is appended between the last entry and the head.
    return connection_->write([](Session& session) -> Status {
        constexpr std::size_t kPage = 1000;
        std::int64_t sequence = 0;
        auto hash = kGenesis;
        while (true) {
            const auto page = select_after(session, sequence, kPage);
            if (!page) return std::unexpected{page.error()};
            for (const auto& record : *page) {
                ++sequence;
                if (record.sequence != sequence || record.previous_hash != hash ||
                    record.hash != hash_of(record)) {
                    return broken_at(sequence);
                }
                hash = record.hash;
            }
            if (page->size() < kPage) return check_head(session, sequence, hash);
        }
    });
}

}  // namespace chela::sidecar::store
