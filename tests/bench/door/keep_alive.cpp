#include "tests/bench/door/keep_alive.hpp"

#include "chains/base/result.hpp"

#include <array>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

namespace chela::bench {
namespace {

/// Where the body begins, and how long it is. @return no length: the head is not there yet
struct Head {
    std::size_t end = std::string::npos;
    std::size_t length = 0;
};

Head read_head(const std::string& bytes) {
    Head head{bytes.find("\r\n\r\n"), 0};
    if (head.end == std::string::npos) return head;
    if (!bytes.starts_with("HTTP/1.1 200")) bug("the server refused: " + bytes);
    std::string lower = bytes.substr(0, head.end);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    constexpr std::string_view kLength = "\r\ncontent-length: ";
    const auto at = lower.find(kLength);
    if (at == std::string::npos) bug("an answer without a length");
    head.length = std::stoul(lower.substr(at + kLength.size()));
    head.end += 4;
    return head;
}

}  // namespace

KeepAlive::KeepAlive(std::uint16_t port) : socket_{::socket(AF_INET, SOCK_STREAM, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto* const to = reinterpret_cast<const sockaddr*>(&address);
    if (socket_ < 0 || ::connect(socket_, to, sizeof address) != 0) bug("no connection");
}

KeepAlive::KeepAlive(KeepAlive&& other) noexcept
    : socket_{std::exchange(other.socket_, -1)},
      received_{std::move(other.received_)} {}

KeepAlive::~KeepAlive() {
    if (socket_ >= 0) ::close(socket_);
}

void KeepAlive::send_all(const std::string& bytes) const {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
        const auto now = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
        if (now <= 0) bug("the connection was lost");
        sent += static_cast<std::size_t>(now);
    }
}

std::string KeepAlive::post(
    const std::string& target, const std::string& headers, const std::string& body) {
    send_all(fmt::format(
        "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{}"
        "Content-Length: {}\r\n\r\n{}",
        target, headers, body.size(), body));
    for (;;) {
        const auto head = read_head(received_);
        if (head.end != std::string::npos && received_.size() >= head.end + head.length) {
            auto answer = received_.substr(head.end, head.length);
            received_.erase(0, head.end + head.length);
            return answer;
        }
        std::array<char, 16384> part{};
        const auto got = ::recv(socket_, part.data(), part.size(), 0);
        if (got <= 0) bug("the server closed the connection");
        received_.append(part.data(), static_cast<std::size_t>(got));
    }
}

}  // namespace chela::bench
