#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace chela::test {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpAnswer {
    unsigned status{};
    std::multimap<std::string, std::string> headers;  ///< names in lower case
    std::string body;

    /// @return the first header of that name, or ""
    [[nodiscard]] std::string header(const std::string& lower_case_name) const;
    /// @return the body, or invalid_input
    [[nodiscard]] Result<Json> json() const;
};

/// A blocking HTTP/1.1 client; each request has its own connection.
class HttpClient {
public:
    struct Tcp {
        std::string address;  ///< an IP address
        std::uint16_t port{};
    };
    struct Unix {
        std::filesystem::path path;
    };
    explicit HttpClient(std::variant<Tcp, Unix> server) : server_{std::move(server)} {}

    /// Host (the address, or localhost) and Content-Type (application/json, when there is a body)
    /// are added unless given.
    /// @param target  the path with its query, sent as it is
    /// @return unavailable: no connection; timed_out: nothing complete within `limit`;
    /// bad_response: closed or not HTTP
    [[nodiscard]] Result<HttpAnswer> request(
        const std::string& method,
        const std::string& target,
        const Headers& headers = {},
        const std::string& body = {},
        std::chrono::milliseconds limit = std::chrono::seconds{20}) const;

private:
    std::variant<Tcp, Unix> server_;
};

}  // namespace chela::test
