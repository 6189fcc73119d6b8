#include "chains/base/address.hpp"
#include "sidecar/cli/key_commands.hpp"
#include "signer/pkcs11/attest.hpp"

#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

namespace {

using Rows = std::vector<signer::pkcs11::AttributeRow>;

std::string_view to_string(signer::pkcs11::AttributeRow::Judgement judgement) {
    using enum signer::pkcs11::AttributeRow::Judgement;
    switch (judgement) {
        case good:
            return "good";
        case wider:
            return "wider";
        case weaker:
            return "weaker";
        case bad:
            return "bad";
    }
    bug("a Judgement that does not exist");
}

Json attestation_view(
    const store::SigningKeyRecord& key, const std::string& origin, const Rows& rows) {
    Json attributes = Json::object();
    Json judgements = Json::object();
    for (const auto& row : rows) {
        attributes[std::string{row.name}] = row.value;
        judgements[std::string{row.name}] = to_string(row.judgement);
    }
    Json view = key_view(key);
    view["lives_in"] = origin;
    view["attributes"] = std::move(attributes);
    view["judgements"] = std::move(judgements);
    view["cannot_leave"] = is_proof_of_origin(rows);
    return view;
}

/// What the token says of the key now, after it has proven by a signature to be the pinned one.
Result<Rows> read_attributes(KeyDesk& desk, const store::SigningKeyRecord& key) {
    if (key.backend != store::KeyBackend::token)
        return fail(
            ErrorCode::unsupported,
            "the key is in the software keystore: there is no device that could attest to it",
            "E_NO_ATTESTATION");
    if (!desk.opened.back_ends.token)
        return fail(ErrorCode::unsupported, "no token is configured", "E_KEY_BACKEND");
    const auto info = desk.opened.back_ends.token->prove(key.token_id);
    if (!info) return std::unexpected{info.error()};
    if (info->public_key != key.public_key)
        return fail(
            ErrorCode::bad_response, "the private key in the token is not the one that was pinned",
            "E_KEY_CHANGED");
    return signer::pkcs11::attest(info->attributes);
}

int attest(const Session& session, const std::string& name) {
    const auto desk = open_key_desk(session);
    if (!desk) return report(session, desk.error());
    const auto key = (*desk)->opened.store->key(name);
    if (!key) return report(session, key.error());
    const auto rows = read_attributes(**desk, *key);
    if (!rows) return report(session, rows.error());
    const auto origin = to_string((*desk)->opened.back_ends.token->origin());
    const bool cannot_leave = is_proof_of_origin(*rows);
    if (session.json) {
        print_json(attestation_view(*key, origin, *rows));
    } else {
        std::cout
            << "key      " << key->label << "\naddress  " << to_checksum(key->address)
            << "\nlives    " << origin << "\n"
            << to_text(*rows)
            << (cannot_leave
                    ? "The private key was made in the token and cannot leave it.\n"
                    : "WARNING: a line above is weaker or BAD; this key may be known elsewhere.\n");
    }
    return cannot_leave ? 0 : exit_status(ErrorCode::invalid_input);
}

}  // namespace

void add_key_attest(CLI::App& command, Session& session) {
    const auto name = std::make_shared<std::string>();
    auto* sub = command.add_subcommand(
        "attest", "Show the PKCS#11 attributes that keep a key in its token");
    sub->add_option("name", *name, "Label or id")->required();
    sub->footer(
        "The exit status is 0 only when the key was made in the token and cannot leave it.\n\n"
        "Examples:\n  chela key attest treasury\n"
        "  chela key attest treasury --json | jq .attributes");
    sub->callback(
        [&session, name] { session.run = [&session, name] { return attest(session, *name); }; });
}

}  // namespace chela::sidecar::cli
