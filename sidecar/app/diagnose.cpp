#include "sidecar/app/diagnose.hpp"

#include "chains/base/address.hpp"
#include "chains/base/rfc3339.hpp"
#include "sidecar/app/authorities.hpp"
#include "sidecar/app/diagnose_listeners.hpp"
#include "sidecar/app/diagnose_nodes.hpp"
#include "sidecar/app/opened.hpp"
#include "sidecar/app/policy_files.hpp"
#include "sidecar/auth/standing.hpp"
#include "sidecar/edge/clock.hpp"
#include "sidecar/flow/keyring.hpp"
#include "signer/secret.hpp"

#include <system_error>

#include <fmt/format.h>

namespace chela::sidecar::app {

namespace {

Finding finding(std::string check, const Status& status, const std::string& when_ok) {
    return {std::move(check), status.has_value(), status ? when_ok : status.error().detail};
}

void add_secret_files(std::vector<std::filesystem::path>& files, const config::ChainConfig& chain) {
    for (const auto& endpoint : chain.endpoints) {
        if (endpoint.authorization_file) files.push_back(*endpoint.authorization_file);
        for (const auto& header : endpoint.headers)
            files.push_back(header.value_file);
    }
}

void check_modes(
    std::vector<Finding>& out, const StateDirectory& state, const config::Config& config) {
    Status all = check_mode(state.root, 0700);
    std::vector<std::filesystem::path> files{state.config(), state.database(), state.jwt_key()};
    if (config.token) files.push_back(config.token->pin_file);
    for (const auto& chain : config.chains)
        add_secret_files(files, chain);
    if (config.keystore) {
        files.push_back(config.keystore->password_file);
        if (all) all = check_mode(config.keystore->dir, 0700);
    }
    for (const auto& chain : config.chains) {
        if (chain.tenderly) files.push_back(chain.tenderly->access_key_file);
    }
    for (const auto& identity : config.identities) {
        files.push_back(identity.api_key_file);
        if (identity.client_token_file) files.push_back(*identity.client_token_file);
    }
    for (const auto& file : files) {
        if (all) all = check_mode(file, 0600);
    }
    out.push_back(
        finding("file modes", all, fmt::format("directory 0700, {} files 0600", files.size())));
}

void check_clock(std::vector<Finding>& out, store::Store& store) {
    const TimePoint now = SystemClock{}.now();
    TimePoint newest{};
    std::int64_t after = 0;
    constexpr std::size_t kPage = 1'000;
    for (;;) {
        const auto page = store.audit_records(after, kPage);
        if (!page) {
            out.push_back({"clock", false, page.error().detail});
            return;
        }
        for (const auto& record : *page)
            newest = std::max(newest, record.at);
        if (page->size() < kPage) break;
        after = page->back().sequence;
    }
    const bool is_ok = newest <= now + std::chrono::seconds{1};
    out.push_back(
        {"clock", is_ok,
         is_ok ? to_rfc3339(now)
               : fmt::format(
                     "it shows {}, but the newest audit record is of {}; set it right (budgets do "
                     "not reset)",
                     to_rfc3339(now), to_rfc3339(newest))});
}

/// A frozen lane signs nothing until somebody has looked at it.
Status no_lane_is_frozen(store::Store& store) {
    const auto lanes = store.lanes();
    if (!lanes) return std::unexpected{lanes.error()};
    std::string frozen;
    for (const auto& lane : *lanes) {
        if (!lane.frozen_at) continue;
        frozen += fmt::format(
            "{}{} on chain {}", frozen.empty() ? "" : ", ", to_checksum(lane.lane.address),
            lane.lane.chain.value);
    }
    if (frozen.empty()) return {};
    return fail(
        ErrorCode::unavailable,
        "frozen: " + frozen +
            "; chela lane list says why, chela lane unfreeze goes on once that is understood");
}

void check_store(
    std::vector<Finding>& out, const StateDirectory& state, std::unique_ptr<store::Store>& store) {
    auto opened = open_store(state);
    if (!opened) {
        out.push_back({"database", false, opened.error().detail});
        return;
    }
    store = std::move(*opened);
    out.push_back(finding("database", store->verify_audit_chain(), "opens, audit chain is whole"));
    check_clock(out, *store);
    out.push_back(finding("lanes", no_lane_is_frozen(*store), "none is frozen"));
}

/// Does its authority give tokens for the key in the identity's file?
Status check_elsewhere(const config::IdentityConfig& identity) {
    const auto holding = exchanged_holding(identity);
    if (!holding) return std::unexpected{holding.error()};
    constexpr std::chrono::seconds kLimit{15};
    const auto token = holding->tokens->token(std::chrono::steady_clock::now() + kLimit);
    if (!token) return std::unexpected{token.error()};
    return {};
}

/// Does the identity's file hold the key of an active agent?
Status check_identity(store::Store& store, const config::IdentityConfig& identity) {
    const auto key = signer::read_secret_file(identity.api_key_file);
    if (!key) return std::unexpected{key.error()};
    const auto agent = store.agent(identity.agent_id);
    if (!agent)
        return fail(
            ErrorCode::not_found,
            "agent " + identity.agent_id + " does not exist; see chela agent list");
    const TimePoint now = SystemClock{}.now();
    if (auto ok = auth::check_agent_stands(*agent, now); !ok) return ok;
    if (identity.is_elsewhere()) return check_elsewhere(identity);
    const auto held = auth::check_api_key(*agent, key->reveal(), now);
    if (held) return {};
    return fail(
        held.error().code, fmt::format(
                               "{}: {}; write a new one with chela agent rotate-key",
                               identity.api_key_file.string(), held.error().detail));
}

void check_identities(
    std::vector<Finding>& out, const config::Config& config, store::Store& store) {
    for (const auto& identity : config.identities) {
        out.push_back(finding(
            "identity " + identity.name, check_identity(store, identity),
            "its key is that of agent " + identity.agent_id));
    }
    if (!config.server.unix_socket) return;
    std::error_code error;
    const auto folder = config.server.unix_socket->parent_path();
    const bool is_there = std::filesystem::is_directory(folder, error);
    out.push_back(
        {"socket folder", is_there,
         is_there ? folder.string()
                  : folder.string() + " does not exist; run: mkdir -p " + folder.string()});
}

/// Opens the key as a signature would, and has it prove itself.
Result<std::string> check_key(flow::Keyring& keyring, const store::SigningKeyRecord& record) {
    const auto key = keyring.open(record.id);
    if (!key) return std::unexpected{key.error()};
    const auto source = keyring.source(record.backend);
    if (!source) return std::unexpected{source.error()};
    return (*source)->prove(record);
}

void check_keys(std::vector<Finding>& out, flow::Keyring& keyring, store::Store& store) {
    const auto keys = store.keys();
    if (!keys) {
        out.push_back({"keys", false, keys.error().detail});
        return;
    }
    for (const auto& record : *keys) {
        if (record.retired_at) continue;
        const auto whereabouts = check_key(keyring, record);
        out.push_back(
            {"key " + record.label, whereabouts.has_value(),
             to_checksum(record.address) + ", " +
                 (whereabouts ? *whereabouts : whereabouts.error().detail)});
    }
}

void check_policy_files(
    std::vector<Finding>& out, const config::PolicyConfig& config, store::Store& store) {
    if (config.files.empty() && config.organization.empty()) return;
    const auto described = describe_policy_files(store, config);
    if (!described) {
        out.push_back({"policy files", false, described.error().detail});
        return;
    }
    out.push_back(
        {"policy files", true,
         described->empty() ? "none; " + config.organization + " above every agent" : *described});
}

void check_back_ends(std::vector<Finding>& out, const config::Config& config, store::Store* store) {
    const auto back_ends = open_back_ends(config);
    if (!back_ends) {
        out.push_back({"keys", false, back_ends.error().detail});
        return;
    }
    for (const auto& source : back_ends->sources) {
        out.push_back(finding(
            std::string{store::to_string(source->backend())}, source->probe(),
            to_string(source->origin())));
    }
    if (store == nullptr) return;
    flow::Keyring keyring{*store, back_ends->sources};
    check_keys(out, keyring, *store);
}

}  // namespace

std::vector<Finding> diagnose(const std::filesystem::path& directory) {
    std::vector<Finding> out;
    const auto config = load_config(directory);
    if (!config) {
        out.push_back({"configuration", false, config.error().detail});
        return out;
    }
    const StateDirectory state{config->dir};
    out.push_back({"configuration", true, state.config().string()});
    check_modes(out, state, *config);
    add_listener_findings(out, config->server);
    std::unique_ptr<store::Store> store;
    check_store(out, state, store);
    if (store) {
        check_policy_files(out, config->policy, *store);
        check_identities(out, *config, *store);
    }
    check_back_ends(out, *config, store.get());
    add_node_findings(out, *config, store.get());
    return out;
}

}  // namespace chela::sidecar::app
