#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace chela::signer::pkcs11 {

/// The URI of the token with this label, reached through this module: "pkcs11:token=my%20keys
/// ?module-path=/usr/lib/p.so" (in one line). Source: RFC 7512, 2.3.
[[nodiscard]] std::string write_uri(
    std::string_view label, const std::filesystem::path& module_path);

}  // namespace chela::signer::pkcs11
