#include "sidecar/admin/config_view.hpp"

#include "chains/base/u256.hpp"
#include "sidecar/node/client.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::admin {

namespace {

template <class Path>
Json path_of(const std::optional<Path>& path) {
    return path ? Json(path->string()) : Json(nullptr);
}

Json origin_of(const std::optional<std::string>& url) {
    return url ? Json(node::display_origin(*url)) : Json(nullptr);
}

Json tls_view(const std::optional<config::TlsSection>& tls) {
    if (!tls) return nullptr;
    return {
        {"certificate_file", tls->certificate_file.string()},
        {"key_file", tls->key_file.string()},
        {"client_ca_file", path_of(tls->client_ca_file)},
        {"require_client_certificate", tls->require_client_certificate},
        {"watch_interval_ms", tls->watch_interval.count()}};
}

Json accounts_view(const std::optional<config::ServiceAccountsSection>& accounts) {
    if (!accounts) return nullptr;
    return {
        {"issuer", node::display_origin(accounts->issuer)},
        {"audience", accounts->audience},
        {"jwks_file", path_of(accounts->jwks_file)},
        {"ca_file", path_of(accounts->ca_file)},
        {"token_file", path_of(accounts->token_file)}};
}

Json rate_view(const std::optional<Rate>& rate) {
    if (!rate) return nullptr;
    return {{"per_second", rate->per_second}, {"burst", rate->burst}};
}

Json server_view(const config::ServerConfig& server) {
    return {
        {"unsafe_listen", server.unsafe_listen},
        {"tls", tls_view(server.tls)},
        {"service_accounts", accounts_view(server.service_accounts)},
        {"listen", server.listen},
        {"unix_socket", path_of(server.unix_socket)},
        {"unix_socket_mode", fmt::format("{:04o}", server.unix_socket_mode)},
        {"admin_socket", path_of(server.admin_socket)},
        {"allowed_hosts", server.allowed_hosts},
        {"port_file", path_of(server.port_file)},
        {"max_body_bytes", server.max_body_bytes},
        {"max_connections", server.max_connections},
        {"max_connections_per_peer", server.max_connections_per_peer},
        {"rate_limits",
         {{"requests", rate_view(server.rate_limits.requests)},
          {"signatures", rate_view(server.rate_limits.signatures)},
          {"auth_failures", rate_view(server.rate_limits.auth_failures)}}},
        {"request_timeout_ms", server.request_timeout.count()},
        {"drain_timeout_ms", server.drain_timeout.count()}};
}

Json health_view(const config::HealthConfig& health) {
    Json required = Json::array();
    if (health.needs_chains) required.push_back("chains");
    if (health.needs_credentials) required.push_back("credentials");
    return {{"listen", health.listen}, {"require", std::move(required)}};
}

Json token_view(const config::TokenSection& token) {
    return {// Behind the question mark a vendor may want anything, a PIN as well.
            {"uri", token.uri.substr(0, token.uri.find('?'))},
            {"pin_file", token.pin_file.string()},
            {"softhsm_conf", path_of(token.softhsm_conf)},
            {"sessions", token.sessions},
            {"allow_extractable_keys", token.allow_extractable_keys}};
}

Json endpoint_view(const config::EndpointConfig& endpoint) {
    Json headers = Json::array();
    for (const auto& header : endpoint.headers)
        headers.push_back({{"name", header.name}, {"value_file", header.value_file.string()}});
    return {
        {"url", node::display_origin(endpoint.url)},
        {"ws_url", origin_of(endpoint.ws_url)},
        {"ca_file", path_of(endpoint.ca_file)},
        {"authorization_file", path_of(endpoint.authorization_file)},
        {"headers", std::move(headers)}};
}

Json simulation_view(const std::optional<config::TenderlySection>& tenderly) {
    if (!tenderly) return {{"provider", "node"}};
    return {
        {"provider", "tenderly"},
        {"account", tenderly->account},
        {"project", tenderly->project},
        {"access_key_file", tenderly->access_key_file.string()},
        {"url", node::display_origin(tenderly->url)}};
}

Json chain_view(const config::ChainConfig& chain) {
    Json endpoints = Json::array();
    for (const auto& endpoint : chain.endpoints)
        endpoints.push_back(endpoint_view(endpoint));
    return {
        {"chain_id", chain.chain_id.value},
        {"endpoints", std::move(endpoints)},
        {"max_fee_per_transaction_wei", to_decimal(chain.max_fee_per_transaction.value)},
        {"confirmations", chain.confirmations},
        {"is_enabled", chain.is_enabled},
        {"poll_interval_ms", chain.poll_interval.count()},
        {"rpc_timeout_ms", chain.rpc_timeout.count()},
        {"simulation", simulation_view(chain.tenderly)}};
}

Json accounts_of(const config::IdentityConfig& identity) {
    Json out = Json::array();
    for (const auto& account : identity.service_accounts)
        out.push_back({{"namespace", account.name_space}, {"name", account.name}});
    return out;
}

Json identity_view(const config::IdentityConfig& identity) {
    return {
        {"agent_id", identity.agent_id},
        {"api_key_file", identity.api_key_file.string()},
        {"authority", identity.authority == "embedded" ? identity.authority
                                                       : node::display_origin(identity.authority)},
        {"authority_ca_file", path_of(identity.authority_ca_file)},
        {"uids", identity.uids},
        {"gids", identity.gids},
        {"executable", path_of(identity.executable)},
        {"spiffe_ids", identity.spiffe_ids},
        {"dns_names", identity.dns_names},
        {"service_accounts", accounts_of(identity)},
        {"client_token_file", path_of(identity.client_token_file)}};
}

Json policy_view(const config::PolicyConfig& policy) {
    Json files = Json::array();
    for (const auto& file : policy.files)
        files.push_back(file.string());
    return {
        {"files", std::move(files)},
        {"organization", policy.organization},
        {"watch_interval_ms", policy.watch_interval.count()}};
}

/// As chela.yaml has it, where the value has its unit.
std::string_view setting(std::string_view member) {
    for (const std::string_view unit : {"_ms", "_s"})
        if (member.ends_with(unit)) return member.substr(0, member.size() - unit.size());
    return member;
}

}  // namespace

