#include "sidecar/app/opened.hpp"

#include "sidecar/app/authorities.hpp"
#include "sidecar/app/chain_set.hpp"
#include "sidecar/authority/source.hpp"
#include "sidecar/flow/keystore_source.hpp"
#include "sidecar/flow/token_source.hpp"
#include "sidecar/telemetry/log.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <unistd.h>

namespace chela::sidecar::app {

namespace {

std::map<std::string, std::string> process_environment() {
    std::map<std::string, std::string> out;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text{*entry};
        const auto equals = text.find('=');
        if (equals != std::string_view::npos)
            out.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return out;
}

Result<std::unique_ptr<signer::pkcs11::Token>> open_token(
    const config::TokenSection& section, const std::shared_ptr<signer::SignerMetrics>& metrics) {
    if (section.softhsm_conf) {
        // NOLINTNEXTLINE(concurrency-mt-unsafe): documented to run before threads exist
        if (::setenv("SOFTHSM2_CONF", section.softhsm_conf->c_str(), 1) != 0)
            return fail(ErrorCode::internal, "cannot set SOFTHSM2_CONF", "E_ENVIRONMENT");
    }
    // The token reads it itself, and says what is wrong with the file.
    if (const auto pin = signer::read_secret_file(section.pin_file)) log::redact(pin->reveal());
    signer::pkcs11::TokenConfig config;
    config.uri = section.uri;
    config.pin_file = section.pin_file;
    config.max_sessions = section.sessions;
    config.allow_extractable_keys = section.allow_extractable_keys;
    signer::pkcs11::TokenRuntime runtime;
    runtime.metrics = metrics;
    return signer::pkcs11::Token::open(config, std::move(runtime));
}

Result<std::shared_ptr<flow::KeySource>> open_keystore(
    const config::KeystoreSection& section, const std::shared_ptr<signer::SignerMetrics>& metrics) {
    auto keystore = signer::software::SoftwareKeystore::at(section.dir, metrics);
    if (!keystore) return std::unexpected{keystore.error()};
    auto password = signer::read_secret_file(section.password_file);
    if (!password) return std::unexpected{password.error()};
    log::redact(password->reveal());
    return std::make_shared<flow::KeystoreSource>(std::move(*keystore), std::move(*password));
}

Status open_authorities(const config::Config& config, BackEnds& back_ends) {
    if (std::ranges::none_of(config.identities, &config::IdentityConfig::is_elsewhere)) return {};
    auto holdings = exchanged_holdings(config);
    if (!holdings) return std::unexpected{holdings.error()};
    back_ends.holdings = std::make_shared<authority::Holdings>();
    back_ends.holdings->use(*std::move(holdings));
    back_ends.sources.push_back(std::make_shared<authority::AuthoritySource>(back_ends.holdings));
    return {};
}

}  // namespace

Result<config::Config> load_config(const std::filesystem::path& directory) {
    auto config = config::load(std::filesystem::absolute(directory), process_environment());
    if (!config) config.error().reason = kConfigReason;
    return config;
}

Result<std::unique_ptr<store::Store>> open_store(const StateDirectory& state) {
    auto store = store::open_sqlite(state.database(), store::OpenMode::existing);
    if (store || store.error().reason != "E_SCHEMA_OLD") return store;
    const auto lock = DirectoryLock::take(state.lock());
    if (lock) return open_store(state, *lock);
    if (lock.error().reason != "E_ALREADY_SERVED") return std::unexpected{lock.error()};
    return fail(
        ErrorCode::unavailable,
        store.error().detail +
            ", and the chela that is serving it writes it as it was; stop that one and start this "
            "chela's `chela serve`, which brings it up to date. Nothing was changed",
        "E_SCHEMA_OLD");
}

Result<std::unique_ptr<store::Store>> open_store(
    const StateDirectory& state, const DirectoryLock& /*lock*/) {
    return store::open_sqlite(state.database(), store::OpenMode::upgrade);
}

Result<BackEnds> open_back_ends(
    const config::Config& config, const std::shared_ptr<signer::SignerMetrics>& metrics) {
    BackEnds back_ends;
    if (config.token) {
        auto token = open_token(*config.token, metrics);
        if (!token) return std::unexpected{token.error()};
        back_ends.token = std::move(*token);
        back_ends.sources.push_back(std::make_shared<flow::TokenSource>(*back_ends.token));
    }
    if (config.keystore) {
        auto keystore = open_keystore(*config.keystore, metrics);
        if (!keystore) return std::unexpected{keystore.error()};
        back_ends.sources.push_back(std::move(*keystore));
    }
    if (auto ok = open_authorities(config, back_ends); !ok) return std::unexpected{ok.error()};
    return back_ends;
}

Result<Opened> open(const std::filesystem::path& directory) {
    auto config = load_config(directory);
    if (!config) return std::unexpected{config.error()};
    const StateDirectory state{config->dir};
    auto store = open_store(state);
    if (!store) return std::unexpected{store.error()};
    auto back_ends = open_back_ends(*config);
    if (!back_ends) return std::unexpected{back_ends.error()};
    return Opened{state, std::move(*config), std::move(*store), std::move(*back_ends)};
}

Result<chains::Registry> make_registry(
    const config::Config& config, const std::vector<store::ChainRecord>& stored) {
    std::vector<chains::Chain> chains;
    chains.reserve(config.chains.size() + stored.size());
    for (const auto& chain : config.chains)
        chains.push_back(described(chain));
    for (const auto& record : beside(config, stored))
        chains.push_back(flow::usable_chain(record));
    return chains::Registry::make(std::move(chains));
}

}  // namespace chela::sidecar::app
