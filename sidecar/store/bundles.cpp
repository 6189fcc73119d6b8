#include "sidecar/store/bundles.hpp"

#include "sidecar/store/columns.hpp"
#include "sidecar/store/sqlite_store.hpp"

#include <fmt/format.h>

namespace chela::sidecar::store {
namespace {

struct BundleRow {
    std::string key, agent_id, id, chain;
    Integer chain_id{};
    std::string calls;
    Integer is_open{};
    std::string error_code, error_message;
    Integer created_at{};

    auto columns() {
        return std::tie(
            key, agent_id, id, chain, chain_id, calls, is_open, error_code, error_message,
            created_at);
    }
    [[nodiscard]] Result<BundleRecord> record() const {
        ColumnReader read;
        BundleRecord bundle{
            .key = key,
            .agent_id = agent_id,
            .id = id,
            .chain = chain,
            .chain_id = ChainId{read.number(chain_id)},
            .calls = calls,
            .is_open = is_open != 0,
            .error_code = error_code,
            .error_message = error_message,
            .created_at = read.time(created_at)};
        if (!read.status()) return std::unexpected{read.status().error()};
        return bundle;
    }
};

const std::string kSelect =
    "SELECT key, agent_id, id, chain, chain_id, calls, is_open, error_code, error_message, "
    "created_at FROM call_bundles ";

Result<std::optional<BundleRecord>> find_bundle(
    Session& session, const std::string& agent_id, const std::string& id) {
    return select_one<BundleRow>(
        session, kSelect + "WHERE agent_id = :agent_id AND id = :id", agent_id, id);
}

Status check_room(Session& session, const std::string& agent_id) {
    const auto open = select_one<SingleColumn<Integer>>(
        session, "SELECT count(*) FROM call_bundles WHERE agent_id = :agent_id AND is_open = 1",
        agent_id);
    if (!open) return std::unexpected{open.error()};
    if (open->value_or(0) < Integer{BundleStore::kMaxOpenBundles}) return {};
    return fail(
        ErrorCode::rate_limited,
        fmt::format(
            "{} bundles of this agent are being sent; wait for one of them",
            BundleStore::kMaxOpenBundles),
        "E_BUNDLES_OPEN");
}

}  // namespace

Status SqliteStore::insert_bundle(const BundleRecord& bundle) {
    const auto chain_id = to_column(bundle.chain_id.value, "chain id");
    if (!chain_id) return std::unexpected{chain_id.error()};
    return connection_->write([&](Session& session) -> Status {
        const auto found = find_bundle(session, bundle.agent_id, bundle.id);
        if (!found) return std::unexpected{found.error()};
        if (*found) {
            return fail(
                ErrorCode::conflict, "this agent has sent a bundle of this id already",
                "E_BUNDLE_ID");
        }
        if (auto room = check_room(session, bundle.agent_id); !room) return room;
        run(session,
            "INSERT INTO call_bundles(key, agent_id, id, chain, chain_id, calls, is_open, "
            "error_code, error_message, created_at) VALUES(:key, :agent_id, :id, :chain, "
            ":chain_id, :calls, 1, '', '', :created_at)",
            bundle.key, bundle.agent_id, bundle.id, bundle.chain, *chain_id, bundle.calls,
            to_column(bundle.created_at));
        return {};
    });
}

Result<BundleRecord> SqliteStore::bundle(const std::string& agent_id, const std::string& id) {
    return connection_->read([&](Session& session) -> Result<BundleRecord> {
        auto found = find_bundle(session, agent_id, id);
        if (!found) return std::unexpected{found.error()};
        if (*found) return **std::move(found);
        return fail(
            ErrorCode::not_found, "this agent has sent no bundle of this id", "E_UNKNOWN_BUNDLE");
    });
}

Result<std::vector<BundleRecord>> SqliteStore::open_bundles() {
    return connection_->read([](Session& session) {
        return select_all<BundleRow>(session, kSelect + "WHERE is_open = 1 ORDER BY rowid");
    });
}

Status SqliteStore::close_bundle(
    const std::string& key, const std::string& code, const std::string& message) {
    return connection_->write([&](Session& session) -> Status {
        run(session,
            "UPDATE call_bundles SET is_open = 0, error_code = :code, error_message = :message "
            "WHERE key = :key AND is_open = 1",
            code, message, key);
        return {};
    });
}

}  // namespace chela::sidecar::store
