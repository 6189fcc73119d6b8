#pragma once

#include "policy/rules/document.hpp"
#include "sidecar/config/config.hpp"
#include "sidecar/store/store.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace chela::sidecar::app {

/// A document that became the active one of its id.
struct ActivatedPolicy {
    std::string id;
    std::uint64_t version{};
    Hash256 digest;
    std::filesystem::path file;
    std::optional<std::uint64_t> replaces;  ///< the version that was active before
    std::vector<std::string> difference;    ///< to what was active before, a line each
};

/// What reading policy files did; empty: everything was as it should be already.
struct PolicyUpdate {
    std::vector<ActivatedPolicy> activated;
    bool organization_changed = false;
};

/// One policy document. The file is writable by its owner alone: whoever can write it decides what
/// is signed.
/// @return not_found; denied E_FILE_MODE with the chmod that mends it; unavailable E_FILE_BUSY: it
/// is being written now; invalid_input E_POLICY_DOCUMENT, "FILE:LINE: …"
[[nodiscard]] Result<policy::Policy> read_policy_file(
    const std::filesystem::path& file, std::string& source);

/// Makes the documents of the files the active ones, all of them or none: every file is read and
/// checked before anything changes, and the changes are one transaction of the store, audited as
/// made by "file:<name>". A file whose document is active already changes nothing. Blocking.
/// @return as read_policy_file; conflict E_POLICY_VERSION: other content without a higher version;
/// conflict E_POLICY_TWICE: two files with one id; not_found E_POLICY_UNKNOWN: no active document
/// has the id that policy.organization names; or what the store says
[[nodiscard]] Result<PolicyUpdate> apply_policy_files(
    store::Store& store, const config::PolicyConfig& config, TimePoint now);

/// What apply_policy_files would do, and does not: "treasury version 6", or what would come into
/// force at the next start, a comma between documents; "" when no file is configured. Blocking.
/// @return as apply_policy_files
[[nodiscard]] Result<std::string> describe_policy_files(
    store::Store& store, const config::PolicyConfig& config);

/// What a configured file says of a document that somebody activates without it; "" when no file
/// that can be read has this id, or one has this very content.
[[nodiscard]] std::string warning_of_policy_files(
    const config::PolicyConfig& config, const policy::Policy& activated);

/// apply_policy_files when the server starts. A bad file keeps it from starting even when the store
/// holds an earlier version of that document: who starts a server looks at it, and one that ran on
/// with other rules than its files say would be found out late. (One that runs already keeps its
/// rules instead: stopping would not make them any better.)
/// @return as apply_policy_files, with the configuration's reason where a file is at fault
[[nodiscard]] Status start_with_policy_files(
    store::Store& store, const config::PolicyConfig& config, TimePoint now);

/// A line of the log for each document ("policy_activated") and, where it replaces a version, each
/// change ("policy_change").
void log_update(const PolicyUpdate& update);

}  // namespace chela::sidecar::app
