#pragma once

#include "tests/e2e/support/sidecar.hpp"

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::test {

inline constexpr const char* kClientToken = "0123456789abcdef0123456789abcdef";

/// A chela whose one identity, `tester`, has its authority at `url`: its own client token, and this
/// process's uid.
class Front {
public:
    Front(const LocalNode& node, const std::string& url, const TestAgent& agent)
        : sidecar{node.url()},
          agent_{agent} {
        sidecar.add_identity(agent, kClientToken);
        sidecar.edit_config(
            "    api_key_file: agent.key\n",
            fmt::format("    api_key_file: agent.key\n    authority: {}\n", url));
    }

    Output enlist(
        const std::vector<std::string>& flags = {
            "--chain", "anvil", "--to", kPayee, "--max-value", "0.5"}) {
        std::vector<std::string> arguments{"agent", "create", "payer", "--identity", "tester"};
        arguments.insert(arguments.end(), flags.begin(), flags.end());
        return sidecar.cli(arguments);
    }

    HttpAnswer pay(const std::string& value, const std::string& key = {}) const {
        Headers headers{{"Content-Type", "application/json"}};
        if (!key.empty()) headers.emplace_back("Idempotency-Key", key);
        return must(sidecar.unix_client().request(
            "POST", "/v1/agents/" + agent_.id + "/transactions", headers,
            payment(kPayee, value).dump()));
    }

    Json look(const std::string& id) const {
        return json_of(must(sidecar.unix_client().request(
            "GET", "/v1/agents/" + agent_.id + "/transactions/" + id)));
    }

    /// Until this is its state.
    Json wait_for(const Json& transaction, const std::string& state) const {
        Json last;
        const bool is_so = eventually(
            [&] {
                last = look(text(transaction.at("id")));
                return last.value("state", "") == state;
            },
            std::chrono::seconds{60});
        if (!is_so) throw std::runtime_error{"it is not " + state + ": " + last.dump()};
        return last;
    }

    HttpAnswer me() const { return must(sidecar.unix_client().request("GET", "/v1/agents/me")); }

    Sidecar sidecar;

private:
    TestAgent agent_;
};

/// Ten ether.
inline void fund(const LocalNode& node, const std::string& address) {
    static_cast<void>(
        must(node.rpc("hardhat_setBalance", Json::array({address, "0x8ac7230489e80000"}))));
}

}  // namespace chela::test
