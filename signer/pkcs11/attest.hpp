#pragma once

#include "signer/pkcs11/token.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace chela::signer::pkcs11 {

/// One line of `chela key attest`.
struct AttributeRow {
    enum class Judgement : std::uint8_t {
        good,    ///< as it must be for a key that never leaves
        wider,   ///< allowed, and nothing about leaving: the key may do more than sign
        weaker,  ///< allowed, but says that the key was not born in the token
        bad      ///< the key can be read out, or does not sign
    };

    std::string_view name;  ///< "CKA_SENSITIVE"
    bool value{};           ///< as the token says; what it does not say counts as its worst
    Judgement judgement{Judgement::bad};
    std::string_view meaning;  ///< what the value says, for a person
};

/// The PKCS#11 attributes that show whether the key can leave the token, in the order to print.
/// Source: PKCS#11 v2.40, 4.9 and Table 28.
[[nodiscard]] std::vector<AttributeRow> attest(const KeyAttributes& attributes);

/// @return lines such as "CKA_SENSITIVE          true   good    the token never shows it …"
[[nodiscard]] std::string to_text(const std::vector<AttributeRow>& rows);

/// Was the key made in the token and has it never been readable: no row is weaker or bad.
[[nodiscard]] bool is_proof_of_origin(const std::vector<AttributeRow>& rows);

}  // namespace chela::signer::pkcs11
