#include "signer/origin.hpp"

#include "chains/base/result.hpp"

namespace chela::signer {

std::string to_string(const KeyOrigin& origin) {
    switch (origin.back_end) {
        case BackEnd::unnamed:
            return "unnamed back end";
        case BackEnd::pkcs11_token:
            return "PKCS#11 token " + origin.place +
                   (origin.allows_extractable_keys ? ", EXTRACTABLE KEYS ALLOWED" : "");
        case BackEnd::software_keystore:
            return "software keystore " + origin.place;
        case BackEnd::authority:
            return "authority " + origin.place;
    }
    bug("unknown BackEnd");
}

}  // namespace chela::signer
