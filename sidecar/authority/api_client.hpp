#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "sidecar/edge/blocking.hpp"
#include "sidecar/hooks/target.hpp"
#include "sidecar/node/connection.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chela::sidecar::authority {

/// What a service with the /v1 API answered. Hostile: nothing of it is shown to anybody but its
/// status and a code that looks like one.
struct Reply {
    unsigned status{};
    std::shared_ptr<const Json> body;  ///< an object; empty where the answer is none
    std::string retry_after;           ///< the header as it was written; empty: there is none
};

/// HTTP to one service with the /v1 API: https, or http on this machine; redirects are not
/// followed, addresses that no service has (metadata, link-local, multicast) are not called.
/// Threads: any; each call has a connection of its own.
class ApiClient {
public:
    using Headers = std::vector<std::pair<std::string, std::string>>;

    /// @param url      with the path before /v1, if there is one; no user name, no query
    /// @param ca_file  PEM; in place of the system's roots
    /// @return invalid_input E_AUTHORITY_URL, E_NODE_CA_FILE
    [[nodiscard]] static Result<std::shared_ptr<const ApiClient>> make(
        std::string_view url, const std::optional<std::filesystem::path>& ca_file);

    /// "https://host:port": what may be shown, and what a key is pinned to.
    [[nodiscard]] const std::string& origin() const { return target_.endpoint.origin; }

    /// @param path  "/v1/…"
    /// @return unavailable E_AUTHORITY_UNAVAILABLE: nothing was sent; timed_out
    /// E_AUTHORITY_NO_ANSWER, bad_response E_AUTHORITY_ANSWER: the effect is unknown
    [[nodiscard]] boost::asio::awaitable<Result<Reply>> post(
        std::string path, Json body, Headers headers, Deadline deadline) const;
    [[nodiscard]] boost::asio::awaitable<Result<Reply>> get(
        std::string path, Headers headers, Deadline deadline) const;

private:
    ApiClient(hooks::Target target, std::shared_ptr<boost::asio::ssl::context> tls)
        : target_{std::move(target)},
          tls_{std::move(tls)} {}
    [[nodiscard]] boost::asio::awaitable<Result<Reply>> call(
        std::string path, node::HttpRequest request, Deadline deadline) const;

    hooks::Target target_;
    std::shared_ptr<boost::asio::ssl::context> tls_;
};

[[nodiscard]] std::pair<std::string, std::string> bearer(const std::string& token);

/// The member `code` of a problem, where it is one of chela's or looks like it; else "HTTP STATUS".
[[nodiscard]] std::string code_of(const Reply& reply);
/// @return the member, where it is a text
[[nodiscard]] std::optional<std::string> text_member(const Reply& reply, const char* name);

}  // namespace chela::sidecar::authority
