#include "sidecar/config/schema.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace chela::sidecar::config {
namespace {

using enum Shape;

constexpr std::array kSchema{
    Setting{"server", section},
    Setting{"server.listen", value},
    Setting{"server.unix_socket", value},
    Setting{"server.unix_socket_mode", value},
    Setting{"server.allowed_hosts", list},
    Setting{"server.unsafe_listen", value},
    Setting{"server.tls", section},
    Setting{"server.tls.certificate_file", value},
    Setting{"server.tls.key_file", value},
    Setting{"server.tls.client_ca_file", value},
    Setting{"server.tls.require_client_certificate", value},
    Setting{"server.tls.watch_interval", value},
    Setting{"server.service_accounts", section},
    Setting{"server.service_accounts.issuer", value},
    Setting{"server.service_accounts.audience", value},
    Setting{"server.service_accounts.jwks_file", value},
    Setting{"server.service_accounts.jwks_url", value},
    Setting{"server.service_accounts.ca_file", value},
    Setting{"server.service_accounts.token_file", value},
    Setting{"server.port_file", value},
    Setting{"server.max_body_bytes", value},
    Setting{"server.max_connections", value},
    Setting{"server.max_connections_per_peer", value},
    Setting{"server.rate_limits", section},
    Setting{"server.rate_limits.requests", value},
    Setting{"server.rate_limits.signatures", value},
    Setting{"server.rate_limits.auth_failures", value},
    Setting{"server.request_timeout", value},
    Setting{"server.drain_timeout", value},
    Setting{"server.admin_socket", value},
    Setting{"health", section},
    Setting{"health.listen", value},
    Setting{"health.require", list},
    Setting{"token", section},
    Setting{"token.uri", value},
    Setting{"token.pin_file", value},
    Setting{"token.softhsm_conf", value},
    Setting{"token.sessions", value},
    Setting{"token.allow_extractable_keys", value},
    Setting{"keystore", section},
    Setting{"keystore.dir", value},
    Setting{"keystore.password_file", value},
    Setting{"intents", section},
    Setting{"intents.require_simulation", value},
    Setting{"intents.default_token_ttl", value},
    Setting{"policy", section},
    Setting{"policy.files", list},
    Setting{"policy.organization", value},
    Setting{"policy.watch_interval", value},
    Setting{"webhooks", section},
    Setting{"webhooks.allow_private", value},
    Setting{"rpc", section},
    Setting{"rpc.default_chain", value},
    Setting{"log", section},
    Setting{"log.level", value},
    Setting{"chains", named_sections},
    Setting{"chains.*", section},
    Setting{"chains.*.chain_id", value},
    Setting{"chains.*.rpc_url", value},
    Setting{"chains.*.ws_url", value},
    Setting{"chains.*.endpoints", section_list},
    Setting{"chains.*.endpoints.*", section},
    Setting{"chains.*.endpoints.*.url", value},
    Setting{"chains.*.endpoints.*.ws_url", value},
    Setting{"chains.*.endpoints.*.ca_file", value},
    Setting{"chains.*.endpoints.*.authorization_file", value},
    Setting{"chains.*.endpoints.*.headers", section_list},
    Setting{"chains.*.endpoints.*.headers.*", section},
    Setting{"chains.*.endpoints.*.headers.*.name", value},
    Setting{"chains.*.endpoints.*.headers.*.value_file", value},
    Setting{"chains.*.max_fee_per_transaction", value},
    Setting{"chains.*.display_name", value},
    Setting{"chains.*.explorer_url", value},
    Setting{"chains.*.native_currency", value},
    Setting{"chains.*.is_testnet", value},
    Setting{"chains.*.confirmations", value},
    Setting{"chains.*.finality", value},
    Setting{"chains.*.is_enabled", value},
    Setting{"chains.*.has_eip1559", value},
    Setting{"chains.*.block_time", value},
    Setting{"chains.*.poll_interval", value},
    Setting{"chains.*.rpc_timeout", value},
    Setting{"chains.*.simulation", section},
    Setting{"chains.*.simulation.provider", value},
    Setting{"chains.*.simulation.tenderly", section},
    Setting{"chains.*.simulation.tenderly.account", value},
    Setting{"chains.*.simulation.tenderly.project", value},
    Setting{"chains.*.simulation.tenderly.access_key_file", value},
    Setting{"chains.*.simulation.tenderly.url", value},
    Setting{"identities", named_sections},
    Setting{"identities.*", section},
    Setting{"identities.*.agent_id", value},
    Setting{"identities.*.api_key_file", value},
    Setting{"identities.*.authority", value},
    Setting{"identities.*.authority_ca_file", value},
    Setting{"identities.*.allow", section},
    Setting{"identities.*.allow.uids", list},
    Setting{"identities.*.allow.client_token_file", value},
    Setting{"identities.*.allow.gids", list},
    Setting{"identities.*.allow.executable", value},
    Setting{"identities.*.allow.spiffe_ids", list},
    Setting{"identities.*.allow.dns_names", list},
    Setting{"identities.*.allow.service_accounts", section_list},
    Setting{"identities.*.allow.service_accounts.*", section},
    Setting{"identities.*.allow.service_accounts.*.namespace", value},
    Setting{"identities.*.allow.service_accounts.*.name", value},
};

/// Levenshtein distance.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        auto diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const auto replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

std::unexpected<Error> wrong_shape(
    const Tree& node, std::string_view shown, std::string_view expected) {
    return fail(
        ErrorCode::invalid_input,
        fmt::format(
            "{}: {} must be {}, but is {}", node.where, shown.empty() ? "the file" : shown,
            expected, to_string(node.kind)));
}

/// @param path   with "*", for the schema
/// @param shown  with names, for messages
Status check_section(const Tree& node, const std::string& path, const std::string& shown);

Status check_list(const Tree& node, const std::string& shown) {
    if (node.kind != Tree::Kind::list) return wrong_shape(node, shown, "a list such as [a, b]");
    for (const auto& item : node.items)
        if (item.kind != Tree::Kind::scalar)
            return wrong_shape(item, fmt::format("each item of {}", shown), "a single value");
    return {};
}

Status check_named(const Tree& node, const std::string& path, const std::string& shown) {
    if (node.kind == Tree::Kind::nothing) return {};
    if (node.kind != Tree::Kind::map)
        return wrong_shape(node, shown, "a section with one named entry per line, or {}");
    for (const auto& [name, child] : node.members)
        if (auto status = check_section(child, path + ".*", join(shown, name)); !status)
            return status;
    return {};
}

Status check_section_list(const Tree& node, const std::string& path, const std::string& shown) {
    if (node.kind != Tree::Kind::list)
        return wrong_shape(node, shown, "a list with one \"- \" before each entry");
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const Tree& item = node.items[i];
        const auto item_shown = item_path(shown, i);
        if (item.kind != Tree::Kind::map)
            return wrong_shape(item, item_shown, "a section with one setting per line");
        if (auto status = check_section(item, path + ".*", item_shown); !status) return status;
    }
    return {};
}

