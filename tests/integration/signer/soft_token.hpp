#pragma once

#include "signer/key.hpp"
#include "signer/pkcs11/token.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace chela::test {

inline constexpr const char* kUserPin = "7744118833";
inline constexpr const char* kSoPin = "9911228877";

/// A SoftHSM configuration of its own with one token in it. Sets SOFTHSM2_CONF, which SoftHSM reads
/// at every C_Initialize.
class SoftToken {
public:
    explicit SoftToken(const std::string& label = "chela-test");

    /// @param module  another module in front of SoftHSM
    [[nodiscard]] signer::pkcs11::TokenConfig config(
        const std::filesystem::path& module = CHELA_SOFTHSM_MODULE) const;
    [[nodiscard]] const std::string& label() const { return label_; }

    /// The device is pulled out, and put back.
    void move_away();
    void move_back();
    [[nodiscard]] std::filesystem::path tokens() const { return folder_.path() / "tokens"; }
    [[nodiscard]] std::filesystem::path write_pin(const std::string& pin) const;

private:
    TempDir folder_;
    std::string label_;
};

[[nodiscard]] Status make_token(const std::string& label);

/// Ends the test program when the token cannot be opened.
[[nodiscard]] std::unique_ptr<signer::pkcs11::Token> open_token(
    const signer::pkcs11::TokenConfig& config, signer::pkcs11::TokenRuntime runtime = {});

struct MadeKey {
    signer::pkcs11::KeyInfo info;
    std::shared_ptr<signer::Key> key;
};
/// A new key of the token; ends the test program when it cannot be made.
[[nodiscard]] MadeKey make_key(signer::pkcs11::Token& token, const std::string& label);

/// Does `signature` prove that the approved bytes were signed by `key`, in the form the chain
/// takes?
[[nodiscard]] bool is_good_signature(
    const chains::ApprovedPreimage& approved,
    const chains::RecoverableSignature& signature,
    const chains::PublicKey& key);

}  // namespace chela::test
