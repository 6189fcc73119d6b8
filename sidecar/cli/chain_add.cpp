#include "sidecar/api/chain_request.hpp"
#include "sidecar/cli/chain_desk.hpp"
#include "sidecar/edge/text_file.hpp"
#include "sidecar/flow/chain_urls.hpp"
#include "signer/secret.hpp"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

namespace {

struct AddOptions {
    std::string name;
    std::optional<std::uint64_t> chain_id;
    std::string rpc_url;
    std::string rpc_url_file;
    std::string max_fee;
    std::optional<std::string> display_name;
    std::optional<std::string> explorer_url;
    std::optional<std::string> currency;
    std::optional<std::uint64_t> confirmations;
    bool is_testnet = false;
    bool has_gas_price = false;
    bool is_disabled = false;
};

std::string first_line(std::string text) {
    text.resize(std::min(text.find_first_of("\r\n"), text.size()));
    return text;
}

/// Other users of the machine read a command line; a key belongs into a file or a pipe.
Result<std::string> rpc_url(const AddOptions& options) {
    if (options.rpc_url_file == "-") {
        auto text = read_standard_input();
        if (!text) return text;
        return first_line(std::move(*text));
    }
    if (!options.rpc_url_file.empty()) {
        const auto secret = signer::read_secret_file(options.rpc_url_file);
        if (!secret) return std::unexpected{secret.error()};
        return first_line(std::string{secret->reveal()});
    }
    if (options.rpc_url.empty() || flow::is_bare_url(options.rpc_url)) return options.rpc_url;
    return fail(
        ErrorCode::invalid_input,
        "--rpc-url takes scheme, host and port alone: whatever else a URL has may be a key, and "
        "other users of this machine can read a command line; put the URL into a file of mode "
        "0600 and name it with --rpc-url-file, or pipe it in with --rpc-url-file -",
        std::string{kUsageReason});
}

template <class T>
void add_member(Json& request, const char* member, const std::optional<T>& value) {
    if (value) request[member] = *value;
}

/// The same request as over HTTP. A chain that is not well known is shown by its name.
Json to_request(const AddOptions& options, const std::string& url) {
    Json request = {{"name", options.name}, {"rpc_url", url}, {"is_enabled", !options.is_disabled}};
    add_member(request, "chain_id", options.chain_id);
    add_member(request, "display_name", options.display_name);
    add_member(request, "explorer_url", options.explorer_url);
    add_member(request, "native_currency", options.currency);
    add_member(request, "confirmations", options.confirmations);
    if (!options.max_fee.empty()) request["max_fee_per_transaction"] = options.max_fee;
    if (options.is_testnet) request["is_testnet"] = true;
    if (options.has_gas_price) request["has_eip1559"] = false;
    return request;
}

int add(const Session& session, const AddOptions& options) {
    const auto url = rpc_url(options);
    if (!url) return report(session, url.error());
    store::ChainRecord draft;
    const auto request = to_request(options, *url);
    if (auto ok = api::apply_chain_request(draft, request, api::ChainRequestKind::create); !ok)
        return report(session, ok.error());
    if (draft.chain.display_name.empty()) draft.chain.display_name = draft.chain.name;
    const auto desk = open_chain_desk(session);
    if (!desk) return report(session, desk.error());
    const auto made = (*desk)->chains().add(std::move(draft), "operator");
    if (!made) return report(session, made.error());
    return show_changed(session, *made, "Added");
}

void add_facts(CLI::App& sub, const std::shared_ptr<AddOptions>& options) {
    sub.add_option("--chain-id", options->chain_id, "Its EIP-155 id, of a name that is not known");
    sub.add_option("--display-name", options->display_name, "The name that people see");
    sub.add_option("--explorer-url", options->explorer_url, "Where people look at transactions");
    sub.add_option("--currency", options->currency, "The symbol of the native currency");
    sub.add_option(
        "--confirmations", options->confirmations,
        "Blocks, the transaction's own included, after which it counts as settled");
    sub.add_flag("--testnet", options->is_testnet, "Its money is worth nothing");
    sub.add_flag("--gas-price", options->has_gas_price, "It has no EIP-1559");
}

}  // namespace

void add_chain_add(CLI::App& command, Session& session) {
    const auto options = std::make_shared<AddOptions>();
    auto* sub = command.add_subcommand("add", "Add a chain and its node");
    sub->add_option("name", options->name, "Lower case: base, arbitrum-one, my-chain")->required();
    auto* file = sub->add_option(
        "--rpc-url-file", options->rpc_url_file,
        "The node's URL, in a file of mode 0600, or - for standard input");
    sub->add_option("--rpc-url", options->rpc_url, "The node's URL, when no part of it is secret")
        ->excludes(file);
    sub->add_option(
        "--max-fee", options->max_fee,
        "The most that one transaction's fee may cost, such as \"0.01 ETH\"");
    sub->add_flag("--disabled", options->is_disabled, "Sign nothing for it yet");
    add_facts(*sub, options);
    sub->footer(
        "What is left out of a well-known chain comes from a table: chela chain list --known.\n"
        "Exit status 73: a chain of this name or id is there already.\n\nExamples:\n"
        "  chela chain add base --rpc-url-file base.url --max-fee \"0.001 ETH\"\n"
        "  chela chain add anvil --rpc-url http://127.0.0.1:8545 --max-fee \"0.01 ETH\"\n"
        "  chela chain add my-chain --chain-id 4242 --currency MCH --rpc-url-file - --max-fee "
        "\"1 MCH\" < url");
    sub->callback([&session, options] {
        session.run = [&session, options] { return add(session, *options); };
    });
}

}  // namespace chela::sidecar::cli
