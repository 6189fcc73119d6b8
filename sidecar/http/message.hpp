#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "sidecar/edge/blocking.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chela::sidecar::http {

/// Who is at the other end of the socket, as the kernel says. Source: unix(7), SO_PEERCRED.
struct UnixPeer {
    std::uint32_t uid{};
    std::uint32_t gid{};
    std::int32_t pid{};
};

/// A request after the gate: framing, Host, Origin, Sec-Fetch and path have been checked.
struct Request {
    std::string method;                             ///< upper case
    std::string path;                               ///< canonical, without query
    std::map<std::string, std::string> parameters;  ///< from the route: {agent_id} …
    std::map<std::string, std::string> query;       ///< decoded; a repeated name was refused
    std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case, in order
    std::string body;
    std::optional<UnixPeer> peer;  ///< set on unix sockets
    std::string request_id;        ///< ours, in every log line and in X-Request-Id
    Deadline deadline;
    bool wants_web_socket{};  ///< a handshake, for a path that offers it

    /// @return the value; conflict-free because repeated singletons were refused by the server
    [[nodiscard]] std::optional<std::string_view> header(std::string_view lower_case_name) const;
};

/// A body that is made while it is sent. Threads: the io_context's one.
class BodySource {
public:
    virtual ~BodySource() = default;
    /// Waits for the next piece; one call at a time. @return empty: the body ends here
    [[nodiscard]] virtual boost::asio::awaitable<std::string> next() = 0;
    /// Nobody reads on: next() ends the body at once, whatever it waits for.
    virtual void stop() = 0;
};

class WebSocketHandler;

struct Response {
    unsigned status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    std::shared_ptr<BodySource> stream;  ///< instead of `body`; the connection ends with it
    /// Instead of all the above, to a request that wants_web_socket: it speaks from here on.
    std::shared_ptr<WebSocketHandler> web_socket;
};

[[nodiscard]] Response json_response(unsigned status, const Json& body);
[[nodiscard]] Response no_content();

}  // namespace chela::sidecar::http
