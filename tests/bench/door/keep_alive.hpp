#pragma once

#include <cstdint>
#include <string>

namespace chela::bench {

/// A blocking HTTP/1.1 client that keeps its one connection: what a busy program has. It reads
/// answers with a Content-Length and nothing else. Whatever goes wrong ends the benchmark.
class KeepAlive {
public:
    explicit KeepAlive(std::uint16_t port);
    ~KeepAlive();
    KeepAlive(KeepAlive&& other) noexcept;
    KeepAlive(const KeepAlive&) = delete;
    KeepAlive& operator=(const KeepAlive&) = delete;
    KeepAlive& operator=(KeepAlive&&) = delete;

    /// POST of JSON. @param headers  whole lines, each with its line break
    /// @return the body of an answer whose status is 200
    [[nodiscard]] std::string post(
        const std::string& target, const std::string& headers, const std::string& body);

private:
    void send_all(const std::string& bytes) const;

    int socket_ = -1;
    std::string received_;
};

}  // namespace chela::bench
