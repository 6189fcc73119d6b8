#include "chains/base/hex.hpp"
#include "sidecar/cli/key_commands.hpp"
#include "sidecar/edge/clock.hpp"
#include "sidecar/flow/token_source.hpp"
#include "signer/private_key.hpp"
#include "signer/software/keystore.hpp"

#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

namespace {

/// Where the key comes from; exactly one way.
struct ImportFlags {
    std::string label;
    std::string where;
    std::string private_key_file;
    std::string keystore_file;
    std::string password_file;
    std::string token_id;
    std::string token_label;

    [[nodiscard]] bool is_in_token() const { return !token_id.empty() || !token_label.empty(); }
};

std::unexpected<Error> wrong_flags(std::string detail) {
    return fail(ErrorCode::invalid_input, std::move(detail), "E_KEY_IMPORT");
}

Status check(const ImportFlags& flags) {
    const int ways = (flags.private_key_file.empty() ? 0 : 1) +
                     (flags.keystore_file.empty() ? 0 : 1) + (flags.is_in_token() ? 1 : 0);
    if (ways != 1)
        return wrong_flags(
            "say where the key comes from: --private-key FILE, --keystore FILE, or "
            "--token-id/--token-label of a key that is in the token already");
    if (flags.keystore_file.empty() != flags.password_file.empty())
        return wrong_flags("--keystore and --password go together");
    if (flags.is_in_token() && flags.where == to_string(store::KeyBackend::keystore))
        return wrong_flags("a key in the token cannot be taken out of it");
    return {};
}

Result<signer::Secret> read_private_key(const ImportFlags& flags) {
    if (!flags.private_key_file.empty()) {
        const auto text = signer::read_secret_file(flags.private_key_file);
        if (!text) return std::unexpected{text.error()};
        return signer::parse_private_key(*text);
    }
    const auto json = signer::read_secret_file(flags.keystore_file);
    if (!json) return std::unexpected{json.error()};
    const auto keystore = signer::software::parse_keystore(json->reveal());
    if (!keystore) return std::unexpected{keystore.error()};
    const auto password = signer::read_secret_file(flags.password_file);
    if (!password) return std::unexpected{password.error()};
    return signer::software::decrypt_key(*keystore, *password);
}

int adopt(const Session& session, KeyDesk& desk, const ImportFlags& flags) {
    if (!desk.opened.back_ends.token)
        return report(session, {ErrorCode::unsupported, "no token is configured", "E_KEY_BACKEND"});
    auto id = flags.token_id.empty() ? Result<Bytes>{} : parse_hex(flags.token_id);
    if (!id) return report(session, id.error());
    flow::TokenSource token{*desk.opened.back_ends.token};
    const auto key = desk.keyring.pin(
        flags.label,
        {.at = SystemClock{}.now(),
         .actor = kOperator,
         .action = "key.adopted",
         .subject = {},
         .detail = {}},
        store::KeyBackend::token,
        [&](flow::KeySource&) { return token.adopt({*id, flags.token_label}); });
    if (!key) return report(session, key.error());
    return show_new_key(session, "Took in", *key);
}

int import(const Session& session, const ImportFlags& flags) {
    if (auto ok = check(flags); !ok) return report(session, ok.error());
    const auto backend = parse_backend(flags.where);
    if (!backend) return report(session, backend.error());
    const auto desk = open_key_desk(session);
    if (!desk) return report(session, desk.error());
    if (flags.is_in_token()) return adopt(session, **desk, flags);
    auto private_key = read_private_key(flags);
    if (!private_key) return report(session, private_key.error());
    const auto key = (*desk)->keyring.import(
        flags.label, kOperator, SystemClock{}.now(), std::move(*private_key), *backend);
    if (!key) return report(session, key.error());
    return show_new_key(session, "Imported", *key);
}

}  // namespace

void add_key_import(CLI::App& command, Session& session) {
    const auto flags = std::make_shared<ImportFlags>();
    auto* sub = command.add_subcommand(
        "import", "Take in a key that exists; there is no way to get one out again");
    sub->add_option("name", flags->label, "Its label here")->required();
    sub->add_option(
        "--in", flags->where, "token or keystore (default: the token, if there is one)");
    sub->add_option(
        "--private-key", flags->private_key_file, "File (0600) with the private key in hex");
    sub->add_option("--keystore", flags->keystore_file, "Web3 Secret Storage file (0600)");
    sub->add_option("--password", flags->password_file, "File (0600) with the keystore's password");
    sub->add_option(
        "--token-id", flags->token_id, "CKA_ID (0x…) of a key that is in the token already");
    sub->add_option("--token-label", flags->token_label, "CKA_LABEL of such a key");
    sub->footer(
        "An imported key was once outside the token: chela key attest says so. Destroy the file\n"
        "afterwards (shred -u).\n\n"
        "Examples:\n"
        "  chela key import treasury --token-label ops-2026      # made by the HSM's own tool\n"
        "  chela key import old --keystore UTC--2024.json --password pw.txt\n"
        "  chela key import test --private-key key.hex --in keystore");
    sub->callback(
        [&session, flags] { session.run = [&session, flags] { return import(session, *flags); }; });
}

}  // namespace chela::sidecar::cli
