#pragma once

#include "sidecar/http/message.hpp"
#include "sidecar/mcp/protocol.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json.hpp>

namespace chela::sidecar::mcp {

/// What a legacy client was asked and has not answered yet, by the request's id, which nobody can
/// guess. Threads: the io_context's one.
class Questions {
public:
    /// The channel hears the answer. @return the id to ask with
    [[nodiscard]] std::string add(std::string caller, std::weak_ptr<class Channel> channel);
    void remove(const std::string& id) { open_.erase(id); }
    /// @return false: nobody asked this caller that
    [[nodiscard]] bool answer(
        const std::string& caller, const std::string& id, RpcResult<Json> outcome);

private:
    struct Open {
        std::string caller;
        std::weak_ptr<Channel> channel;
    };
    std::map<std::string, Open> open_;
};

/// What a method sends before its answer: an answer that is a stream of events. Nothing is lost
/// while the client reads slowly; nothing is kept for one that has gone.
/// Source: 2026-07-28, "Streamable HTTP"; WHATWG HTML, 9.2.
/// Threads: the io_context's one.
class Channel final : public http::BodySource, public std::enable_shared_from_this<Channel> {
public:
    Channel(
        boost::asio::any_io_executor executor,
        std::string caller,
        std::shared_ptr<Questions> questions);

    void notify(const std::string& method, Json params);
    /// Asks a legacy client, which answers with a message of its own.
    /// @return its error; -32603: it has gone, or said nothing until `deadline`
    [[nodiscard]] boost::asio::awaitable<RpcResult<Json>> ask(
        std::string method, Json params, Deadline deadline);
    /// The last message.
    void finish(const Json& message);

    [[nodiscard]] boost::asio::awaitable<std::string> next() override;
    void stop() override;

private:
    friend class Questions;
    void send(const Json& message);
    void hear(RpcResult<Json> outcome);

    std::string caller_;
    std::shared_ptr<Questions> questions_;
    std::deque<std::string> events_;
    std::optional<RpcResult<Json>> heard_;
    boost::asio::steady_timer has_event_;
    boost::asio::steady_timer has_heard_;
    bool is_over_ = false;
};

}  // namespace chela::sidecar::mcp
