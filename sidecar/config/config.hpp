#pragma once

#include "chains/base/result.hpp"
#include "chains/base/units.hpp"
#include "chains/registry/registry.hpp"
#include "sidecar/edge/rate_limiter.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chela::sidecar::config {

/// TLS on the TCP listener.
struct TlsSection {
    std::filesystem::path certificate_file;  ///< PEM, the server's own first
    std::filesystem::path key_file;
    std::optional<std::filesystem::path> client_ca_file;  ///< empty: clients show no certificate
    bool require_client_certificate = true;               ///< where there is a client_ca_file
    std::chrono::milliseconds watch_interval{2'000};      ///< how often the files are looked at
    bool operator==(const TlsSection&) const = default;
};

/// Who issues the tokens that a cluster projects for its service accounts.
struct ServiceAccountsSection {
    std::string issuer;                               ///< https://, as the tokens' iss has it
    std::string audience;                             ///< that the tokens must be for
    std::optional<std::filesystem::path> jwks_file;   ///< its keys; or, without one,
    std::string jwks_url;                             ///< where they are; or, empty: discovered
    std::optional<std::filesystem::path> ca_file;     ///< PEM; in place of the system's roots
    std::optional<std::filesystem::path> token_file;  ///< a bearer token for the issuer alone
    bool operator==(const ServiceAccountsSection&) const = default;
};

/// Empty: no limit.
struct RateLimits {
    std::optional<Rate> requests{{.per_second = 100, .burst = 200}};  ///< a caller and route
    std::optional<Rate> signatures{{.per_second = 10, .burst = 50}};  ///< an agent
    std::optional<Rate> auth_failures{{.per_second = 1.0 / 6, .burst = 10}};  ///< a peer
};

struct ServerConfig {
    std::string listen = "127.0.0.1:8787";  ///< empty: no TCP listener
    std::optional<std::filesystem::path> unix_socket;
    unsigned unix_socket_mode = 0600;
    std::vector<std::string> allowed_hosts;
    bool unsafe_listen = false;  ///< addresses that are not loopback may be listened on
    std::optional<TlsSection> tls;
    std::optional<ServiceAccountsSection> service_accounts;
    std::optional<std::filesystem::path>
        port_file;  ///< the TCP port is written here once it is listened on
    std::size_t max_body_bytes = std::size_t{1024} * 1024;
    std::size_t max_connections = 256;
    std::size_t max_connections_per_peer = 64;
    RateLimits rate_limits;
    std::chrono::milliseconds request_timeout{60'000};
    std::chrono::milliseconds drain_timeout{10'000};
    std::optional<std::filesystem::path> admin_socket;  ///< empty: there is no admin door
};

/// What probes may see, and what they hear.
struct HealthConfig {
    std::string listen;   ///< any address, for /startupz, /livez and /readyz alone; empty: none
    bool needs_chains{};  ///< a chain without a usable node makes chela unready
    bool needs_credentials{};  ///< so does one identity without a token; otherwise all of them must
};

struct TokenSection {
    std::string uri;  ///< RFC 7512, module-path required
    std::filesystem::path pin_file;
    std::optional<std::filesystem::path> softhsm_conf;  ///< SOFTHSM2_CONF for the module
    unsigned sessions = 2;
    /// Keys that could leave the token sign all the same. Said in so many words or not at all.
    bool allow_extractable_keys = false;
};

/// Keys in encrypted files (Web3 Secret Storage) for those without a token.
struct KeystoreSection {
    std::filesystem::path dir;
    std::filesystem::path password_file;
};

/// A header of every request to a node, with its value in a file of mode 0600.
struct HeaderConfig {
    std::string name;
    std::filesystem::path value_file;
};

/// One node of a chain.
struct EndpointConfig {
    std::string url;                               ///< https:// or http://
    std::optional<std::string> ws_url;             ///< wss:// or ws://: new heads come from there
    std::optional<std::filesystem::path> ca_file;  ///< PEM; in place of the system's roots
    std::optional<std::filesystem::path> authorization_file;  ///< of the Authorization header
    std::vector<HeaderConfig> headers;
};

/// Tenderly's REST service as the one who simulates.
struct TenderlySection {
    std::string account;
    std::string project;
    std::filesystem::path access_key_file;
    std::string url = "https://api.tenderly.co";
};

/// What an entry leaves out comes from the table of well-known chains, when its name or id is
/// there.
struct ChainConfig {
    std::string name;
    ChainId chain_id;
    std::string display_name;
    std::vector<EndpointConfig> endpoints;  ///< at least one, in order of preference
    std::string explorer_url;
    std::string native_currency = "ETH";
    bool is_testnet = false;
    Wei max_fee_per_transaction;  ///< required: the most that one transaction's fee may cost
    std::uint64_t confirmations = 1;
    bool is_enabled = true;
    bool has_eip1559 = true;
    std::chrono::milliseconds block_time{12'000};
    chains::Finality finality{chains::Finality::depth};
    std::chrono::milliseconds poll_interval{1'000};
    std::chrono::milliseconds rpc_timeout{10'000};
    std::optional<TenderlySection> tenderly;  ///< it simulates; empty: the chain's node does
};

struct ServiceAccountName {
    std::string name_space;
    std::string name;
};

struct IdentityConfig {
    std::string name;
    std::string agent_id;
    std::filesystem::path api_key_file;
    std::string authority = "embedded";                      ///< or the URL of one elsewhere
    std::optional<std::filesystem::path> authority_ca_file;  ///< in place of the system's roots
    std::vector<std::uint32_t> uids;                         ///< unix-socket peers
    std::optional<std::filesystem::path> client_token_file;  ///< for loopback TCP
    std::vector<std::uint32_t> gids;                         ///< unix-socket peers of other uids
    std::optional<std::filesystem::path> executable;         ///< the program of these peers
    std::vector<std::string> spiffe_ids;                     ///< of client certificates
    std::vector<std::string> dns_names;                      ///< likewise, in lower case
    std::vector<ServiceAccountName> service_accounts;

    [[nodiscard]] bool is_elsewhere() const { return authority != "embedded"; }
};

struct IntentsConfig {
    bool require_simulation = true;
    std::chrono::seconds default_token_ttl{900};
};

/// Policy documents in files; without it they come from the command line alone.
struct PolicyConfig {
    std::vector<std::filesystem::path> files;
    /// The document above every agent's own, by its id; "none": there shall be none; empty: what
    /// was set before stays.
    std::string organization;
    std::chrono::milliseconds watch_interval{2'000};  ///< how often the files are looked at
};

struct WebhooksConfig {
    bool allow_private = false;  ///< addresses of private networks may be called
};

/// Ethereum JSON-RPC.
struct RpcConfig {
    std::string default_chain;  ///< that /rpc is about; empty: the only one, where there is one
};

struct LogConfig {
    std::string level = "info";
};

/// The whole of chela.yaml. Relative paths are resolved against the file's folder.
struct Config {
    std::filesystem::path dir;  ///< the state directory
    ServerConfig server;
    HealthConfig health;
    std::optional<TokenSection> token;        ///< one of these two is there
    std::optional<KeystoreSection> keystore;  ///< empty: no private key is ever in this process
    IntentsConfig intents;
    PolicyConfig policy;
    WebhooksConfig webhooks;
    RpcConfig rpc;
    LogConfig log;
    std::vector<ChainConfig> chains;  ///< in the file's order
    std::vector<IdentityConfig> identities;
};

/// Reads DIR/chela.yaml and lays environment overrides over it: CHELA_SERVER__LISTEN for
/// server.listen, CHELA_CHAINS__ANVIL__RPC_URL for chains.anvil.rpc_url ("__" between levels, case
/// and "-"/"_" do not matter, lists are comma-separated). Variables without "__" after CHELA_ are
/// not settings.
/// @param environment  name → value, as in environ
/// @return invalid_input: "FILE:LINE: what is wrong and how to mend it" (or the variable's name
/// instead of FILE:LINE); not_found
[[nodiscard]] Result<Config> load(
    const std::filesystem::path& dir, const std::map<std::string, std::string>& environment);

/// The commented chela.yaml that `chela init` writes; load() accepts it as it is.
struct InitialSettings {
    std::filesystem::path pkcs11_module;  ///< empty: keys live in a keystore, keystore/
    std::string token_label;
};
[[nodiscard]] std::string initial_document(const InitialSettings& settings);

/// "100/s burst 200", "10/min" (whose burst is 10), "off" or "0" (empty: no limit)
/// @return invalid_input
[[nodiscard]] Result<std::optional<Rate>> parse_rate(std::string_view text);

/// "10s", "250ms", "15m", "24h" @return invalid_input
[[nodiscard]] Result<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace chela::sidecar::config
