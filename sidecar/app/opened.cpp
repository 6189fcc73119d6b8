#include "sidecar/app/opened.hpp"

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

}  // namespace

Result<config::Config> load_config(const std::filesystem::path& directory) {
    auto config = config::load(std::filesystem::absolute(directory), process_environment());
    if (!config) config.error().reason = kConfigReason;
    return config;
}

Result<std::unique_ptr<store::Store>> open_store(const StateDirectory& state) {
    return store::open_sqlite(state.database(), store::OpenMode::existing);
}

Result<std::unique_ptr<signer::pkcs11::Token>> open_token(const config::Config& config) {
    if (config.token.softhsm_conf) {
        // NOLINTNEXTLINE(concurrency-mt-unsafe): documented to run before threads exist
        if (::setenv("SOFTHSM2_CONF", config.token.softhsm_conf->c_str(), 1) != 0) {
            return fail(ErrorCode::internal, "cannot set SOFTHSM2_CONF", "E_ENVIRONMENT");
        }
    }
    return signer::pkcs11::Token::open(
        {config.token.uri, config.token.pin_file, config.token.sessions});
}

Result<Opened> open(const std::filesystem::path& directory) {
    auto config = load_config(directory);
    if (!config) return std::unexpected{config.error()};
    const StateDirectory state{config->dir};
    auto store = open_store(state);
    if (!store) return std::unexpected{store.error()};
    auto token = open_token(*config);
    if (!token) return std::unexpected{token.error()};
    return Opened{state, std::move(*config), std::move(*store), std::move(*token)};
}

Result<chains::Registry> make_registry(const config::Config& config) {
    std::vector<chains::Chain> chains;
    chains.reserve(config.chains.size());
    for (const auto& chain : config.chains) {
        chains.push_back(
            {chain.name, chain.chain_id, chain.display_name, chain.explorer_url,
             chain.native_currency, chain.is_testnet, chain.max_fee_per_transaction,
             chain.confirmations});
    }
    return chains::Registry::make(std::move(chains));
}

}  // namespace chela::sidecar::app
