#pragma once

#include "chains/base/bytes.hpp"
#include "chains/crypto/ecdsa.hpp"

#include <string>

namespace chela::signer::pkcs11 {

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
    // Uses beside signing that the token says it allows.
    bool decrypt{};
    bool sign_recover{};
    bool unwrap{};
    bool derive{};
};

struct KeyInfo {
    std::string label;
    Bytes id;  ///< CKA_ID
    chains::PublicKey public_key;
    Address address;
    KeyAttributes attributes;
};

/// Which private key: by CKA_ID, by label, or by both. An empty field fits all, but not both.
struct KeyChoice {
    Bytes id;
    std::string label;
};

struct TokenStatus {
    std::string label;
    std::string manufacturer;
    std::string model;
    std::string serial;
};

}  // namespace chela::signer::pkcs11
