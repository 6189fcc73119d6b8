#pragma once

#include "sidecar/auth/principal.hpp"
#include "sidecar/edge/clock.hpp"
#include "sidecar/http/message.hpp"
#include "sidecar/mcp/channel.hpp"
#include "sidecar/mcp/message.hpp"
#include "sidecar/mcp/request_state.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace chela::sidecar::mcp {

/// Instead of a result: the client is to ask somebody, and to send the request again with what they
/// said. Source: 2026-07-28, "Multi round-trip requests".
struct InputRequired {
    Json requests;  ///< an object: name → {method, params}
    Json state;     ///< comes back with the answers, unchanged; null: none
};
using Outcome = std::variant<Json, InputRequired>;

/// A request, as a method is given it.
struct Call {
    auth::Principal caller;  ///< who was authenticated
    Era era{Era::legacy};
    std::string method;
    Json params;               ///< an object
    Json client_capabilities;  ///< an object; of a legacy client nothing is remembered: empty
    Json input_responses;      ///< an object: name → what the client was told, an object each
    Json state;                ///< of the InputRequired before; null: none
    std::shared_ptr<Channel> channel;  ///< null: the answer is one document
    Deadline deadline;
};
using Answer = boost::asio::awaitable<RpcResult<Outcome>>;

/// One method that is served.
struct Method {
    enum class Eras : std::uint8_t { both, legacy, modern };
    enum class Result : std::uint8_t { fresh, cacheable };
    std::string name;
    std::function<Answer(Call)> handler;
    Eras eras{Eras::both};
    Result result{Result::fresh};  ///< cacheable: modern clients hear for how long
    std::string named_by;          ///< the parameter that Mcp-Name repeats; empty: none
    /// Does it send something before its answer? Empty: never.
    // NOLINTNEXTLINE(readability-redundant-member-init): without it, leaving it out warns
    std::function<bool(const Json& params)> streams{};
};

/// What clients are told of the server.
struct About {
    std::string name;
    std::string title;
    std::string version;
    std::string instructions;
    Json capabilities;  ///< ServerCapabilities
};

/// Speaks the Model Context Protocol over HTTP POST, in its revisions 2026-07-28 and 2025-11-25. It
/// keeps no sessions: legacy clients get none, modern ones need none. What is served is a table.
/// Threads: the io_context's one.
class Engine {
public:
    /// @param methods  besides initialize, ping and server/discover, which are its own
    Engine(About about, std::vector<Method> methods, const Clock& clock);

    /// @param request  of somebody who has been authenticated
    /// @param caller   who that is
    [[nodiscard]] boost::asio::awaitable<http::Response> post(
        http::Request request, auth::Principal caller);

private:
    [[nodiscard]] const Method* find(std::string_view name, Era era) const;
    boost::asio::awaitable<http::Response> serve(
        http::Request request, Message message, auth::Principal caller, Era era);
    [[nodiscard]] http::Response hear(const Message& message, const auth::Principal& caller) const;
    RpcResult<Call> read_call(const http::Request& request, Message message, Call call) const;
    [[nodiscard]] std::string binding_of(const Call& call) const;
    boost::asio::awaitable<RpcResult<Json>> run(const Method& method, Call call);
    RpcResult<Json> finish(const Method& method, const Call& call, Outcome outcome) const;
    boost::asio::awaitable<http::Response> stream(const Method& method, Call call, Json id);
    static boost::asio::awaitable<void> run_on_channel(
        Engine* self, const Method* method, Call call, Json id);

    About about_;
    std::vector<Method> methods_;
    const Clock& clock_;
    StateSeal seal_;
    std::shared_ptr<Questions> questions_ = std::make_shared<Questions>();
};

/// Before a message was looked at: 401, 403 and the like, with an error that has no id.
[[nodiscard]] http::Response refusal(unsigned status, const RpcError& error);

}  // namespace chela::sidecar::mcp
