#include "chains/base/hex.hpp"
#include "sidecar/store/audit_log.hpp"
#include "sidecar/store/columns.hpp"
#include "sidecar/store/sqlite_store.hpp"

#include <algorithm>
#include <limits>
#include <span>

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

Result<std::vector<AuditRecord>> select_after(
    soci::session& session, Integer after, std::size_t limit) {
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

/// Entries removed from the end leave a chain that is sound; the head that was written with the
/// last one tells.
Status check_head(soci::session& session, std::int64_t sequence, const std::string& hash) {
    const auto head = select_one<SingleColumn<std::string>>(
        session, "SELECT value FROM meta WHERE name = 'audit_head'");
    if (!head) return std::unexpected{head.error()};
    const auto expected = sequence == 0 ? std::optional<std::string>{}
                                        : std::optional{fmt::format("{}:{}", sequence, hash)};
    if (*head != expected) return broken_at(sequence + 1);
    return {};
}

}  // namespace

Status append_audit(soci::session& session, const policy::AuditEntry& entry) {
    const auto last = select_one<AuditRow>(session, kSelect + "ORDER BY sequence DESC LIMIT 1");
    if (!last) return std::unexpected{last.error()};
    AuditRecord record{
        .sequence = *last ? (*last)->sequence + 1 : 1,
        .at = entry.at,
        .actor = entry.actor,
        .action = entry.action,
        .subject = entry.subject,
        .detail = entry.detail,
        .previous_hash = *last ? (*last)->hash : kGenesis,
        .hash = {}};
    record.hash = hash_of(record);
    run(session,
        "INSERT INTO audit(sequence, at, actor, action, subject, detail, previous_hash, hash) "
        "VALUES(:sequence, :at, :actor, :action, :subject, :detail, :previous_hash, :hash)",
        Integer{record.sequence}, to_column(record.at), record.actor, record.action, record.subject,
        record.detail, record.previous_hash, record.hash);
    run(session, "INSERT OR REPLACE INTO meta(name, value) VALUES('audit_head', :head)",
        fmt::format("{}:{}", record.sequence, record.hash));
    return {};
}

Status SqliteStore::record(const policy::AuditEntry& entry) {
    return connection_->write([&](soci::session& session) { return append_audit(session, entry); });
}

Result<std::vector<AuditRecord>> SqliteStore::audit_records(std::int64_t after, std::size_t limit) {
    return connection_->read(
        [&](soci::session& session) { return select_after(session, after, limit); });
}

Status SqliteStore::verify_audit_chain() {
    // One transaction, so that nothing is appended between the last entry and the head.
    return connection_->write([](soci::session& session) -> Status {
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
