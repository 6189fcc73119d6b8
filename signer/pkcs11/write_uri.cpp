#include "signer/pkcs11/write_uri.hpp"

#include <fmt/format.h>

namespace chela::signer::pkcs11 {

namespace {

/// Everything but the unreserved characters is percent-encoded.
std::string percent_encoded(std::string_view text, std::string_view also_plain) {
    constexpr std::string_view kUnreserved =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    std::string out;
    for (const char c : text) {
        if (kUnreserved.contains(c) || also_plain.contains(c)) {
            out.push_back(c);
        } else {
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return out;
}

}  // namespace

std::string write_uri(std::string_view label, const std::filesystem::path& module_path) {
    return fmt::format(
        "pkcs11:token={}?module-path={}", percent_encoded(label, ""),
        percent_encoded(module_path.string(), "/"));
}

}  // namespace chela::signer::pkcs11
