#pragma once

#include "sidecar/config/config.hpp"
#include "sidecar/config/reader.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chela::sidecar::config {

// Each reads one top-level section; what is wrong with it goes to the section's problems.

/// @param dir  where relative paths start
[[nodiscard]] ServerConfig read_server(const Section& section, const std::filesystem::path& dir);
[[nodiscard]] HealthConfig read_health(const Section& section);
/// HOST:PORT, an IPv6 host in brackets; what the host is, is not looked at.
[[nodiscard]] bool is_listen_address(std::string_view text);
/// @param server  whose "tls" is read. @return empty: it has none
[[nodiscard]] std::optional<TlsSection> read_tls(
    const Section& server, const std::filesystem::path& dir);
/// @param server  whose "service_accounts" is read. @return empty: it has none
[[nodiscard]] std::optional<ServiceAccountsSection> read_service_accounts(
    const Section& server, const std::filesystem::path& dir);
/// @param top  the document, whose "token" and "keystore" are read. Without either is a problem.
[[nodiscard]] std::optional<TokenSection> read_token(
    const Section& top, const std::filesystem::path& dir);
[[nodiscard]] std::optional<KeystoreSection> read_keystore(
    const Section& top, const std::filesystem::path& dir);
[[nodiscard]] IntentsConfig read_intents(const Section& section);
/// @param dir  where relative paths start
[[nodiscard]] PolicyConfig read_policy(const Section& section, const std::filesystem::path& dir);
[[nodiscard]] WebhooksConfig read_webhooks(const Section& section);
/// @param chains  of the same document: the default is one of them
[[nodiscard]] RpcConfig read_rpc(const Section& section, const std::vector<ChainConfig>& chains);
[[nodiscard]] LogConfig read_log(const Section& section);
/// @param top  the document, whose "chains" are read
/// @param dir  where relative paths start
[[nodiscard]] std::vector<ChainConfig> read_chains(
    const Section& top, const std::filesystem::path& dir);
/// The nodes of one chain: `endpoints`, or `rpc_url` with `ws_url`.
[[nodiscard]] std::vector<EndpointConfig> read_endpoints(
    const Section& chain, const std::filesystem::path& dir);
/// Scheme and host; the value is never shown: URLs of nodes hold API keys.
void check_http_url(const Section& section, std::string_view key, std::string_view url);
/// @param chain  whose "simulation" is read. @return empty: its node simulates
[[nodiscard]] std::optional<TenderlySection> read_simulation(
    const Section& chain, const std::filesystem::path& dir);
/// Which identity has each caller: two for one would be a matter of luck.
using CallerOwners = std::map<std::string, std::string>;
/// Whom the identity is for, of its section "allow". @param owners  grows
void read_allow(
    const Section& allow,
    const std::filesystem::path& dir,
    CallerOwners& owners,
    IdentityConfig& identity);
/// @param top  the document, whose "identities" are read
[[nodiscard]] std::vector<IdentityConfig> read_identities(
    const Section& top, const std::filesystem::path& dir, const ServerConfig& server);

/// Letters a-z, digits and single dashes between them.
[[nodiscard]] bool is_name(std::string_view text);

}  // namespace chela::sidecar::config
