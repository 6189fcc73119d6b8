#include "sidecar/config/sections.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::sidecar::config {
namespace {

using namespace std::chrono_literals;

constexpr Limits<std::chrono::milliseconds> kWatchLimits{100ms, 1h};

std::vector<std::filesystem::path> read_files(
    const Section& section, const std::filesystem::path& dir) {
    std::vector<std::filesystem::path> files;
    for (const auto& [where, text] : section.list("files")) {
        const auto path = (dir / text).lexically_normal();
        if (text.empty()) {
            section.problems().add(where, "policy.files: expected a path, found an empty text");
        } else if (std::ranges::find(files, path) != files.end()) {
            section.problems().add(where, fmt::format("policy.files: {} is named twice", text));
        }
        files.push_back(path);
    }
    return files;
}

}  // namespace

PolicyConfig read_policy(const Section& section, const std::filesystem::path& dir) {
    PolicyConfig policy;
    policy.files = read_files(section, dir);
    policy.organization = section.text("organization", policy.organization);
    if (section.has("organization") && policy.organization.empty()) {
        section.problem("organization", "expected the id of a policy, or none");
    }
    policy.watch_interval = section.duration("watch_interval", policy.watch_interval, kWatchLimits);
    return policy;
}

}  // namespace chela::sidecar::config
