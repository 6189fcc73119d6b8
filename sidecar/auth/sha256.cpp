#include "sidecar/auth/sha256.hpp"

#include "chains/base/result.hpp"

#include <openssl/evp.h>

namespace chela::sidecar::auth {

Hash256 sha256(std::string_view data) {
    Hash256 hash;
    unsigned size = 0;
    const int done =
        EVP_Digest(data.data(), data.size(), hash.bytes.data(), &size, EVP_sha256(), nullptr);
    if (done != 1 || size != hash.bytes.size()) bug("SHA-256 failed");
    return hash;
}

}  // namespace chela::sidecar::auth
