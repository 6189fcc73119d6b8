#include "chains/base/address.hpp"
#include "policy/decide/envelope_facts.hpp"
#include "policy/decide/record.hpp"
#include "policy/decode/preimage.hpp"
#include "sidecar/cli/policy_commands.hpp"
#include "sidecar/cli/policy_decode_request.hpp"

#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {
namespace {

/// What the documents declare of contracts.
Result<policy::Contracts> contracts_of_files(const std::vector<std::string>& files) {
    std::vector<policy::BoundPolicy> policies;
    for (const auto& file : files) {
        auto read = read_policy_file(file);
        if (!read) return std::unexpected{read.error()};
        policies.push_back({std::make_shared<const policy::Policy>(std::move(read->policy)), {}});
    }
    return policy::contracts_of(policies);
}

int decode(const Session& session, const DecodeOptions& options) {
    const auto request = read_decode_request(options);
    if (!request) return report(session, request.error());
    const auto contracts = contracts_of_files(options.policies);
    if (!contracts) return report(session, contracts.error());
    // Who acts matters to the effects: an unknown signer is nobody's address.
    const auto signer = request->signer.value_or(Address{});
    const auto tree = policy::decode_preimage(request->content, signer, *contracts);
    if (session.json) {
        print_json({{"signer", to_checksum(signer)}, {"effects", policy::to_json(tree)}});
        return 0;
    }
    std::cout << "signer  "
              << (request->signer ? to_checksum(signer)
                                  : to_checksum(signer) + " (unknown; name it with --from)")
              << "\n"
              << policy::to_text(tree);
    return 0;
}

}  // namespace

void add_policy_decode(CLI::App& command, Session& session) {
    const auto options = std::make_shared<DecodeOptions>();
    auto* sub = command.add_subcommand(
        "decode", "Show what a transaction, calldata or typed data does; no verdict");
    sub->add_option("--tx", options->transaction, "Raw transaction in hex, unsigned or signed");
    sub->add_option("--data", options->data, "Calldata in hex; with --to and --chain");
    sub->add_option("--to", options->to, "The contract that is called");
    sub->add_option("--value", options->value, "Native value in major units, with --data");
    sub->add_option("--typed-data", options->typed_data, "File of EIP-712 JSON, - for stdin");
    sub->add_option(
        "--user-operation", options->user_operation,
        "File of an ERC-4337 operation as JSON; with --entry-point and --chain");
    sub->add_option("--entry-point", options->entry_point, "Its EntryPoint");
    sub->add_option("--message", options->message, "Text for personal_sign");
    sub->add_option("--chain", options->chain, "Id of the chain");
    sub->add_option("--from", options->from, "The account that signs");
    sub->add_option("--policy", options->policies, "Documents that declare contracts");
    sub->footer(
        "Needs no state directory.\n\nExamples:\n  chela policy decode --tx 0x02f8…\n"
        "  chela policy decode --data 0x095ea7b3… --to 0x8335… --chain 8453 --from 0x7099…\n"
        "  chela policy decode --typed-data permit.json --from 0x7099… --json");
    sub->callback([&session, options] {
        session.run = [&session, options] { return decode(session, *options); };
    });
}

}  // namespace chela::sidecar::cli
