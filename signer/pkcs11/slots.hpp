#pragma once

#include "signer/pkcs11/return_code.hpp"

#include <array>
#include <string>
#include <vector>

#include <p11-kit/pkcs11.h>

namespace chela::signer::pkcs11 {

struct TokenSlot {
    CK_SLOT_ID slot{};
    CK_TOKEN_INFO info{};
};

struct TokenSlots {
    std::vector<TokenSlot> tokens;
    std::vector<CK_RV> silent;  ///< what slots answered whose token did not describe itself
};

/// All slots with a token in them, initialised or not.
[[nodiscard]] Attempt<TokenSlots> list_token_slots(CK_FUNCTION_LIST& api);

/// The text of a blank-padded field. Source: PKCS#11 v2.40, 3.2.
template <std::size_t N>
[[nodiscard]] std::string unpadded(const unsigned char (&field)[N]) {
    std::string text{std::begin(field), std::end(field)};
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

}  // namespace chela::signer::pkcs11
