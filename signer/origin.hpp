#pragma once

#include <cstdint>
#include <string>

namespace chela::signer {

enum class BackEnd : std::uint8_t {
    unnamed,            ///< a key that does not say (tests)
    pkcs11_token,       ///< the key lives in a PKCS#11 token
    software_keystore,  ///< the key lives in this process's memory and in an encrypted file
    authority           ///< the key lives at a service that is asked to sign
};

/// Which back end holds a key, for doctor, health and the log. Secret: no.
struct KeyOrigin {
    BackEnd back_end{BackEnd::unnamed};
    std::string place;  ///< "'main' (module /usr/lib/softhsm/libsofthsm2.so)", a directory, or
                        ///< where a service is
    bool allows_extractable_keys{false};  ///< token.allow_extractable_keys: true
};

/// @return "PKCS#11 token 'main' (module …)", "software keystore /var/lib/…"; says so when keys may
///         be extractable
[[nodiscard]] std::string to_string(const KeyOrigin& origin);

}  // namespace chela::signer
