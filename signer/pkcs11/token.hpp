#pragma once

#include "chains/base/result.hpp"
#include "chains/crypto/ecdsa.hpp"
#include "signer/key.hpp"
#include "signer/pkcs11/key_info.hpp"
#include "signer/pkcs11/pool_options.hpp"
#include "signer/secret.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace chela::signer::pkcs11 {

/// Where the token is. Source: RFC 7512.
struct TokenConfig {
    std::string uri;  ///< "pkcs11:token=LABEL?module-path=/usr/lib/softhsm/libsofthsm2.so"
    std::filesystem::path pin_file;  ///< user PIN, mode 0600
    unsigned max_sessions = 2;  ///< signing sessions besides the anchor; capped by token and cores
    /// token.allow_extractable_keys: true. A key that can be read out is then used, and every
    /// origin() says so.
    bool allow_extractable_keys = false;
    std::size_t max_waiting = 64;  ///< calls that may wait for a session; one more is refused
    std::chrono::milliseconds sign_limit{5'000};  ///< how long Key::sign may take
};

/// One logged-in PKCS#11 token through p11-kit: module, anchor session, pool of leased sessions.
/// Blocking and thread-safe. Calls run on the token's own threads, one for each session, behind a
/// bounded queue, so that every call returns by its deadline: unavailable, reason E_TOKEN_BUSY (the
/// queue is full) or E_TOKEN_HANGS (an earlier call does not return); timed_out, reason
/// E_TOKEN_TIMEOUT. A lost session, login or handle is mended once; a lost device re-initialises
/// the module on the next call that the back-off allows, and a key must sign a text of ours before
/// it is used again. A PIN that was refused is never tried again. Source: PKCS#11 v2.40.
class Token {
public:
    /// The URI allows token, manufacturer, model, serial and module-path (required, absolute),
    /// nothing else. From here on a forked child is refused (E_FORKED), and SIGPIPE is ignored
    /// unless the program handles it.
    /// @return invalid_input: E_URI_…, or two tokens match; unavailable: E_TOKEN_MODULE,
    ///         E_TOKEN_UNAVAILABLE, E_TOKEN_PIN (the PIN was refused, now or earlier in this
    ///         process); unsupported: no CKM_ECDSA; and what read_secret_file says
    [[nodiscard]] static Result<std::unique_ptr<Token>> open(
        const TokenConfig& config, TokenRuntime runtime = {});
    virtual ~Token() = default;

    /// @return unavailable: the token does not answer
    [[nodiscard]] virtual Result<TokenStatus> status() = 0;

    /// For doctor, health and the log.
    [[nodiscard]] virtual KeyOrigin origin() const { return {}; }

    /// secp256k1, CKA_TOKEN, PRIVATE, SENSITIVE, not EXTRACTABLE, for SIGN only.
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

    /// Describes a key that was made elsewhere, also one whose public half the token lacks: the
    /// public key is then found from two signatures over texts of ours. Pin what it returns.
    /// @return not_found, reason E_KEY_NOT_FOUND; bad_response: E_KEY_AMBIGUOUS (more than one key
    ///         fits), E_KEY_PUBLIC_UNKNOWN (the signatures give no secp256k1 key),
    ///         E_SIGNATURE_MISMATCH (the public half in the token is another key's); denied as
    ///         key(); unsupported, reason E_KEY_ID: it has no CKA_ID; invalid_input: no choice
    [[nodiscard]] virtual Result<KeyInfo> adopt(const KeyChoice& choice);

    /// What the token says of a key now, proven by a signature over a text of ours: the private
    /// half under this CKA_ID is that of the public key returned. Also of keys that could leave.
    /// @return as adopt(), but for denied; compare the public key with the pinned one
    [[nodiscard]] virtual Result<KeyInfo> prove(BytesView id);

    /// Writes a private key into the token as sensitive and not extractable, with its public half,
    /// and proves by a signature that the token holds that key. There is no way back.
    /// @param label        1 to 128 bytes
    /// @param private_key  32 bytes in 1 … n-1
    /// @return invalid_input: E_LABEL, E_PRIVATE_KEY; conflict: E_LABEL_TAKEN, E_KEY_EXISTS;
    ///         unsupported: the token takes no keys; timed_out: the token was lost meanwhile, and a
    ///         key with the label may exist; bad_response, reason E_KEY_ATTRIBUTES or
    ///         E_SIGNATURE_MISMATCH: the token made another kind of key (it was destroyed)
    [[nodiscard]] virtual Result<KeyInfo> import(const std::string& label, Secret private_key);
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
