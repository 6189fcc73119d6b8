#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "chains/base/units.hpp"
#include "sidecar/edge/blocking.hpp"
#include "sidecar/http/trace.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chela::sidecar {
class PeerProcess;
}

namespace chela::sidecar::http {

/// Who is at the other end of the socket, as the kernel says. Source: unix(7), SO_PEERCRED.
struct UnixPeer {
    std::uint32_t uid{};
    std::uint32_t gid{};
    std::int32_t pid{};
    /// Null: the kernel cannot pin it.
    // NOLINTNEXTLINE(readability-redundant-member-init): tests leave it out of the braces
    std::shared_ptr<const PeerProcess> process{};
};

/// Whose client certificate a TLS handshake verified, by chain, purpose and validity; the names are
/// as the certificate has them. Source: RFC 5280, 4.2.1.6.
struct TlsPeer {
    std::vector<std::string> uris;
    std::vector<std::string> dns_names;
    TimePoint valid_until;  ///< the first moment at which some certificate of the chain has ended
    std::string fault;      ///< not empty: why its names name nobody
};

/// What the way that a request came by is worth: which credentials may come by it.
enum class WayIn : std::uint8_t {
    readable,   ///< from anywhere, and everybody between can read it
    encrypted,  ///< TLS, from anywhere
    certified,  ///< TLS, from anywhere, with a client certificate
    local       ///< a unix socket or loopback: from this machine
};

/// What the access log tells of a request besides its route and status; whoever finds it out notes
/// it here. Threads: the io_context's one.
struct Footprint {
    std::string caller;       ///< "agent", "admin" or "operator"; empty: nobody known
    std::string agent_id;     ///< empty: no agent calls
    std::string intent_id;    ///< that the request made, or that its Idempotency-Key was of
    std::string decision_id;  ///< the latest decision about it
    std::string reason;       ///< E_… of a refusal that its door does not put into the status
};

/// A request after the gate: framing, Host, Origin, Sec-Fetch and path have been checked.
struct Request {
    std::string method;                             ///< upper case
    std::string path;                               ///< canonical, without query
    std::map<std::string, std::string> parameters;  ///< from the route: {agent_id} …
    std::map<std::string, std::string> query;       ///< decoded; a repeated name was refused
    std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case, in order
    std::string body;
    WayIn way_in{WayIn::readable};
    std::optional<UnixPeer> peer;                ///< set on unix sockets
    std::shared_ptr<const TlsPeer> certificate;  ///< set on TLS, if the client has one
    std::string route;                           ///< the pattern that serves it
    std::string peer_name;   ///< whom failures are counted against: "uid 1000", "127.0.0.1"
    std::string request_id;  ///< ours, in every log line and in X-Request-Id
    Trace trace;             ///< the caller's, or one that begins here
    Deadline deadline;
    bool wants_web_socket{};  ///< a handshake, for a path that offers it
    std::shared_ptr<Footprint> footprint = std::make_shared<Footprint>();  ///< never null
    /// Whoever refuses with 429 says here when it may be tried again; copies share it.
    std::shared_ptr<std::chrono::seconds> retry_after = std::make_shared<std::chrono::seconds>(0);

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
    std::string reason;                  ///< E_… of a refusal, for the access log; not sent
    /// Instead of all the above, to a request that wants_web_socket: it speaks from here on.
    std::shared_ptr<WebSocketHandler> web_socket;
};

[[nodiscard]] Response json_response(unsigned status, const Json& body);
[[nodiscard]] Response no_content();

}  // namespace chela::sidecar::http
