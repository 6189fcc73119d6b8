#include "sidecar/store/audit_log.hpp"
#include "sidecar/store/columns.hpp"
#include "sidecar/store/intent_row.hpp"
#include "sidecar/store/sqlite_store.hpp"

#include <fmt/format.h>

namespace chela::sidecar::store {
namespace {

const std::string kSelectChains =
    "SELECT chain_id, name, display_name, rpc_url, ws_url, explorer_url, native_currency, "
    "is_testnet, is_enabled, has_eip1559, max_fee_per_transaction, confirmations, finality, "
    "block_time_ms, created_at, updated_at FROM chains ";

struct ChainRow {
    Integer chain_id{};
    std::string name, display_name, rpc_url, ws_url, explorer_url, native_currency;
    Integer is_testnet{}, is_enabled{}, has_eip1559{};
    std::optional<std::string> max_fee_per_transaction;
    Integer confirmations{};
    std::string finality;
    Integer block_time_ms{}, created_at{}, updated_at{};

    auto columns() {
        return std::tie(
            chain_id, name, display_name, rpc_url, ws_url, explorer_url, native_currency,
            is_testnet, is_enabled, has_eip1559, max_fee_per_transaction, confirmations, finality,
            block_time_ms, created_at, updated_at);
    }
    [[nodiscard]] Result<ChainRecord> record() const;
};

Result<ChainRecord> ChainRow::record() const {
    ColumnReader read;
    const auto settled = chains::parse_finality(finality);
    read.expect(settled.has_value(), "finality");
    ChainRecord out;
    out.chain.name = name;
    out.chain.chain_id = ChainId{read.number(chain_id)};
    out.chain.display_name = display_name;
    out.chain.explorer_url = explorer_url;
    out.chain.native_currency = native_currency;
    out.chain.is_testnet = is_testnet == 1;
    out.chain.is_enabled = is_enabled == 1;
    out.chain.has_eip1559 = has_eip1559 == 1;
    out.chain.confirmations = read.number(confirmations);
    out.chain.finality = settled.value_or(chains::Finality::depth);
    out.chain.block_time = std::chrono::milliseconds{block_time_ms};
    out.rpc_url = rpc_url;
    out.ws_url = ws_url;
    if (max_fee_per_transaction)
        out.max_fee_per_transaction = read.amount(*max_fee_per_transaction);
    out.created_at = read.time(created_at);
    out.updated_at = read.time(updated_at);
    if (!read.status()) return std::unexpected{read.status().error()};
    return out;
}

Result<ChainRow> row_of(const ChainRecord& record) {
    const auto id = to_column(record.chain.chain_id.value, "chain id");
    if (!id) return std::unexpected{id.error()};
    const auto confirmations = to_column(record.chain.confirmations, "confirmations");
    if (!confirmations) return std::unexpected{confirmations.error()};
    ChainRow row;
    row.chain_id = *id;
    row.name = record.chain.name;
    row.display_name = record.chain.display_name;
    row.rpc_url = record.rpc_url;
    row.ws_url = record.ws_url;
    row.explorer_url = record.chain.explorer_url;
    row.native_currency = record.chain.native_currency;
    row.is_testnet = record.chain.is_testnet ? 1 : 0;
    row.is_enabled = record.chain.is_enabled ? 1 : 0;
    row.has_eip1559 = record.chain.has_eip1559 ? 1 : 0;
    if (record.max_fee_per_transaction)
        row.max_fee_per_transaction = to_column(*record.max_fee_per_transaction);
    row.confirmations = *confirmations;
    row.finality = to_string(record.chain.finality);
    row.block_time_ms = record.chain.block_time.count();
    row.created_at = to_column(record.created_at);
    row.updated_at = to_column(record.updated_at);
    return row;
}

Result<ChainRecord> find(Session& session, ChainId id) {
    const auto column = to_column(id.value, "chain id");
    if (column) {
        auto found = select_one<ChainRow>(session, kSelectChains + "WHERE chain_id = :id", *column);
        if (!found) return std::unexpected{found.error()};
        if (*found) return **std::move(found);
    }
    return fail(
        ErrorCode::not_found,
        fmt::format("no chain of id {} was added; see: chela chain list", id.value), "E_NO_CHAIN");
}

Status check_new(Session& session, const ChainRow& row) {
    const auto taken = select_one<SingleColumn<std::string>>(
        session,
        "SELECT name || ' (' || chain_id || ')' FROM chains WHERE chain_id = :id OR name = :name",
        row.chain_id, row.name);
    if (!taken) return std::unexpected{taken.error()};
    if (!*taken) return {};
    return fail(
        ErrorCode::conflict, "the chain " + **taken + " is there already; change or remove it",
        "E_CHAIN_EXISTS");
}

void write(Session& session, ChainRow row, const std::string& verb) {
    std::apply(
        [&](const auto&... columns) {
            run(session,
                verb +
                    " INTO chains(chain_id, name, display_name, rpc_url, ws_url, explorer_url, "
                    "native_currency, is_testnet, is_enabled, has_eip1559, "
                    "max_fee_per_transaction, confirmations, finality, block_time_ms, created_at, "
                    "updated_at) VALUES(:chain_id, :name, :display_name, :rpc_url, :ws_url, "
                    ":explorer_url, :native_currency, :is_testnet, :is_enabled, :has_eip1559, "
                    ":max_fee_per_transaction, :confirmations, :finality, :block_time_ms, "
                    ":created_at, :updated_at)",
                columns...);
        },
        row.columns());
}

/// An intent that holds a nonce is followed on its chain's node, and one that waits for people
/// shall not outlive what they were asked about.
Status check_unused(Session& session, Integer id) {
    const auto open = select_one<SingleColumn<std::string>>(
        session,
        fmt::format(
            "SELECT i.id FROM intents i WHERE i.chain_id = :id AND ({} OR i.state = "
            "'awaiting_approval') LIMIT 1",
            kIsHeld),
        id);
    if (!open) return std::unexpected{open.error()};
    if (!*open) return {};
    return fail(
        ErrorCode::conflict,
        "intent " + **open + " of this chain is not final yet; disable the chain and wait for it",
        "E_CHAIN_IN_USE");
}

}  // namespace

Status SqliteStore::insert_chain(const ChainRecord& chain, const policy::AuditEntry& audit) {
    const auto row = row_of(chain);
    if (!row) return std::unexpected{row.error()};
    return connection_->write([&](Session& session) -> Status {
        if (auto ok = check_new(session, *row); !ok) return ok;
        write(session, *row, "INSERT");
        return append_audit(session, audit);
    });
}

Result<ChainRecord> SqliteStore::update_chain(
    ChainId id,
    const policy::AuditEntry& audit,
    const std::function<Status(ChainRecord&)>& change) {
    return connection_->write([&](Session& session) -> Result<ChainRecord> {
        auto record = find(session, id);
        if (!record) return record;
        const auto before = *record;
        if (auto ok = change(*record); !ok) return std::unexpected{ok.error()};
        // What the chain is never changes.
        record->chain.chain_id = before.chain.chain_id;
        record->chain.name = before.chain.name;
        record->created_at = before.created_at;
        record->updated_at = audit.at;
        const auto row = row_of(*record);
        if (!row) return std::unexpected{row.error()};
        write(session, *row, "INSERT OR REPLACE");
        if (auto ok = append_audit(session, audit); !ok) return std::unexpected{ok.error()};
        return record;
    });
}

Status SqliteStore::remove_chain(ChainId id, const policy::AuditEntry& audit) {
    return connection_->write([&](Session& session) -> Status {
        const auto record = find(session, id);
        if (!record) return std::unexpected{record.error()};
        const auto column = static_cast<Integer>(id.value);  // find() would not have found another
        if (auto ok = check_unused(session, column); !ok) return ok;
        run(session, "DELETE FROM chains WHERE chain_id = :id", column);
        return append_audit(session, audit);
    });
}

Result<std::vector<ChainRecord>> SqliteStore::chains() {
    return connection_->read([](Session& session) {
        return select_all<ChainRow>(session, kSelectChains + "ORDER BY chain_id");
    });
}

}  // namespace chela::sidecar::store
