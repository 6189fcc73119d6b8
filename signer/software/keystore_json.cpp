// The text form of a keystore.
#include "chains/base/hex.hpp"
#include "chains/base/json.hpp"
#include "signer/software/keystore.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::signer::software {

namespace {

constexpr std::size_t kMaxFile = 64UZ * 1024;
constexpr std::size_t kKeySize = 32;

std::unexpected<Error> malformed(std::string what) {
    return fail(ErrorCode::invalid_input, "the keystore: " + std::move(what), "E_KEYSTORE_FORMAT");
}

std::string digits_of(BytesView bytes) {
    return to_hex(bytes).substr(2);
}

Result<std::string> text_at(const Json& object, const std::string& name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_string()) return malformed(name + " must be a string");
    return found->get<std::string>();
}

Result<std::uint64_t> number_at(const Json& object, const std::string& name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_number_unsigned()) {
        return malformed(name + " must be a whole number");
    }
    return found->get<std::uint64_t>();
}

// Files have bare digits; a "0x" in front is taken too.
Result<Bytes> hex_at(const Json& object, const std::string& name) {
    auto text = text_at(object, name);
    if (!text) return std::unexpected{text.error()};
    auto bytes = parse_hex(text->starts_with("0x") ? *text : "0x" + *text);
    // parse_hex may quote what it met, and this may be key material.
    if (!bytes) return malformed(name + " is not hex");
    return bytes;
}

template <std::size_t N>
Result<std::array<std::uint8_t, N>> fixed_at(const Json& object, const std::string& name) {
    const auto bytes = hex_at(object, name);
    if (!bytes) return std::unexpected{bytes.error()};
    if (bytes->size() != N) return malformed(fmt::format("{} must have {} bytes", name, N));
    std::array<std::uint8_t, N> out{};
    std::ranges::copy(*bytes, out.begin());
    return out;
}

Result<const Json*> object_at(const Json& object, const std::string& name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_object()) {
        return malformed(name + " must be an object");
    }
    return &*found;
}

Result<KdfParams> parse_scrypt(const Json& object, Bytes salt) {
    const auto n = number_at(object, "n");
    const auto r = number_at(object, "r");
    const auto p = number_at(object, "p");
    if (!n) return std::unexpected{n.error()};
    if (!r) return std::unexpected{r.error()};
    if (!p) return std::unexpected{p.error()};
    return KdfParams{ScryptParams{*n, *r, *p, std::move(salt)}};
}

Result<KdfParams> parse_pbkdf2(const Json& object, Bytes salt) {
    const auto iterations = number_at(object, "c");
    const auto prf = text_at(object, "prf");
    if (!iterations) return std::unexpected{iterations.error()};
    if (!prf) return std::unexpected{prf.error()};
    if (*prf != "hmac-sha256") {
        return fail(
            ErrorCode::unsupported, "the keystore: prf must be hmac-sha256", "E_KEYSTORE_KDF");
    }
    return KdfParams{Pbkdf2Params{*iterations, std::move(salt)}};
}

Result<KdfParams> parse_kdf(const Json& crypto) {
    const auto kind = text_at(crypto, "kdf");
    if (!kind) return std::unexpected{kind.error()};
    const auto object = object_at(crypto, "kdfparams");
    if (!object) return std::unexpected{object.error()};
    const auto size = number_at(**object, "dklen");
    if (!size) return std::unexpected{size.error()};
    if (*size != kKeySize) {
        return fail(ErrorCode::unsupported, "the keystore: dklen must be 32", "E_KEYSTORE_KDF");
    }
    auto salt = hex_at(**object, "salt");
    if (!salt) return std::unexpected{salt.error()};
    if (*kind == "scrypt") return parse_scrypt(**object, std::move(*salt));
    if (*kind == "pbkdf2") return parse_pbkdf2(**object, std::move(*salt));
    return fail(
        ErrorCode::unsupported, "the keystore: kdf must be scrypt or pbkdf2", "E_KEYSTORE_KDF");
}

