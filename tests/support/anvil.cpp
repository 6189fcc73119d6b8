#include "tests/support/anvil.hpp"

#include "tests/support/http_client.hpp"

#include <charconv>
#include <cstdlib>
#include <optional>

#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

constexpr std::chrono::seconds kStartLimit{30};
constexpr std::string_view kListening = "Listening on 127.0.0.1:";

/// @return the port of the line that anvil writes once it listens
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

Result<std::unique_ptr<Anvil>> Anvil::start(const std::vector<std::string>& options) {
    const char* const program = std::getenv("CHELA_ANVIL");
    if (program == nullptr || *program == '\0')
        return fail(
            ErrorCode::invalid_input, "CHELA_ANVIL is not set; start the tests with ./run test");
    std::unique_ptr<Anvil> anvil{new Anvil};
    ProcessOptions process{
        .argv = {program, "--host", "127.0.0.1", "--port", "0"},
        .environment = {},
        .unset = {},
        .dir = {},
        .input = {}};
    process.argv.insert(process.argv.end(), options.begin(), options.end());
    process.environment["HOME"] = anvil->home_.path().string();
    process.environment["NO_COLOR"] = "1";
    auto started = Process::start(std::move(process));
    if (!started) return std::unexpected{started.error()};
    anvil->process_ = std::move(*started);

    std::optional<std::uint16_t> port;
    const bool is_done = eventually(
        [&] {
            return (port = announced_port(anvil->process_->out())) ||
                   !anvil->process_->is_running();
        },
        kStartLimit);
    if (!is_done || !port)
        return fail(
            ErrorCode::unavailable,
            "anvil does not listen; it wrote: " + anvil->process_->out() + anvil->process_->err());
    anvil->port_ = *port;
    if (auto answer = anvil->rpc("eth_chainId", Json::array()); !answer)
        return std::unexpected{answer.error()};
    return anvil;
}

std::string Anvil::url() const {
    return "http://127.0.0.1:" + std::to_string(port_);
}

Result<Json> Anvil::rpc(const std::string& method, const Json& parameters) const {
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