Status check_setting(const Setting& setting, const Tree& node, const std::string& shown) {
    const std::string path{setting.path};
    switch (setting.shape) {
        case Shape::section:
            return check_section(node, path, shown);
        case Shape::named_sections:
            return check_named(node, path, shown);
        case Shape::section_list:
            return check_section_list(node, path, shown);
        case Shape::list:
            return check_list(node, shown);
        case Shape::value:
            if (node.kind == Tree::Kind::scalar) return {};
            return wrong_shape(node, shown, "a single value");
    }
    bug("unknown config::Shape");
}

Status check_section(const Tree& node, const std::string& path, const std::string& shown) {
    // A section whose every line is commented out.
    if (node.kind == Tree::Kind::nothing) return {};
    if (node.kind != Tree::Kind::map)
        return wrong_shape(node, shown, "a section with one setting per line");
    for (const auto& [key, child] : node.members) {
        const auto* setting = find_setting(path, key);
        if (setting == nullptr)
            return fail(
                ErrorCode::invalid_input,
                fmt::format(
                    "{}: unknown key \"{}\"{}; {}", child.where, key,
                    shown.empty() ? std::string{} : fmt::format(" in {}", shown),
                    suggest(key, keys_below(path))));
        if (auto status = check_setting(*setting, child, join(shown, key)); !status) return status;
    }
    return {};
}

}  // namespace

std::span<const Setting> schema() {
    return kSchema;
}

std::string join(std::string_view path, std::string_view key) {
    return path.empty() ? std::string{key} : fmt::format("{}.{}", path, key);
}

std::string item_path(std::string_view path, std::size_t item) {
    return fmt::format("{}[{}]", path, item);
}

const Setting* find_setting(std::string_view section, std::string_view key) {
    // "server.listen" written as one key is not the setting of that path.
    if (key.find('.') != std::string_view::npos) return nullptr;
    const auto found = std::ranges::find(kSchema, join(section, key), &Setting::path);
    return found == kSchema.end() ? nullptr : &*found;
}

std::vector<std::string_view> keys_below(std::string_view path) {
    std::vector<std::string_view> keys;
    for (const auto& setting : kSchema) {
        const auto dot = setting.path.rfind('.');
        const auto parent =
            dot == std::string_view::npos ? std::string_view{} : setting.path.substr(0, dot);
        if (parent == path)
            keys.push_back(
                dot == std::string_view::npos ? setting.path : setting.path.substr(dot + 1));
    }
    return keys;
}

std::string suggest(std::string_view key, const std::vector<std::string_view>& known) {
    // A key of any length could be compared, but none this long is a slip of a known one.
    constexpr std::size_t kLongest = 64;
    if (known.empty()) return "nothing is known here";
    if (key.size() <= kLongest) {
        const auto closest =
            std::ranges::min(known, {}, [&](std::string_view k) { return distance(key, k); });
        if (distance(key, closest) <= std::max<std::size_t>(2, closest.size() / 3))
            return fmt::format("did you mean \"{}\"?", closest);
    }
    return fmt::format("known here: {}", fmt::join(known, ", "));
}

Status check_shape(const Tree& document) {
    return check_section(document, "", "");
}

}  // namespace chela::sidecar::config