Result<Keystore> parse_crypto(const Json& crypto) {
    const auto cipher = text_at(crypto, "cipher");
    if (!cipher) return std::unexpected{cipher.error()};
    if (*cipher != "aes-128-ctr") {
        return fail(
            ErrorCode::unsupported, "the keystore: cipher must be aes-128-ctr",
            "E_KEYSTORE_CIPHER");
    }
    const auto cipher_params = object_at(crypto, "cipherparams");
    if (!cipher_params) return std::unexpected{cipher_params.error()};
    const auto iv = fixed_at<16>(**cipher_params, "iv");
    if (!iv) return std::unexpected{iv.error()};
    const auto ciphertext = fixed_at<kKeySize>(crypto, "ciphertext");
    if (!ciphertext) return std::unexpected{ciphertext.error()};
    const auto mac = fixed_at<32>(crypto, "mac");
    if (!mac) return std::unexpected{mac.error()};
    auto kdf = parse_kdf(crypto);
    if (!kdf) return std::unexpected{kdf.error()};
    if (auto sane = check_bounds(*kdf); !sane) return std::unexpected{sane.error()};
    return Keystore{
        .kdf = std::move(*kdf),
        .iv = *iv,
        .ciphertext = {ciphertext->begin(), ciphertext->end()},
        .mac = {*mac},
        .uuid = {},
        .address = {}};
}

// 8-4-4-4-12 digits. Source: RFC 4122, 3.
Result<std::array<std::uint8_t, 16>> parse_uuid(std::string text) {
    const bool has_dashes = text.size() == 36 && text[8] == '-' && text[13] == '-' &&
                            text[18] == '-' && text[23] == '-';
    std::erase(text, '-');
    const auto bytes = parse_hex("0x" + text);
    if (!has_dashes || !bytes || bytes->size() != 16) return malformed("id must be a UUID");
    std::array<std::uint8_t, 16> out{};
    std::ranges::copy(*bytes, out.begin());
    return out;
}

std::string uuid_text(const std::array<std::uint8_t, 16>& uuid) {
    const std::string digits = digits_of(uuid);
    return fmt::format(
        "{}-{}-{}-{}-{}", digits.substr(0, 8), digits.substr(8, 4), digits.substr(12, 4),
        digits.substr(16, 4), digits.substr(20));
}

Status read_names(const Json& file, Keystore& into) {
    if (file.contains("id")) {
        const auto text = text_at(file, "id");
        if (!text) return std::unexpected{text.error()};
        const auto uuid = parse_uuid(*text);
        if (!uuid) return std::unexpected{uuid.error()};
        into.uuid = *uuid;
    }
    if (file.contains("address")) {
        const auto address = fixed_at<Address::kSize>(file, "address");
        if (!address) return std::unexpected{address.error()};
        into.address = Address{*address};
    }
    return {};
}

Json kdf_object(const ScryptParams& params) {
    return {
        {"dklen", kKeySize},
        {"n", params.n},
        {"r", params.r},
        {"p", params.p},
        {"salt", digits_of(params.salt)}};
}
Json kdf_object(const Pbkdf2Params& params) {
    return {
        {"dklen", kKeySize},
        {"c", params.iterations},
        {"prf", "hmac-sha256"},
        {"salt", digits_of(params.salt)}};
}

}  // namespace

Result<Keystore> parse_keystore(std::string_view json) {
    if (json.size() > kMaxFile) return fail(ErrorCode::too_large, "a keystore is at most 64 KiB");
    const auto file = parse_json(json);
    if (!file) return std::unexpected{file.error()};
    if (!file->is_object()) return malformed("it must be an object");
    const auto version = number_at(*file, "version");
    if (!version) return std::unexpected{version.error()};
    if (*version != 3) {
        return fail(
            ErrorCode::unsupported, "the keystore: version must be 3", "E_KEYSTORE_VERSION");
    }
    const bool is_capital = file->contains("Crypto");
    if (is_capital && file->contains("crypto")) return malformed("crypto is given twice");
    const auto crypto = object_at(*file, is_capital ? "Crypto" : "crypto");
    if (!crypto) return std::unexpected{crypto.error()};
    auto keystore = parse_crypto(**crypto);
    if (!keystore) return keystore;
    if (auto named = read_names(*file, *keystore); !named) return std::unexpected{named.error()};
    return keystore;
}

std::string to_json(const Keystore& keystore) {
    const bool is_scrypt = std::holds_alternative<ScryptParams>(keystore.kdf);
    Json file{
        {"version", 3},
        {"id", uuid_text(keystore.uuid)},
        {"crypto",
         {{"cipher", "aes-128-ctr"},
          {"cipherparams", {{"iv", digits_of(keystore.iv)}}},
          {"ciphertext", digits_of(keystore.ciphertext)},
          {"kdf", is_scrypt ? "scrypt" : "pbkdf2"},
          {"kdfparams",
           std::visit([](const auto& params) { return kdf_object(params); }, keystore.kdf)},
          {"mac", digits_of(keystore.mac.view())}}}};
    if (keystore.address) file["address"] = digits_of(keystore.address->view());
    return file.dump(2) + "\n";
}

}  // namespace chela::signer::software
