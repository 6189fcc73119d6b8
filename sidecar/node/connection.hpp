#pragma once

#include "sidecar/edge/blocking.hpp"
#include "sidecar/node/url.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace boost::asio::ssl {
class context;
}

namespace chela::sidecar::node {

/// A POST of JSON. Secret: headers may hold keys; they never leave as text.
struct HttpPost {
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;  ///< besides those that every one has
};

/// A question that changes nothing. Secret: as above.
struct HttpGet {
    std::vector<std::pair<std::string, std::string>> headers;
};

struct HttpReply {
    unsigned status{};
    std::string body;
    bool is_reusable{};       ///< the server keeps the connection for another request
    std::string retry_after;  ///< the header as it was written; empty: there is none
};

/// One connection to a node. Threads: one at a time; one request at a time.
class Connection {
public:
    virtual ~Connection() = default;
    /// Sends one POST and reads its answer. After an error the connection is of no more use.
    /// @return timed_out: no complete answer, whatever the cause: the effect is unknown;
    /// bad_response: not HTTP, or oversized
    [[nodiscard]] virtual boost::asio::awaitable<Result<HttpReply>> exchange(
        HttpPost post, Deadline deadline) = 0;
    /// The same with a GET of the endpoint's target.
    [[nodiscard]] virtual boost::asio::awaitable<Result<HttpReply>> get(
        HttpGet question, Deadline deadline) = 0;
    /// May a further request be sent? No, once the server has closed it or sent anything unasked.
    [[nodiscard]] virtual bool is_still_open() = 0;
};

/// Resolves, connects and, for https, verifies the server's certificate and name.
/// @param tls  needed for Transport::tls
/// @return unavailable, "could not connect to ORIGIN: why": nothing of any request was sent
[[nodiscard]] boost::asio::awaitable<Result<std::unique_ptr<Connection>>> connect(
    boost::asio::any_io_executor executor,
    std::shared_ptr<boost::asio::ssl::context> tls,
    std::shared_ptr<const Endpoint> endpoint,
    std::size_t max_response_bytes,
    Deadline deadline);

/// As connect, to one of these addresses and no other; the host name is only what the certificate
/// must name.
[[nodiscard]] boost::asio::awaitable<Result<std::unique_ptr<Connection>>> connect_to(
    boost::asio::any_io_executor executor,
    std::vector<boost::asio::ip::tcp::endpoint> addresses,
    std::shared_ptr<boost::asio::ssl::context> tls,
    std::shared_ptr<const Endpoint> endpoint,
    std::size_t max_response_bytes,
    Deadline deadline);

}  // namespace chela::sidecar::node
