#pragma once

#include "chains/base/result.hpp"
#include "signer/secret.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace chela::sidecar::app {

struct InitializeOptions {
    enum class Keys : std::uint8_t { token, keystore };
    std::filesystem::path directory;
    std::filesystem::path pkcs11_module;  ///< empty: the usual places of SoftHSM2
    Keys keys = Keys::token;
};

struct Initialized {
    signer::Secret admin_key;         ///< shown once
    std::string token_label;          ///< empty: keys live in a keystore
    std::filesystem::path directory;  ///< absolute, without "." and ".."
};

/// Makes a state directory (0700) with configuration, database, a SoftHSM token of its own with PIN
/// files (or a keystore with its password), JWT key and the first admin key. What it made is
/// removed again when a later part fails.
/// @return conflict naming what is there: the directory is not empty; not_found: no SoftHSM module
[[nodiscard]] Result<Initialized> initialize(const InitializeOptions& options);

}  // namespace chela::sidecar::app
