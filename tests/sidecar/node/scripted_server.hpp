#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

namespace chela::test {

/// One request as the server saw it.
struct Seen {
    std::string head;  ///< request line and headers
    std::string body;
};

/// What the server does with one request: the raw bytes of its answer; empty: it never answers.
using Step = std::function<std::string(const Seen&)>;
/// The steps of one connection; after the last one the server closes it. None: it closes without
/// reading.
using Script = std::vector<Step>;

/// An HTTP server on 127.0.0.1 that plays one script a connection, in the test's own io_context.
/// Connections beyond the scripts are closed at once.
class ScriptedServer {
public:
    ScriptedServer(
        boost::asio::io_context& context,
        std::vector<Script> scripts,
        std::shared_ptr<boost::asio::ssl::context> tls = nullptr);
    ~ScriptedServer();
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::string url(std::string_view rest = "/") const;
    [[nodiscard]] std::size_t accepted() const;
    [[nodiscard]] const std::vector<Seen>& seen() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

/// An HTTP answer with Content-Length.
[[nodiscard]] std::string http_answer(
    std::string_view status, std::string_view body, std::string_view headers = "");
/// 200 with `{"jsonrpc":"2.0","id":<the request's>,MEMBERS}`.
[[nodiscard]] Step answers(std::string members);
/// The same raw bytes to every request.
[[nodiscard]] Step raw(std::string bytes);
/// Reads the request and says nothing, with the connection open.
[[nodiscard]] Step silence();

}  // namespace chela::test
