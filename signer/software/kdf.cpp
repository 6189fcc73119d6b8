#include "signer/software/kdf.hpp"

#include <bit>
#include <string>

#include <fmt/format.h>
#include <openssl/evp.h>

namespace chela::signer::software {

namespace {

constexpr std::size_t kDerived = 32;
constexpr std::uint64_t kMaxScryptMemory = 512ULL << 20;
constexpr std::uint64_t kMaxScryptWork = 1ULL << 24;
// What OpenSSL counts besides the table of 128·n·r bytes: the p blocks and a scratch.
constexpr std::uint64_t kScryptSlack = 4ULL << 20;

std::unexpected<Error> out_of_bounds(std::string what) {
    return fail(
        ErrorCode::out_of_range, "the keystore's KDF parameters: " + std::move(what),
        "E_KEYSTORE_KDF");
}

Status check_salt(const Bytes& salt) {
    if (salt.size() >= 8 && salt.size() <= 64) return {};
    return out_of_bounds(fmt::format("a salt of {} bytes; it has 8 to 64", salt.size()));
}

Status check(const ScryptParams& params) {
    if (!std::has_single_bit(params.n) || params.n < 1024 || params.n > (1ULL << 20)) {
        return out_of_bounds("n must be a power of two from 1024 to 1048576");
    }
    if (params.r < 1 || params.r > 32) return out_of_bounds("r must be 1 to 32");
    if (params.p < 1 || params.p > 16) return out_of_bounds("p must be 1 to 16");
    // OpenSSL keeps to the RFC here, though the definition's own example does not (n 2^18 with r
    // 1).
    if (params.r < 2 && params.n >= (1ULL << 16)) {
        return out_of_bounds("n must be below 2^16 when r is 1 (RFC 7914, 2)");
    }
    if (128 * params.n * params.r > kMaxScryptMemory) return out_of_bounds("over 512 MiB");
    if (params.n * params.r * params.p > kMaxScryptWork) return out_of_bounds("n*r*p over 2^24");
    return check_salt(params.salt);
}

Status check(const Pbkdf2Params& params) {
    if (params.iterations < 1'000 || params.iterations > 10'000'000) {
        return out_of_bounds("c must be 1000 to 10000000");
    }
    return check_salt(params.salt);
}

bool fill(std::span<char> out, std::string_view password, const ScryptParams& params) {
    return EVP_PBE_scrypt(
               password.data(), password.size(), params.salt.data(), params.salt.size(), params.n,
               params.r, params.p, kMaxScryptMemory + kScryptSlack,
               reinterpret_cast<unsigned char*>(out.data()), out.size()) == 1;
}

bool fill(std::span<char> out, std::string_view password, const Pbkdf2Params& params) {
    return PKCS5_PBKDF2_HMAC(
               password.data(), static_cast<int>(password.size()), params.salt.data(),
               static_cast<int>(params.salt.size()), static_cast<int>(params.iterations),
               EVP_sha256(), static_cast<int>(out.size()),
               reinterpret_cast<unsigned char*>(out.data())) == 1;
}

}  // namespace

Status check_bounds(const KdfParams& params) {
    return std::visit([](const auto& kind) { return check(kind); }, params);
}

Result<Secret> derive_key(const Secret& password, const KdfParams& params) {
    if (auto sane = check_bounds(params); !sane) return std::unexpected{sane.error()};
    // OpenSSL takes a null pointer for "no password" and then refuses: an empty one has an address.
    const std::string_view words = password.empty() ? std::string_view{""} : password.reveal();
    bool is_derived = false;
    Secret derived = Secret::filled(kDerived, [&](std::span<char> out) {
        is_derived = std::visit([&](const auto& kind) { return fill(out, words, kind); }, params);
    });
    if (!is_derived) {
        return fail(
            ErrorCode::unavailable, "no memory to derive the keystore's key", "E_KEYSTORE_KDF");
    }
    return derived;
}

}  // namespace chela::signer::software
