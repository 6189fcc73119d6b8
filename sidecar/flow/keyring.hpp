#pragma once

#include "sidecar/flow/key_source.hpp"
#include "sidecar/store/store.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace chela::sidecar::flow {

/// Signing keys by their stored id: the store pins public key, address and back end; the back end
/// holds the private half. Blocking and thread-safe.
class Keyring {
public:
    using Sources = std::vector<std::shared_ptr<KeySource>>;
    using Make = std::function<Result<KeySource::Made>(KeySource&)>;

    /// @param sources  at least one, each of another back end; new keys go into the first unless
    /// they say otherwise
    /// @param lock_file  held while a key is made, so that two processes do not make one twice;
    /// empty: this process is alone
    Keyring(store::KeyStore& store, Sources sources, std::filesystem::path lock_file = {});

    /// @return not_found; denied: E_KEY_RETIRED, or the key could leave the token; unavailable: the
    /// token is gone; unsupported: its back end is not configured; bad_response: not the pinned key
    [[nodiscard]] Result<std::shared_ptr<signer::Key>> open(const std::string& key_id);

    /// Makes a key and pins it in the store.
    /// @param where  empty: the first source
    /// @param label  1 to 128 bytes of UTF-8 without control characters
    /// @return conflict E_KEY_EXISTS: the label is taken, or the key has another; invalid_input
    /// E_LABEL; unsupported: no such back end
    [[nodiscard]] Result<store::SigningKeyRecord> create(
        const std::string& label,
        const std::string& actor,
        TimePoint now,
        std::optional<store::KeyBackend> where = {});
    /// As create(), of a private key that exists. Its memory is the caller's to guard until here.
    [[nodiscard]] Result<store::SigningKeyRecord> import(
        const std::string& label,
        const std::string& actor,
        TimePoint now,
        signer::Secret private_key,
        std::optional<store::KeyBackend> where = {});
    /// As create(), by another way to come by a key, and the word for it in the audit log.
    /// @param action  such as "key.adopted"
    [[nodiscard]] Result<store::SigningKeyRecord> pin(
        const std::string& label,
        const policy::AuditEntry& entry,
        std::optional<store::KeyBackend> where,
        const Make& make);

    [[nodiscard]] const Sources& sources() const { return sources_; }
    /// @return unsupported: it is not configured
    [[nodiscard]] Result<std::shared_ptr<KeySource>> source(store::KeyBackend backend) const;

private:
    /// @return nullptr: it has not been opened
    [[nodiscard]] std::shared_ptr<signer::Key> find_open(const std::string& key_id);

    store::KeyStore& store_;
    const Sources sources_;
    const std::filesystem::path lock_file_;
    std::mutex opening_;  ///< one at a time: a keystore takes 256 MiB for each
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<signer::Key>> open_;
};

}  // namespace chela::sidecar::flow
