#pragma once

#include "chains/base/rfc3339.hpp"
#include "sidecar/app/policy_files.hpp"
#include "sidecar/store/store.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace chela::sidecar::app::test {

/// A document that differs from another of the same id and version by its cap.
inline std::string document(const std::string& id, unsigned version, const std::string& cap) {
    return fmt::format(
        "schema: chela.policy/1\n"
        "id: {}\n"
        "version: {}\n"
        "budgets:\n"
        "  eth-day: {{asset: native@8453, limit: \"{} ETH\", window: 24h}}\n"
        "envelope: {{chains: [8453], tx_types: [2], max_total_fee: \"0.01 ETH\"}}\n"
        "permit:\n"
        "  - {{id: pay, effect: transfer, where: {{asset: native@8453, from: self}}, charge: "
        "eth-day}}\n",
        id, version, cap);
}

/// A store and files in a folder of their own.
class PolicyFilesTest : public testing::Test {
protected:
    PolicyFilesTest() {
        auto opened = store::open_sqlite(dir.path() / "chela.db", store::OpenMode::create);
        if (!opened) bug(opened.error().detail);
        store = std::move(*opened);
    }

    /// Replaced as an editor does it, with a rename.
    std::filesystem::path write(
        const std::string& name, const std::string& text, mode_t mode = 0600) const {
        const auto path = dir.path() / name;
        const auto fresh = path.string() + ".new";
        std::ofstream{fresh} << text;
        if (::chmod(fresh.c_str(), mode) != 0) bug("chmod");
        std::filesystem::rename(fresh, path);
        return path;
    }
    config::PolicyConfig with(std::vector<std::filesystem::path> files) const {
        config::PolicyConfig config;
        config.files = std::move(files);
        return config;
    }
    Result<PolicyUpdate> apply(const config::PolicyConfig& config) {
        return apply_policy_files(*store, config, now);
    }
    /// @return "" when no version is active
    [[nodiscard]] std::string active(const std::string& id) const {
        const auto record = store->policy(id);
        return record ? fmt::format("{} by {}", record->version, record->activated_by) : "";
    }
    [[nodiscard]] std::vector<store::AuditRecord> audit() const {
        return store->audit_records(0, 1'000).value();
    }

    chela::test::TempDir dir;
    std::unique_ptr<store::Store> store;
    TimePoint now = parse_rfc3339("2026-09-21T14:13:20Z").value();
};

}  // namespace chela::sidecar::app::test
