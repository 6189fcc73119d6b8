#include "sidecar/config/sections.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include <fmt/format.h>

namespace chela::sidecar::config {
namespace {

/// RFC 9562 text in lower case. @return nothing: another form
std::optional<std::string> canonical_uuid(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    std::string uuid;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool is_dash_place = i == 8 || i == 13 || i == 18 || i == 23;
        const bool is_digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        const bool is_upper = c >= 'A' && c <= 'F';
        if (is_dash_place ? c != '-' : !is_digit && !is_upper) return std::nullopt;
        uuid.push_back(is_upper && !is_dash_place ? static_cast<char>(c - 'A' + 'a') : c);
    }
    return uuid;
}

/// @param owners  uid → the identity that has it
void read_uids(
    const Section& allow, std::map<std::uint32_t, std::string>& owners, IdentityConfig& identity) {
    for (const auto& [where, text] : allow.list("uids")) {
        const auto number = parse_number(text);
        // 2^32-1 is "no user" to the kernel.
        if (!number || *number >= std::numeric_limits<std::uint32_t>::max()) {
            allow.problems().add(
                where, fmt::format(
                           "identities.{}.allow.uids: expected a numeric user id, found \"{}\"",
                           identity.name, text));
            continue;
        }
        const auto uid = static_cast<std::uint32_t>(*number);
        if (const auto [at, is_new] = owners.emplace(uid, identity.name); !is_new)
            allow.problems().add(
                where,
                fmt::format(
                    "identities.{}.allow.uids: uid {} belongs to the identity \"{}\" already",
                    identity.name, uid, at->second));
        identity.uids.push_back(uid);
    }
}

IdentityConfig read_identity(
    const std::string& name,
    const Section& section,
    const std::filesystem::path& dir,
    std::map<std::uint32_t, std::string>& owners) {
    IdentityConfig identity;
    identity.name = name;
    if (!is_name(name))
        section.problem("", "an identity's name is lower-case letters, digits and single dashes");
    identity.agent_id =
        section.required_text("agent_id", "the id that `chela agent create` printed");
    const auto uuid = canonical_uuid(identity.agent_id);
    if (!uuid)
        section.problem(
            "agent_id", fmt::format("expected a UUID, found \"{}\"", identity.agent_id));
    identity.agent_id = uuid.value_or(std::string{});
    if (!section.has("api_key_file"))
        section.problem("api_key_file", "is required, for example secrets/agent.key");
    identity.api_key_file = section.path("api_key_file", dir).value_or(std::filesystem::path{});
    identity.authority = section.text("authority", identity.authority);
    if (identity.is_elsewhere()) check_http_url(section, "authority", identity.authority);
    identity.authority_ca_file = section.path("authority_ca_file", dir);
    if (identity.authority_ca_file && !identity.is_elsewhere())
        section.problem("authority_ca_file", "is for an authority elsewhere; this one is embedded");

    const auto allow = section.section("allow");
    read_uids(allow, owners, identity);
    identity.client_token_file = allow.path("client_token_file", dir);
    if (identity.uids.empty() && !identity.client_token_file)
        section.problem(
            "allow", "nobody may use this identity; give uids, client_token_file or both");
    return identity;
}

}  // namespace

std::vector<IdentityConfig> read_identities(const Section& top, const std::filesystem::path& dir) {
    std::vector<IdentityConfig> identities;
    std::map<std::uint32_t, std::string> owners;
    for (const auto& [name, section] : top.entries("identities"))
        identities.push_back(read_identity(name, section, dir, owners));
    return identities;
}

}  // namespace chela::sidecar::config
