#pragma once

#include "chains/base/result.hpp"
#include "chains/crypto/ecdsa.hpp"
#include "signer/key.hpp"
#include "signer/secret.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace chela::signer::pkcs11 {

/// Where the token is. Source: RFC 7512.
struct TokenConfig {
    std::string uri;  ///< "pkcs11:token=LABEL?module-path=/usr/lib/softhsm/libsofthsm2.so"
    std::filesystem::path pin_file;  ///< user PIN, mode 0600
    unsigned max_sessions = 2;       ///< signing sessions besides the anchor; capped by the token
};

/// PKCS#11 attributes that show whether a key can leave.
struct KeyAttributes {
    bool sensitive{};
    bool always_sensitive{};
    bool extractable{true};
    bool never_extractable{};
    bool local{};  ///< generated inside the token
    bool sign{};
    bool is_private{};
    bool token{};  ///< a token object, not a session object
};

struct KeyInfo {
    std::string label;
    Bytes id;  ///< CKA_ID
    chains::PublicKey public_key;
    Address address;
    KeyAttributes attributes;
};

struct TokenStatus {
    std::string label;
    std::string manufacturer;
    std::string model;
    std::string serial;
};

/// One logged-in PKCS#11 token through p11-kit: module, anchor session, pool of leased sessions.
/// Blocking and thread-safe. A lost session, login or handle is mended once; a lost device
/// re-initialises the module on the next call. A PIN that was refused is never tried again. Source:
/// PKCS#11 v2.40.
class Token {
public:
    /// The URI allows token, manufacturer, model, serial and module-path (required, absolute),
    /// nothing else. From here on a forked child is refused (E_FORKED), and SIGPIPE is ignored
    /// unless the program handles it.
    /// @return invalid_input: E_URI_…, or two tokens match; unavailable: E_TOKEN_MODULE,
    ///         E_TOKEN_UNAVAILABLE, E_TOKEN_PIN (the PIN was refused, now or earlier in this
    ///         process); unsupported: no CKM_ECDSA; and what read_secret_file says
    [[nodiscard]] static Result<std::unique_ptr<Token>> open(const TokenConfig& config);
    virtual ~Token() = default;

    /// @return unavailable: the token does not answer
    [[nodiscard]] virtual Result<TokenStatus> status() = 0;

    /// secp256k1, CKA_TOKEN, PRIVATE, SENSITIVE, SIGN, not EXTRACTABLE.
    /// @param label  1 to 128 bytes
    /// @return conflict, reason E_LABEL_TAKEN; timed_out: the token was lost meanwhile, and a key
    ///         with the label may exist; bad_response, reason E_KEY_ATTRIBUTES: the token made
    ///         another kind of key (it was destroyed)
    [[nodiscard]] virtual Result<KeyInfo> generate(const std::string& label) = 0;
    /// All secp256k1 pairs, by label. A private key without its public half under the same CKA_ID
    /// is not one.
    /// @return bad_response: two keys share a CKA_ID, or a public key is no point of the curve
    [[nodiscard]] virtual Result<std::vector<KeyInfo>> list() = 0;
    /// @return not_found, reason E_KEY_NOT_FOUND; bad_response as list()
    [[nodiscard]] virtual Result<KeyInfo> describe(BytesView id) = 0;

    /// @param expected  the public key pinned when the key was made; checked before use
    /// @return not_found; denied: E_KEY_EXTRACTABLE (extractable, or not sensitive),
    ///         E_KEY_CANNOT_SIGN; bad_response, reason E_KEY_CHANGED: another key has that id.
    ///         The Token must outlive the Key.
    [[nodiscard]] virtual Result<std::shared_ptr<Key>> key(
        BytesView id, const chains::PublicKey& expected) = 0;
};

/// Makes a new token in the first uninitialised slot of the module (SoftHSM always has one).
/// The module must not be in use in this process: slots change when it is finalised, which this
/// does at the end.
/// @param label  1 to 32 bytes, no blank at the end
/// @return conflict: a token with this label exists; not_found: no uninitialised slot;
///         invalid_input: label or PIN length
[[nodiscard]] Status initialize_token(
    const std::filesystem::path& module,
    const std::string& label,
    const Secret& so_pin,
    const Secret& user_pin);

}  // namespace chela::signer::pkcs11
