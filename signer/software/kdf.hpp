#pragma once

#include "chains/base/result.hpp"
#include "signer/secret.hpp"

#include <cstdint>
#include <variant>

namespace chela::signer::software {

/// Source: RFC 7914. Defaults are geth's standard: 256 MiB and about a second.
struct ScryptParams {
    std::uint64_t n = 262'144;  ///< CPU and memory cost, a power of two
    std::uint64_t r = 8;
    std::uint64_t p = 1;
    Bytes salt;
};

/// PBKDF2 with HMAC-SHA256. Source: RFC 8018, 5.2.
struct Pbkdf2Params {
    std::uint64_t iterations = 262'144;
    Bytes salt;
};

using KdfParams = std::variant<ScryptParams, Pbkdf2Params>;

/// Bounds are for files of strangers: below them a password is guessed, above them the machine is
/// busy for minutes. scrypt: n a power of two, 1024 … 2^20, r 1 … 32, p 1 … 16, 128·n·r at most
/// 512 MiB, n below 2^16 when r is 1 (RFC 7914), n·r·p at most 2^24; pbkdf2: 1,000 … 10,000,000;
/// salt 8 … 64 bytes.
/// @return out_of_range, reason E_KEYSTORE_KDF
[[nodiscard]] Status check_bounds(const KdfParams& params);

/// @return 32 bytes; out_of_range as check_bounds; unavailable: no memory for scrypt
[[nodiscard]] Result<Secret> derive_key(const Secret& password, const KdfParams& params);

}  // namespace chela::signer::software
