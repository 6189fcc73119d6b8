#include "tests/e2e/support/sidecar.hpp"

#include "chains/base/u256.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::test {

namespace {

constexpr std::chrono::seconds kCliLimit{60};
constexpr std::chrono::seconds kStartLimit{30};
constexpr std::chrono::seconds kFinalLimit{60};

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in{path};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void write_private(const std::filesystem::path& path, const std::string& text) {
    std::ofstream{path} << text;
    std::filesystem::permissions(
        path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace

Json payment(const std::string& to, const std::string& value) {
    return {{"chain", "anvil"}, {"to", to}, {"value", value}};
}

std::string text(const Json& value) {
    return value.get<std::string>();
}

Json json_of(const HttpAnswer& answer) {
    return must(answer.json());
}

std::string balance_of(const LocalNode& node, const std::string& address) {
    const auto balance = must(node.rpc("eth_getBalance", Json::array({address, "latest"})));
    return to_decimal(must(parse_quantity(balance.get<std::string>())));
}

std::uint64_t transactions_of(const LocalNode& node, const std::string& address) {
    const auto count = must(node.rpc("eth_getTransactionCount", Json::array({address, "latest"})));
    return *must(parse_quantity(count.get<std::string>())).to_uint64();
}

Sidecar::Sidecar(const std::string& rpc_url, std::vector<std::string> init_flags)
    : dir_{temp_.path() / "state"} {
    init_flags.insert(init_flags.begin(), "init");
    const Json made = cli_json(std::move(init_flags));
    admin_key_ = made.at("admin_key").get<std::string>();
    edit_config(
        "chains: {}\n",
        fmt::format(
            "chains:\n  anvil:\n    chain_id: 31337\n    rpc_url: {}\n    "
            "max_fee_per_transaction: 0.05 ETH\n"
            "    poll_interval: 100ms\n    rpc_timeout: 3s\n    block_time: 200ms\n",
            rpc_url));
}

std::string Sidecar::binary() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets one while the tests run
    const char* other = std::getenv("CHELA_BIN");
    return other != nullptr ? other : CHELA_BINARY;
}

void Sidecar::edit_config(const std::string& from, const std::string& to) {
    std::string text = read_file(dir_ / "chela.yaml");
    const auto at = text.find(from);
    if (at == std::string::npos) throw std::runtime_error{"chela.yaml lacks: " + from};
    text.replace(at, from.size(), to);
    write_private(dir_ / "chela.yaml", text);
}

Output Sidecar::cli(
    std::vector<std::string> arguments, std::map<std::string, std::string> environment) const {
    ProcessOptions options;
    options.argv = {binary()};
    options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
    options.argv.insert(options.argv.end(), {"--dir", dir_.string()});
    options.environment = std::move(environment);
    return must(run(std::move(options), kCliLimit));
}

Json Sidecar::cli_json(std::vector<std::string> arguments) const {
    arguments.emplace_back("--json");
    const auto output = cli(std::move(arguments));
    if (output.status.code != 0)
        throw std::runtime_error{"chela failed: " + output.err + output.out};
    return must(parse_json(output.out));
}

TestAgent Sidecar::create_agent(const LocalNode& node, std::vector<std::string> flags) {
    std::vector<std::string> arguments{"agent", "create", "tester"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    const Json made = cli_json(std::move(arguments));
    TestAgent agent{
        made.at("agent").at("id").get<std::string>(), made.at("api_key").get<std::string>(),
        made.at("agent").at("evm_address").get<std::string>()};
    static_cast<void>(
        must(node.rpc("hardhat_setBalance", Json::array({agent.address, "0x8ac7230489e80000"}))));
    return agent;
}

void Sidecar::add_identity(const TestAgent& agent, const std::string& client_token) {
    write_private(dir_ / "agent.key", agent.api_key);
    write_private(dir_ / "client.token", client_token);
    edit_config(
        "identities: {}\n", fmt::format(
                                "identities:\n  tester:\n    agent_id: {}\n    api_key_file: "
                                "agent.key\n    allow:\n      uids: [{}]\n"
                                "      client_token_file: client.token\n",
                                agent.id, ::getuid()));
}

void Sidecar::start(std::map<std::string, std::string> environment, const std::string& listen) {
    const auto port_file = dir_ / "port";
    std::filesystem::remove(port_file);
    ProcessOptions options;
    options.argv = {binary(),   "serve", "--dir",       dir_.string(),
                    "--listen", listen,  "--port-file", port_file.string()};
    options.environment = std::move(environment);
    process_ = must(Process::start(std::move(options)));
    const bool up = eventually(
        [&] { return std::filesystem::exists(port_file) || !process_->is_running(); }, kStartLimit);
    if (!up || !std::filesystem::exists(port_file))
        throw std::runtime_error{"chela serve did not start: " + process_->err()};
    port_ = static_cast<std::uint16_t>(std::stoi(read_file(port_file)));
}

ExitStatus Sidecar::stop() {
    process_->send(SIGTERM);
    const auto status = process_->wait(kStartLimit);
    if (!status) throw std::runtime_error{"chela serve did not stop"};
    return *status;
}

void Sidecar::kill() {
    process_->send(SIGKILL);
    if (!process_->wait(kStartLimit)) throw std::runtime_error{"chela serve survived SIGKILL"};
}

std::string Sidecar::token_for(const TestAgent& agent) const {
    const auto answer = must(tcp().request(
        "POST", "/v1/auth/agent-token", {},
        Json{{"agent_id", agent.id}, {"api_key", agent.api_key}}.dump()));
    if (answer.status != 200) throw std::runtime_error{"no token: " + answer.body};
    return json_of(answer).at("access_token").get<std::string>();
}

HttpAnswer Sidecar::submit(
    const TestAgent& agent,
    const Json& body,
    const std::string& idempotency_key,
    const std::string& suffix) const {
    Headers headers{{"Authorization", "Bearer " + token_for(agent)}};
    if (!idempotency_key.empty()) headers.emplace_back("Idempotency-Key", idempotency_key);
    return must(tcp().request(
        "POST", "/v1/agents/" + agent.id + "/transactions" + suffix, headers, body.dump()));
}

Json Sidecar::wait_final(const TestAgent& agent, const std::string& id) const {
    const Headers headers{{"Authorization", "Bearer " + token_for(agent)}};
    Json last;
    const bool done = eventually(
        [&] {
            last = json_of(must(
                tcp().request("GET", "/v1/agents/" + agent.id + "/transactions/" + id, headers)));
            const auto state = last.value("state", "");
            return state == "confirmed" || state == "reverted" || state == "failed" ||
                   state == "denied" || state == "simulation_failed" || state == "cancelled";
        },
        kFinalLimit);
    if (!done) throw std::runtime_error{"the transaction did not become final: " + last.dump()};
    return last;
}

Json Sidecar::wait_final(const TestAgent& agent, const Json& transaction) const {
    return wait_final(agent, text(transaction.at("id")));
}

}  // namespace chela::test
