#include "sidecar/store/schema.hpp"

#include "sidecar/store/columns.hpp"
#include "sidecar/store/connection.hpp"
#include "sidecar/store/schema_steps.hpp"

#include <fmt/format.h>

namespace chela::sidecar::store {
namespace {

constexpr Integer kApplicationId = 0x6368656c;  // "chel"
Integer newest_version() {
    return static_cast<Integer>(schema_steps().size()) + 1;
}

/// @param from  1 … newest_version()
Status upgrade(Session& session, Integer from) {
    for (const auto* step : schema_steps().subspan(static_cast<std::size_t>(from - 1)))
        if (auto status = Connection::run_script(session, step); !status) return status;
    return Connection::run_script(
        session, fmt::format("PRAGMA user_version={};", newest_version()).c_str());
}

Integer read_pragma(Session& session, const char* name) {
    Integer value = 0;
    session.soci() << fmt::format("PRAGMA {}", name), soci::into(value);
    return value;
}

/// @return unsupported: not a database of ours, or one of a newer chela
Result<Integer> read_version(Session& session) {
    if (read_pragma(session, "application_id") != kApplicationId) {
        return fail(
            ErrorCode::unsupported,
            "the file is not a chela database, or making it was interrupted; remove it and run "
            "`chela init` again");
    }
    const auto version = read_pragma(session, "user_version");
    if (version < 1 || version > newest_version()) {
        return fail(
            ErrorCode::unsupported,
            fmt::format(
                "the database has schema version {}, and this chela knows versions 1 to {}; use "
                "the chela that wrote it",
                version, newest_version()));
    }
    return version;
}

Result<std::string> read_org_id(Session& session) {
    auto org_id = select_one<SingleColumn<std::string>>(
        session, "SELECT value FROM meta WHERE name = 'org_id'");
    if (!org_id) return std::unexpected{org_id.error()};
    if (!*org_id) return fail(ErrorCode::internal, "the database has no organisation id");
    return **std::move(org_id);
}

}  // namespace

Status create_schema(Session& session, const std::string& org_id) {
    auto status = Connection::run_script(session, first_schema());
    if (!status) return status;
    run(session, "INSERT INTO meta(name, value) VALUES('org_id', :value)", org_id);
    status = Connection::run_script(
        session, fmt::format("PRAGMA application_id={};", kApplicationId).c_str());
    if (!status) return status;
    return upgrade(session, 1);
}

Result<std::string> open_schema(Session& session) {
    const auto version = read_version(session);
    if (!version) return std::unexpected{version.error()};
    if (*version < newest_version()) {
        return fail(
            ErrorCode::unavailable,
            fmt::format(
                "the database has schema version {}, older than this chela's {}", *version,
                newest_version()),
            "E_SCHEMA_OLD");
    }
    return read_org_id(session);
}

Result<std::string> upgrade_schema(Session& session) {
    const auto version = read_version(session);
    if (!version) return std::unexpected{version.error()};
    if (*version < newest_version())
        if (auto status = upgrade(session, *version); !status)
            return std::unexpected{status.error()};
    return read_org_id(session);
}

}  // namespace chela::sidecar::store
