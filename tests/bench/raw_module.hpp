#pragma once

#include "chains/base/bytes.hpp"

#include <array>
#include <string>
#include <vector>

#include <p11-kit/p11-kit.h>

namespace chela::bench {

/// Sessions straight on a PKCS#11 module, beside a Token that is open and logged in: what the
/// module gives when nobody stands in front of it.
class RawModule {
public:
    /// @param label  of the token  @param key_id  CKA_ID of a private key
    RawModule(const std::string& label, const Bytes& key_id, unsigned sessions);
    RawModule(const RawModule&) = delete;
    RawModule& operator=(const RawModule&) = delete;
    ~RawModule();

    /// C_SignInit and C_Sign. Threads: one for each session.
    [[nodiscard]] std::array<std::uint8_t, 64> sign(unsigned session, const SigningHash& digest);

private:
    CK_FUNCTION_LIST* module_;
    std::vector<CK_SESSION_HANDLE> sessions_;
    CK_OBJECT_HANDLE key_{};
};

}  // namespace chela::bench
