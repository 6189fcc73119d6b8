#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace chela::sidecar::http::test {

struct RawResponse {
    unsigned status{};
    std::multimap<std::string, std::string> headers;  ///< names in lower case
    std::string body;

    /// The first of that name, or "none".
    [[nodiscard]] std::string header(const std::string& lower_case_name) const;
    /// The problem's code, or "none".
    [[nodiscard]] std::string code() const;
};

/// A blocking socket that sends exactly the bytes it is given. Every wait ends after 10 s with a
/// failed test.
class RawClient {
public:
    explicit RawClient(std::uint16_t port);
    explicit RawClient(const std::filesystem::path& unix_socket);
    RawClient(RawClient&& other) noexcept;
    RawClient& operator=(RawClient&&) = delete;
    ~RawClient();

    /// @return did the kernel take all of it?
    bool send(std::string_view bytes);
    void finish_sending();
    /// The next final response; nothing when the connection ends first. 100 Continue is counted and
    /// passed over.
    std::optional<RawResponse> response(bool has_body = true);
    /// The next chunk of a chunked body, "" for the last; nothing when the connection ends first.
    std::optional<std::string> chunk();
    /// Waits for the other side's end. @return whether nothing but the end came
    bool is_closed();
    /// For messages: what the kernel said when nothing came any more.
    [[nodiscard]] const std::string& ending() const { return ending_; }

    unsigned continues = 0;

private:
    bool fill();

    int socket_ = -1;
    std::string received_;
    std::string ending_ = "the end of the stream";
};

}  // namespace chela::sidecar::http::test
