#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "policy/decide/asset_names.hpp"
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

constexpr unsigned kGweiDecimals = 9;

Result<std::vector<policy::BoundPolicy>> read_policies(const std::vector<std::string>& files) {
    std::vector<policy::BoundPolicy> policies;
    for (const auto& file : files) {
        auto read = read_policy_file(file);
        if (!read) return std::unexpected{read.error()};
        policies.push_back({std::make_shared<const policy::Policy>(std::move(read->policy)), {}});
    }
    return policies;
}

/// What a raw transaction says of itself; nullptr: none was given.
const chains::Transaction* transaction_of(
    const DecodeOptions& options, const DecodeRequest& request) {
    if (options.transaction.empty()) return nullptr;
    return std::get_if<chains::Transaction>(&request.content);
}

Json view_of(const chains::Transaction& transaction, const DecodeRequest& request) {
    const auto fee = chains::max_fee(transaction);
    return {
        {"type", static_cast<unsigned>(chains::type_of(transaction))},
        {"chain_id", chains::chain_id(transaction).value},
        {"nonce", chains::nonce(transaction).value},
        {"gas", chains::gas_limit(transaction).value},
        {"max_gas_price", to_decimal(chains::max_gas_price(transaction).value)},
        {"max_fee", fee ? Json(to_decimal(fee->value)) : Json(nullptr)},
        {"signing_hash", to_hex(chains::signing_hash(transaction))},
        {"hash", request.hash ? Json(to_hex(*request.hash)) : Json(nullptr)}};
}

void print(const chains::Transaction& transaction, const DecodeRequest& request) {
    const auto fee = chains::max_fee(transaction);
    std::cout << "hash    "
              << (request.hash
                      ? to_hex(*request.hash)
                      : to_hex(chains::signing_hash(transaction)) + " (to sign; not signed yet)")
              << "\ntype    " << static_cast<unsigned>(chains::type_of(transaction)) << ", chain "
              << chains::chain_id(transaction).value << ", nonce "
              << chains::nonce(transaction).value << "\nfee     "
              << (fee ? "at most " + format_units(fee->value, kNativeDecimals)
                      : std::string{"more than 256 bits"})
              << " of the native currency: " << chains::gas_limit(transaction).value
              << " gas at most at "
              << format_units(chains::max_gas_price(transaction).value, kGweiDecimals) << " gwei\n";
}

/// Nobody is known to act: no address stands for him.
void forget_actors(Json& nodes) {
    for (auto& node : nodes) {
        if (node["actor"] == to_checksum(Address{})) node["actor"] = nullptr;
        forget_actors(node["inner"]);
    }
}

int decode(const Session& session, const DecodeOptions& options) {
    const auto request = read_decode_request(options);
    if (!request) return report(session, request.error());
    const auto policies = read_policies(options.policies);
    if (!policies) return report(session, policies.error());
    const auto contracts = policy::contracts_of(*policies);
    if (!contracts) return report(session, contracts.error());
    // Who acts matters to the effects: an unknown signer is nobody's address.
    const auto signer = request->signer.value_or(Address{});
    const auto tree = policy::decode_preimage(request->content, signer, *contracts);
    const auto names = policy::asset_names(*policies);
    const auto* transaction = transaction_of(options, *request);
    if (session.json) {
        Json out{{"signer", nullptr}, {"effects", policy::to_json(tree, names)}};
        if (request->signer) {
            out["signer"] = to_checksum(signer);
        } else {
            forget_actors(out["effects"]["roots"]);
        }
        if (transaction != nullptr) out["transaction"] = view_of(*transaction, *request);
        print_json(out);
        return 0;
    }
    std::cout << "signer  "
              << (request->signer ? to_checksum(signer)
                                  : to_checksum(signer) + " (unknown; name it with --from)")
              << "\n";
    if (transaction != nullptr) print(*transaction, *request);
    std::cout << policy::to_text(tree, names);
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
    sub->add_option("--policy", options->policies, "Documents that declare contracts and assets");
    sub->footer(
        "Needs no state directory.\n\nExamples:\n  chela policy decode --tx 0x02f8…\n"
        "  chela policy decode --data 0x095ea7b3… --to 0x8335… --chain 8453 --from 0x7099…\n"
        "  chela policy decode --typed-data permit.json --from 0x7099… --json");
    sub->callback([&session, options] {
        session.run = [&session, options] { return decode(session, *options); };
    });
}

}  // namespace chela::sidecar::cli
