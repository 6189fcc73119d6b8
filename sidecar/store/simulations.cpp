#include "sidecar/store/approval_row.hpp"
#include "sidecar/store/columns.hpp"
#include "sidecar/store/sqlite_store.hpp"

#include <utility>

namespace chela::sidecar::store {
namespace {

template <class Fixed>
std::optional<std::string> hex_column(const std::optional<Fixed>& value) {
    return value ? std::optional{to_hex(*value)} : std::nullopt;
}

template <class Fixed>
std::optional<Fixed> read_fixed(ColumnReader& read, const std::optional<std::string>& text) {
    return text ? std::optional{read.fixed<Fixed>(*text)} : std::nullopt;
}

struct SimulationRow {
    std::string id, agent_id, intent_id, body;
    Integer created_at{};
    std::string provider;
    Integer degraded{};
    std::optional<std::string> transaction_digest;
    std::optional<Integer> block_number;
    std::optional<std::string> block_hash;

    auto columns() {
        return std::tie(
            id, agent_id, intent_id, body, created_at, provider, degraded, transaction_digest,
            block_number, block_hash);
    }
    [[nodiscard]] Result<SimulationRecord> record() const {
        ColumnReader read;
        SimulationRecord simulation{
            .id = id,
            .agent_id = agent_id,
            .intent_id = intent_id,
            .body = body,
            .created_at = read.time(created_at),
            .provider = provider,
            .is_degraded = degraded != 0,
            .transaction_digest = read_fixed<Hash256>(read, transaction_digest),
            .block_number = std::nullopt,
            .block_hash = read_fixed<BlockHash>(read, block_hash)};
        if (block_number) simulation.block_number = BlockNumber{read.number(*block_number)};
        if (!read.status()) return std::unexpected{read.status().error()};
        return simulation;
    }
};

}  // namespace

Status SqliteStore::insert_simulation(const SimulationRecord& simulation) {
    std::optional<Integer> block_number;
    if (simulation.block_number) {
        const auto number = to_column(simulation.block_number->value, "block number");
        if (!number) return std::unexpected{number.error()};
        block_number = *number;
    }
    return connection_->write([&](Session& session) -> Status {
        run(session,
            "INSERT INTO simulations(id, agent_id, intent_id, body, created_at, provider, "
            "degraded, transaction_digest, block_number, block_hash) VALUES(:id, :agent_id, "
            ":intent_id, :body, :created_at, :provider, :degraded, :transaction_digest, "
            ":block_number, :block_hash)",
            simulation.id, simulation.agent_id, simulation.intent_id, simulation.body,
            to_column(simulation.created_at), simulation.provider,
            Integer{simulation.is_degraded ? 1 : 0}, hex_column(simulation.transaction_digest),
            block_number, hex_column(simulation.block_hash));
        if (!simulation.intent_id.empty()) return {};
        run(session,
            "DELETE FROM simulations WHERE rowid IN (SELECT rowid FROM simulations WHERE "
            "agent_id = :agent_id AND intent_id = '' ORDER BY rowid DESC LIMIT -1 OFFSET :kept)",
            simulation.agent_id, rows_of(kKeptSimulations));
        return {};
    });
}

Result<SimulationRecord> SqliteStore::simulation(const std::string& id) {
    return connection_->read([&](Session& session) -> Result<SimulationRecord> {
        auto found = select_one<SimulationRow>(
            session,
            "SELECT id, agent_id, intent_id, body, created_at, provider, degraded, "
            "transaction_digest, block_number, block_hash FROM simulations WHERE id = :id",
            id);
        if (!found) return std::unexpected{found.error()};
        if (!*found) return fail(ErrorCode::not_found, "there is no such simulation");
        return **std::move(found);
    });
}

}  // namespace chela::sidecar::store
