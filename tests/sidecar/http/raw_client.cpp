#include "tests/sidecar/http/raw_client.hpp"

#include "chains/base/json.hpp"
#include "sidecar/http/ascii.hpp"

#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::http::test {

namespace {

int connect_to(int family, const sockaddr* address, socklen_t size) {
    const int made = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_GE(made, 0);
    const timeval limit{.tv_sec = 10, .tv_usec = 0};
    setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(made, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    EXPECT_EQ(::connect(made, address, size), 0) << std::strerror(errno);
    return made;
}

}  // namespace

std::string RawResponse::header(const std::string& lower_case_name) const {
    const auto found = headers.find(lower_case_name);
    return found == headers.end() ? "none" : found->second;
}

std::string RawResponse::code() const {
    const auto json = parse_json(body);
    if (!json || !json->is_object() || !json->contains("code")) return "none";
    return (*json)["code"].get<std::string>();
}

RawClient::RawClient(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socket_ = connect_to(AF_INET, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

RawClient::RawClient(const std::filesystem::path& unix_socket) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string text = unix_socket.string();
    EXPECT_LT(text.size(), sizeof address.sun_path);
    text.copy(address.sun_path, sizeof address.sun_path - 1);
    socket_ = connect_to(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

RawClient::RawClient(RawClient&& other) noexcept
    : continues{other.continues},
      socket_{std::exchange(other.socket_, -1)},
      received_{std::move(other.received_)},
      ending_{std::move(other.ending_)} {}

RawClient::~RawClient() {
    if (socket_ >= 0) ::close(socket_);
}

bool RawClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

void RawClient::finish_sending() {
    ::shutdown(socket_, SHUT_WR);
}

bool RawClient::fill() {
    std::array<char, 4'096> chunk{};
    const ssize_t count = ::recv(socket_, chunk.data(), chunk.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        ADD_FAILURE() << "no answer in 10 s";
    else if (count < 0)
        ending_ = std::strerror(errno);
    if (count <= 0) return false;
    received_.append(chunk.data(), static_cast<std::size_t>(count));
    return true;
}

std::optional<RawResponse> RawClient::response(bool has_body) {
    std::size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
        if (!fill()) return std::nullopt;
    }
    RawResponse out;
    out.status = static_cast<unsigned>(std::stoul(received_.substr(9, 3)));
    std::size_t at = received_.find("\r\n") + 2;
    while (at < end + 2) {
        const std::size_t stop = received_.find("\r\n", at);
        const std::string line = received_.substr(at, stop - at);
        const std::size_t colon = line.find(": ");
        out.headers.emplace(lower_case(line.substr(0, colon)), line.substr(colon + 2));
        at = stop + 2;
    }
    received_.erase(0, end + 4);
    if (out.status == 100) {
        ++continues;
        return response(has_body);
    }
    const std::string length = out.header("content-length");
    const std::size_t size = has_body && length != "none" ? std::stoul(length) : 0;
    while (received_.size() < size) {
        if (!fill()) return std::nullopt;
    }
    out.body = received_.substr(0, size);
    received_.erase(0, size);
    return out;
}

std::optional<std::string> RawClient::chunk() {
    std::size_t end = 0;
    while ((end = received_.find("\r\n")) == std::string::npos) {
        if (!fill()) return std::nullopt;
    }
    const std::size_t size = std::stoul(received_.substr(0, end), nullptr, 16);
    const std::size_t whole = end + 2 + size + 2;
    while (received_.size() < whole) {
        if (!fill()) return std::nullopt;
    }
    EXPECT_EQ(received_.substr(whole - 2, 2), "\r\n");
    std::string out = received_.substr(end + 2, size);
    received_.erase(0, whole);
    return out;
}

bool RawClient::is_closed() {
    const bool had_nothing = received_.empty();
    while (fill()) {
    }
    return had_nothing && received_.empty();
}

}  // namespace chela::sidecar::http::test
