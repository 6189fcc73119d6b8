#pragma once

#include "chains/base/result.hpp"
#include "chains/base/units.hpp"
#include "chains/registry/registry.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chela::sidecar::config {

struct ServerConfig {
    std::string listen = "127.0.0.1:8787";  ///< empty: no TCP listener
    std::optional<std::filesystem::path> unix_socket;
    unsigned unix_socket_mode = 0600;
    std::vector<std::string> allowed_hosts;
    std::optional<std::filesystem::path>
        port_file;  ///< the TCP port is written here once it is listened on
    std::size_t max_body_bytes = std::size_t{1024} * 1024;
    std::chrono::milliseconds request_timeout{60'000};
    std::chrono::milliseconds drain_timeout{10'000};
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

struct IdentityConfig {
    std::string name;
    std::string agent_id;
    std::filesystem::path api_key_file;
    std::string authority = "embedded";
    std::vector<std::uint32_t> uids;                         ///< unix-socket peers
    std::optional<std::filesystem::path> client_token_file;  ///< for loopback TCP
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

/// "10s", "250ms", "15m", "24h" @return invalid_input
[[nodiscard]] Result<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace chela::sidecar::config
