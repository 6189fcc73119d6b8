#pragma once

#include "chains/base/json.hpp"
#include "tests/support/anvil.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace chela::test {

/// An account that anvil has funded and unlocked; recipients of the tests.
inline constexpr const char* kPayee = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
inline constexpr const char* kStranger = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";

struct TestAgent {
    std::string id;
    std::string api_key;
    std::string address;
};

/// The built binary with a state directory of its own, made by `chela init`. What fails in here
/// throws, which fails the test.
class Sidecar {
public:
    /// @param rpc_url     becomes chain "anvil", id 31337
    /// @param init_flags  of `chela init`
    explicit Sidecar(const std::string& rpc_url, std::vector<std::string> init_flags = {});

    /// The program: $CHELA_BIN, or the one that this test was built for.
    [[nodiscard]] static std::string binary();
    [[nodiscard]] const std::filesystem::path& dir() const { return dir_; }
    [[nodiscard]] std::filesystem::path socket() const { return dir_ / "chela.sock"; }
    [[nodiscard]] const std::string& admin_key() const { return admin_key_; }
    /// Replaces text in chela.yaml.
    void edit_config(const std::string& from, const std::string& to);

    /// Runs `chela …` on the state directory.
    [[nodiscard]] Output cli(
        std::vector<std::string> arguments,
        std::map<std::string, std::string> environment = {}) const;
    /// As cli, with --json; the exit status must be 0.
    [[nodiscard]] Json cli_json(std::vector<std::string> arguments) const;

    /// @param flags  of `chela agent create`; the agent's address gets 10 ETH
    [[nodiscard]] TestAgent create_agent(const LocalNode& node, std::vector<std::string> flags);
    /// An identity for the agent, for this process's own uid and for the client token.
    void add_identity(const TestAgent& agent, const std::string& client_token);

    void start(std::map<std::string, std::string> environment = {});
    /// SIGTERM. @return its exit status
    ExitStatus stop();
    void kill();
    [[nodiscard]] Process& process() const { return *process_; }
    [[nodiscard]] std::string log() const { return process_ ? process_->err() : std::string{}; }

    [[nodiscard]] HttpClient tcp() const { return HttpClient{HttpClient::Tcp{"127.0.0.1", port_}}; }
    [[nodiscard]] HttpClient unix_client() const { return HttpClient{HttpClient::Unix{socket()}}; }
    [[nodiscard]] std::uint16_t port() const { return port_; }

    /// POST /v1/auth/agent-token.
    [[nodiscard]] std::string token_for(const TestAgent& agent) const;
    /// POST …/transactions as the agent with a fresh JWT.
    [[nodiscard]] HttpAnswer submit(
        const TestAgent& agent,
        const Json& body,
        const std::string& idempotency_key = {},
        const std::string& suffix = {}) const;
    /// GET …/transactions/{id} until its state is one of confirmed, reverted, cancelled, failed,
    /// denied, simulation_failed.
    [[nodiscard]] Json wait_final(const TestAgent& agent, const std::string& id) const;
    /// @param transaction  as the API showed it
    [[nodiscard]] Json wait_final(const TestAgent& agent, const Json& transaction) const;

private:
    TempDir temp_;
    std::filesystem::path dir_;
    std::string admin_key_;
    std::unique_ptr<Process> process_;
    std::uint16_t port_{};
};

/// {"chain": "anvil", "to": …, "value": …}
[[nodiscard]] Json payment(const std::string& to, const std::string& value);

/// Throws std::runtime_error with the error's words.
template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error{result.error().detail};
    return std::move(*result);
}

/// A JSON string as text; throws when it is none.
[[nodiscard]] std::string text(const Json& value);

/// The body as JSON; throws when it is not.
[[nodiscard]] Json json_of(const HttpAnswer& answer);

/// Balance in wei, as decimal text.
[[nodiscard]] std::string balance_of(const LocalNode& node, const std::string& address);
/// Transactions the chain has from this address.
[[nodiscard]] std::uint64_t transactions_of(const LocalNode& node, const std::string& address);

}  // namespace chela::test
