#pragma once

#include "chains/registry/registry.hpp"
#include "sidecar/app/state_directory.hpp"
#include "sidecar/authority/holdings.hpp"
#include "sidecar/config/config.hpp"
#include "sidecar/flow/keyring.hpp"
#include "sidecar/store/store.hpp"
#include "signer/metrics.hpp"
#include "signer/pkcs11/token.hpp"

#include <memory>
#include <vector>

namespace chela::sidecar::app {

/// Where keys live, as the configuration says.
struct BackEnds {
    std::unique_ptr<signer::pkcs11::Token> token;  ///< null: none is configured
    flow::Keyring::Sources sources;                ///< the token first
    /// What identities have at authorities elsewhere; null: none has.
    std::shared_ptr<authority::Holdings> holdings;
};

/// A state directory in use: the parts that commands and the server share. Members are closed in
/// reverse order.
struct Opened {
    StateDirectory state;
    config::Config config;
    std::unique_ptr<store::Store> store;
    BackEnds back_ends;
};

/// The reason of every error that load_config gives; commands exit with 78 for it.
inline constexpr const char* kConfigReason = "E_CONFIG";

/// Reads DIR/chela.yaml with this process's environment over it.
[[nodiscard]] Result<config::Config> load_config(const std::filesystem::path& directory);
/// An older database is brought up to date where nobody serves it.
/// @return as open_sqlite; unavailable E_SCHEMA_OLD: an older chela serves it
[[nodiscard]] Result<std::unique_ptr<store::Store>> open_store(const StateDirectory& state);
/// The same for whoever holds the lock.
[[nodiscard]] Result<std::unique_ptr<store::Store>> open_store(
    const StateDirectory& state, const DirectoryLock& lock);
/// Also sets SOFTHSM2_CONF when the configuration names it; call it before threads exist.
/// @param metrics  who listens to the keys; may be null
/// @return as Token::open and SoftwareKeystore::at
[[nodiscard]] Result<BackEnds> open_back_ends(
    const config::Config& config, const std::shared_ptr<signer::SignerMetrics>& metrics = nullptr);
/// All of them.
[[nodiscard]] Result<Opened> open(const std::filesystem::path& directory);

/// The chains of the configuration, and beside them the stored ones. @return invalid_input: two
/// configured ones with one name or id
[[nodiscard]] Result<chains::Registry> make_registry(
    const config::Config& config, const std::vector<store::ChainRecord>& stored);

}  // namespace chela::sidecar::app
