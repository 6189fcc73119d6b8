#include "sidecar/store/attempts.hpp"

#include "sidecar/store/columns.hpp"
#include "sidecar/store/lane_row.hpp"
#include "sidecar/store/sqlite_store.hpp"

#include <tuple>
#include <utility>

namespace chela::sidecar::store {
namespace {

using chains::lane::AttemptKind;

AttemptKind read_kind(ColumnReader& read, const std::string& word) {
    const auto kind = chains::lane::parse_attempt_kind(word);
    read.expect(kind.has_value(), "an attempt's kind");
    return kind.value_or(AttemptKind::normal);
}

struct AttemptRow {
    Integer number{};
    std::string kind, signed_bytes, hash;
    std::optional<Integer> seen_at;
    Integer at{};

    auto columns() { return std::tie(number, kind, signed_bytes, hash, seen_at, at); }
    [[nodiscard]] Result<AttemptRecord> record() const {
        ColumnReader read;
        AttemptRecord out;
        out.number = static_cast<unsigned>(read.number(number));
        out.kind = read_kind(read, kind);
        out.signed_bytes = read.bytes(signed_bytes);
        out.hash = read.fixed<TxHash>(hash);
        if (seen_at) out.seen_at = BlockNumber{read.number(*seen_at)};
        out.signed_at = read.time(at);
        if (!read.status()) return std::unexpected{read.status().error()};
        return out;
    }
};

struct ReservedRow {
    Integer number{};
    std::string kind;
    Integer is_signed{};

    auto columns() { return std::tie(number, kind, is_signed); }
    [[nodiscard]] Result<ReservedAttempt> record() const {
        ColumnReader read;
        const ReservedAttempt out{
            static_cast<unsigned>(read.number(number)), read_kind(read, kind), is_signed == 1};
        if (!read.status()) return std::unexpected{read.status().error()};
        return out;
    }
};

/// A row, and whose it is.
template <class Row>
struct OfIntent {
    std::string intent_id;
    Row row;

    auto columns() { return std::tuple_cat(std::tie(intent_id), row.columns()); }
    [[nodiscard]] auto record() const {
        using Record = typename decltype(row.record())::value_type;
        auto read = row.record();
        using Owned = Result<std::pair<std::string, Record>>;
        if (!read) return Owned{std::unexpected{read.error()}};
        return Owned{std::pair{intent_id, *std::move(read)}};
    }
};

const std::string kAmong = " IN (SELECT value FROM json_each(:ids))";
const std::string kReserved =
    "r.attempt, r.kind, EXISTS(SELECT 1 FROM attempts a WHERE "
    "a.intent_id = r.intent_id AND a.n = r.attempt) FROM reservations r "
    "WHERE r.state <> 'released' AND r.intent_id";

const std::string kColumns = "a.n, a.kind, a.signed_bytes, a.hash, a.seen_at, a.at ";

}  // namespace

Result<std::vector<AttemptRecord>> select_attempts(Session& session, const std::string& intent_id) {
    return select_all<AttemptRow>(
        session, "SELECT " + kColumns + "FROM attempts a WHERE a.intent_id = :id ORDER BY a.n",
        intent_id);
}

Result<ReservedAttempt> reserved_attempt(Session& session, const std::string& intent_id) {
    const auto found =
        select_one<ReservedRow>(session, "SELECT " + kReserved + " = :id", intent_id);
    if (!found) return std::unexpected{found.error()};
    if (!*found) return fail(ErrorCode::not_found, "nothing is reserved for this intent");
    return **found;
}

Result<std::map<std::string, std::vector<AttemptRecord>>> attempts_of(
    Session& session, const std::vector<std::string>& intent_ids) {
    const auto ids = to_column(intent_ids);
    if (!ids) return std::unexpected{ids.error()};
    auto rows = select_all<OfIntent<AttemptRow>>(
        session,
        "SELECT a.intent_id, " + kColumns + "FROM attempts a WHERE a.intent_id" + kAmong +
            " ORDER BY a.n",
        *ids);
    if (!rows) return std::unexpected{rows.error()};
    std::map<std::string, std::vector<AttemptRecord>> out;
    for (auto& [id, attempt] : *rows)
        out[id].push_back(std::move(attempt));
    return out;
}

Result<std::map<std::string, ReservedAttempt>> reserved_attempts_of(
    Session& session, const std::vector<std::string>& intent_ids) {
    const auto ids = to_column(intent_ids);
    if (!ids) return std::unexpected{ids.error()};
    auto rows = select_all<OfIntent<ReservedRow>>(
        session, "SELECT r.intent_id, " + kReserved + kAmong, *ids);
    if (!rows) return std::unexpected{rows.error()};
    return std::map<std::string, ReservedAttempt>{rows->begin(), rows->end()};
}

void insert_attempt(
    Session& session,
    const std::string& intent_id,
    const ReservedAttempt& attempt,
    const Bytes& signed_bytes,
    const TxHash& hash,
    TimePoint at) {
    run(session,
        "INSERT INTO attempts(intent_id, n, kind, signed_bytes, hash, at) "
        "VALUES(:intent_id, :n, :kind, :signed_bytes, :hash, :at)",
        intent_id, Integer{attempt.number}, std::string{to_string(attempt.kind)},
        to_hex(signed_bytes), to_hex(hash), to_column(at));
}

Result<std::vector<AttemptRecord>> SqliteStore::attempts(const std::string& id) {
    return connection_->read([&](Session& session) { return select_attempts(session, id); });
}

Result<std::vector<AttemptRecord>> SqliteStore::final_attempts(
    const policy::Lane& lane, Nonce from, Nonce before) {
    const auto at = to_columns(lane);
    if (!at) return std::unexpected{at.error()};
    const auto first = to_column(from.value, "nonce");
    if (!first) return std::unexpected{first.error()};
    const auto end = to_column(before.value, "nonce");
    if (!end) return std::unexpected{end.error()};
    return connection_->read([&](Session& session) {
        return select_all<AttemptRow>(
            session,
            "SELECT " + kColumns +
                "FROM intents i JOIN attempts a ON a.intent_id = i.id AND "
                "a.n = i.mined_attempt WHERE i.chain_id = :chain_id AND i.from_address = :address "
                "AND i.nonce >= :first AND i.nonce < :end ORDER BY i.nonce",
            at->chain_id, at->address, *first, *end);
    });
}

}  // namespace chela::sidecar::store
