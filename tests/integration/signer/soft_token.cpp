#include "tests/integration/signer/soft_token.hpp"

#include "chains/tx/transaction.hpp"
#include "signer/pkcs11/write_uri.hpp"

#include <cstdlib>
#include <fstream>
#include <sys/stat.h>

#include <fmt/format.h>

namespace chela::test {

namespace fs = std::filesystem;
using signer::pkcs11::Token;
using signer::pkcs11::TokenConfig;

SoftToken::SoftToken(const std::string& label) : label_{label} {
    fs::create_directory(tokens());
    const fs::path config = folder_.path() / "softhsm2.conf";
    std::ofstream{config} << "directories.tokendir = " << tokens().string()
                          << "\nobjectstore.backend = file\nlog.level = ERROR\n";
    if (setenv("SOFTHSM2_CONF", config.c_str(), 1) != 0) bug("setenv");
    if (auto made = make_token(label); !made) bug(made.error().detail);
    (void)write_pin(kUserPin);
}

fs::path SoftToken::write_pin(const std::string& pin) const {
    fs::path path = folder_.path() / "pin";
    std::ofstream{path} << pin << '\n';
    if (chmod(path.c_str(), 0600) != 0) bug("chmod");
    return path;
}

TokenConfig SoftToken::config(const fs::path& module) const {
    return {
        .uri = signer::pkcs11::write_uri(label_, module),
        .pin_file = folder_.path() / "pin",
        .max_sessions = 2};
}

void SoftToken::move_away() {
    fs::rename(tokens(), folder_.path() / "away");
}
void SoftToken::move_back() {
    fs::rename(folder_.path() / "away", tokens());
}

Status make_token(const std::string& label) {
    return signer::pkcs11::initialize_token(
        CHELA_SOFTHSM_MODULE, label, signer::Secret{kSoPin}, signer::Secret{kUserPin});
}

std::unique_ptr<Token> open_token(const TokenConfig& config, signer::pkcs11::TokenRuntime runtime) {
    auto token = Token::open(config, std::move(runtime));
    if (!token) bug(token.error().detail);
    return std::move(*token);
}

MadeKey make_key(Token& token, const std::string& label) {
    auto info = token.generate(label);
    if (!info) bug(info.error().detail);
    auto key = token.key(info->id, info->public_key);
    if (!key) bug(key.error().detail);
    return {std::move(*info), std::move(*key)};
}

bool is_good_signature(
    const chains::ApprovedPreimage& approved,
    const chains::RecoverableSignature& signature,
    const chains::PublicKey& key) {
    // n / 2. Source: SEC 2, 2.4.1; EIP-2.
    const auto half =
        parse_quantity("0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");
    if (!half || signature.s > *half || signature.y_parity > 1) return false;
    const auto recovered = chains::recover(approved.preimage().signing_hash(), signature);
    if (!recovered || *recovered != key) return false;
    const auto& transaction = approved.preimage().transaction();
    const auto decoded = chains::decode_signed(chains::encode_signed(transaction, signature));
    return decoded && decoded->sender == approved.signer() && decoded->transaction == transaction;
}

}  // namespace chela::test