Json config_view(const config::Config& config) {
    Json out{
        {"dir", config.dir.string()},
        {"server", server_view(config.server)},
        {"health", health_view(config.health)},
        {"intents",
         {{"require_simulation", config.intents.require_simulation},
          {"default_token_ttl_s", config.intents.default_token_ttl.count()}}},
        {"policy", policy_view(config.policy)},
        {"webhooks", {{"allow_private", config.webhooks.allow_private}}},
        {"log", {{"level", config.log.level}}},
        {"chains", Json::object()},
        {"identities", Json::object()}};
    if (config.token) out["token"] = token_view(*config.token);
    if (config.keystore) {
        out["keystore"] = {
            {"dir", config.keystore->dir.string()},
            {"password_file", config.keystore->password_file.string()}};
    }
    for (const auto& chain : config.chains)
        out["chains"][chain.name] = chain_view(chain);
    for (const auto& identity : config.identities)
        out["identities"][identity.name] = identity_view(identity);
    return out;
}

std::vector<std::string> needs_restart(
    const config::Config& in_force, const config::Config& wanted) {
    Json now = config_view(in_force);
    Json then = config_view(wanted);
    for (Json* view : {&now, &then}) {
        // Taken up as they are.
        view->at("server").erase("tls");
        view->at("server").erase("service_accounts");
        view->at("health").erase("require");
    }
    std::vector<std::string> out;
    for (const auto* section : {"server", "health", "intents", "token", "keystore"}) {
        const Json& before = now[section];
        const Json& after = then[section];
        if (!before.is_object() || !after.is_object()) {
            if (before != after) out.emplace_back(section);
            continue;
        }
        for (const auto& [name, value] : after.items())
            if (before.value(name, Json{}) != value)
                out.push_back(fmt::format("{}.{}", section, setting(name)));
    }
    return out;
}

}  // namespace chela::sidecar::admin
