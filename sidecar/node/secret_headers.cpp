#include "sidecar/node/secret_headers.hpp"

#include "sidecar/telemetry/log.hpp"

#include <algorithm>

namespace chela::sidecar::node {
namespace {

/// Source: RFC 9110, section 5.5; without obsolete bytes over 0x7e.
bool is_header_value(std::string_view text) {
    const bool is_visible = std::ranges::all_of(
        text, [](char c) { return c == ' ' || c == '\t' || (c > 0x20 && c < 0x7f); });
    return !text.empty() && is_visible && text.front() > ' ' && text.back() > ' ';
}

}  // namespace

SecretHeaders::SecretHeaders(const Access& access) {
    entries_.reserve(access.headers.size() + 1);
    for (const auto& header : access.headers)
        entries_.push_back({header, {}, {}});
    if (access.authorization_file)
        entries_.push_back({{"Authorization", *access.authorization_file}, {}, {}});
}

Result<std::vector<std::pair<std::string, std::string>>> SecretHeaders::read() {
    std::vector<std::pair<std::string, std::string>> out;
    for (auto& entry : entries_) {
        const auto stamp = auth::stamp_of(entry.file.value_file);
        if (entry.value.empty() || stamp != entry.stamp) {
            auto value = signer::read_secret_file(entry.file.value_file);
            if (!value) return std::unexpected{value.error()};
            if (!is_header_value(value->reveal())) {
                return fail(
                    ErrorCode::invalid_input,
                    entry.file.value_file.string() +
                        " does not hold one line of printable ASCII without space around it",
                    "E_NODE_HEADER_FILE");
            }
            log::redact(value->reveal());
            entry.value = std::move(*value);
            entry.stamp = stamp;
        }
        out.emplace_back(entry.file.name, entry.value.reveal());
    }
    return out;
}

}  // namespace chela::sidecar::node
