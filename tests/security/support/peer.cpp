#include "tests/security/support/peer.hpp"

#include "chains/base/json.hpp"

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::test::security {

namespace {

constexpr timeval kPatience{.tv_sec = 20, .tv_usec = 0};

std::string lower(std::string_view text) {
    std::string out{text};
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

bool receive(int socket, std::string& into) {
    std::array<char, 16'384> part{};
    const ssize_t count = ::recv(socket, part.data(), part.size(), 0);
    if (count <= 0) return false;
    into.append(part.data(), static_cast<std::size_t>(count));
    return true;
}

/// @return false: the client is gone
bool hear(int socket, Heard& request) {
    std::string text;
    std::size_t end = 0;
    while ((end = text.find("\r\n\r\n")) == std::string::npos)
        if (!receive(socket, text)) return false;
    request.head = text.substr(0, end + 2);
    const auto length = request.header("content-length");
    const std::size_t size = length.empty() ? 0 : std::stoul(length);
    request.body = text.substr(end + 4);
    while (request.body.size() < size)
        if (!receive(socket, request.body)) return false;
    return true;
}

bool send_all(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

}  // namespace

std::string Heard::header(std::string_view lower_case_name) const {
    const std::string mark = fmt::format("\r\n{}: ", lower_case_name);
    const auto at = lower(head).find(mark);
    if (at == std::string::npos) return {};
    const auto begin = at + mark.size();
    return head.substr(begin, head.find("\r\n", begin) - begin);
}

Peer::Peer(Conduct conduct) : conduct_{std::move(conduct)} {
    listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listening_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listening_, 64) != 0 ||
        ::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        throw std::runtime_error{"no port for a peer"};
    }
    port_ = ntohs(address.sin_port);
    accepting_ = std::thread{[this] { accept_all(); }};
}

Peer::~Peer() {
    stopped_ = true;
    ::shutdown(listening_, SHUT_RDWR);
    accepting_.join();
    for (auto& thread : threads_)
        thread.join();
    ::close(listening_);
}

std::vector<Heard> Peer::heard() const {
    const std::lock_guard lock{mutex_};
    return heard_;
}

void Peer::accept_all() {
    for (;;) {
        const int socket = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) return;
        ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
        ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
        const std::lock_guard lock{mutex_};
        threads_.emplace_back([this, socket] { serve(socket); });
    }
}

void Peer::serve(int socket) {
    Heard request;
    if (hear(socket, request)) {
        {
            const std::lock_guard lock{mutex_};
            heard_.push_back(request);
        }
        conduct_(request, [this, socket](std::string_view bytes) {
            return !stopped_ && send_all(socket, bytes);
        });
    }
    ::shutdown(socket, SHUT_WR);
    ::close(socket);
}

std::string http_reply(std::string_view status, std::string_view body, std::string_view headers) {
    return fmt::format(
        "HTTP/1.1 {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: "
        "close\r\n{}\r\n{}",
        status, body.size(), headers, body);
}

std::string rpc_reply(const Heard& request, std::string_view member) {
    const auto call = parse_json(request.body);
    const std::string id = call && call->is_object() ? call->value("id", Json{}).dump() : "null";
    return http_reply("200 OK", fmt::format(R"({{"jsonrpc":"2.0","id":{},{}}})", id, member));
}

std::string method_of(const Heard& request) {
    const auto call = parse_json(request.body);
    return call && call->is_object() ? call->value("method", "") : "";
}

}  // namespace chela::test::security
