#include "tests/support/local_node.hpp"

#include "tests/support/http_client.hpp"

#include <charconv>
#include <optional>

#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

constexpr std::chrono::seconds kStartLimit{30};
constexpr std::string_view kListening = "Listening on 127.0.0.1:";

/// @return the port of the line that a node writes once it listens
std::optional<std::uint16_t> announced_port(const std::string& output) {
    const auto at = output.find(kListening);
    if (at == std::string::npos) return std::nullopt;
    const auto line_end = output.find('\n', at);
    // Without its line break the number may be half written.
    if (line_end == std::string::npos) return std::nullopt;
    std::uint16_t port = 0;
    const auto [stop, error] =
        std::from_chars(output.data() + at + kListening.size(), output.data() + line_end, port);
    return error == std::errc{} && port != 0 ? std::optional{port} : std::nullopt;
}

}  // namespace

Status LocalNode::begin(ProcessOptions options) {
    const std::string program = options.argv.empty() ? "" : options.argv.front();
    auto started = Process::start(std::move(options));
    if (!started) return std::unexpected{started.error()};
    process_ = std::move(*started);
    std::optional<std::uint16_t> port;
    const bool is_done = eventually(
        [&] { return (port = announced_port(process_->out())) || !process_->is_running(); },
        kStartLimit);
    if (!is_done || !port)
        return fail(
            ErrorCode::unavailable,
            program + " does not listen; it wrote: " + process_->out() + process_->err());
    port_ = *port;
    if (auto answer = rpc("eth_chainId", Json::array()); !answer)
        return std::unexpected{answer.error()};
    return {};
}

std::string LocalNode::url() const {
    return "http://127.0.0.1:" + std::to_string(port_);
}

Result<Json> LocalNode::rpc(const std::string& method, const Json& parameters) const {
    const Json call{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", parameters}};
    const HttpClient client{HttpClient::Tcp{"127.0.0.1", port_}};
    const auto answer = client.request("POST", "/", {}, call.dump());
    if (!answer) return std::unexpected{answer.error()};
    auto json = answer->json();
    if (!json) return json;
    if (json->contains("error"))
        return fail(ErrorCode::bad_response, method + ": " + (*json)["error"].dump());
    if (!json->contains("result"))
        return fail(ErrorCode::bad_response, method + ": neither result nor error");
    return std::move((*json)["result"]);
}

}  // namespace chela::test
