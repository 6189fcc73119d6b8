#include "sidecar/config/sections.hpp"

#include <utility>

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

/// Whom no listener could ever recognise is a slip.
void check_can_come(
    const Section& allow, const IdentityConfig& identity, const ServerConfig& server) {
    const bool asks_clients = server.tls && server.tls->client_ca_file;
    for (const auto& [key, is_used] :
         {std::pair{"spiffe_ids", !identity.spiffe_ids.empty()},
          std::pair{"dns_names", !identity.dns_names.empty()}})
        if (is_used && !asks_clients)
            allow.problem(
                key, "is for client certificates: set server.tls with its client_ca_file");
    if (!identity.service_accounts.empty() && !server.service_accounts)
        allow.problem(
            "service_accounts", "needs server.service_accounts, whose issuer vouches for them");
}

IdentityConfig read_identity(
    const std::string& name,
    const Section& section,
    const std::filesystem::path& dir,
    const ServerConfig& server,
    CallerOwners& owners) {
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

    const Section allow = section.section("allow");
    read_allow(allow, dir, owners, identity);
    check_can_come(allow, identity, server);
    return identity;
}

}  // namespace

std::vector<IdentityConfig> read_identities(
    const Section& top, const std::filesystem::path& dir, const ServerConfig& server) {
    std::vector<IdentityConfig> identities;
    CallerOwners owners;
    for (const auto& [name, section] : top.entries("identities"))
        identities.push_back(read_identity(name, section, dir, server, owners));
    return identities;
}

}  // namespace chela::sidecar::config
