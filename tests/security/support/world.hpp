#pragma once

#include "tests/e2e/support/sidecar.hpp"
#include "tests/sidecar/http/raw_client.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chela::test::security {

using sidecar::http::test::RawClient;
using sidecar::http::test::RawResponse;

inline constexpr const char* kClientToken = "0123456789abcdef0123456789abcdef";

/// A node, a served state directory and an agent that may pay kPayee at most 1 ETH a day.
struct World {
    using Edits = std::vector<std::pair<std::string, std::string>>;
    /// @param edits  of chela.yaml, before it is served
    /// @param in_front  the node that chela is told of in place of anvil
    /// @param secrets  more files of the state directory, name → text
    explicit World(
        const Edits& edits = {},
        const std::function<std::string(const LocalNode& anvil)>& in_front = {},
        const std::map<std::string, std::string>& secrets = {});

    /// Sends exactly these bytes on a connection of its own. @return the first answer; nothing: it
    /// was closed without one
    [[nodiscard]] std::optional<RawResponse> send(std::string_view bytes) const;
    [[nodiscard]] std::optional<RawResponse> send_unix(std::string_view bytes) const;
    /// GET /v1/health on TCP. @return its status, 0: no answer
    [[nodiscard]] unsigned health() const;
    /// As the agent, recognised by its client token.
    [[nodiscard]] HttpAnswer ask(
        const std::string& method,
        const std::string& path,
        const std::string& body = {},
        Headers headers = {}) const;
    [[nodiscard]] HttpAnswer ask_admin(
        const std::string& method, const std::string& path, const std::string& body = {}) const;
    [[nodiscard]] std::string transactions() const {
        return "/v1/agents/" + agent.id + "/transactions";
    }
    /// What the agent has on the chain.
    [[nodiscard]] std::uint64_t sent() const { return transactions_of(*anvil, agent.address); }

    std::unique_ptr<Anvil> anvil;
    Sidecar sidecar;
    TestAgent agent;
};

/// One that tests share which leave it as it was. On the main thread.
[[nodiscard]] World& world();

/// One JSON-RPC call's body.
[[nodiscard]] std::string call_of(const std::string& method, const Json& parameters);

/// "GET / HTTP/1.1\r\nHost: localhost\r\n…\r\n" @param headers  each ended by CRLF
[[nodiscard]] std::string get(std::string_view target, std::string_view headers = "");
/// With Content-Length, and Content-Type: application/json.
[[nodiscard]] std::string post(
    std::string_view target, std::string_view body, std::string_view headers = "");

/// 4xx or 5xx.
[[nodiscard]] bool is_refusal(const std::optional<RawResponse>& answer);
/// For messages: the status, "closed" without one.
[[nodiscard]] std::string shown(const std::optional<RawResponse>& answer);

}  // namespace chela::test::security
