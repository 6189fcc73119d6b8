#include "tests/security/support/world.hpp"

#include <fstream>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test::security {

World::World(
    const Edits& edits,
    const std::function<std::string(const LocalNode& anvil)>& in_front,
    const std::map<std::string, std::string>& secrets)
    : anvil{must(Anvil::start())},
      sidecar{in_front ? in_front(*anvil) : anvil->url()},
      agent{sidecar.create_agent(
          *anvil, {"--to", kPayee, "--max-value", "0.5", "--daily-limit", "1"})} {
    sidecar.add_identity(agent, kClientToken);
    for (const auto& [name, text] : secrets) {
        std::ofstream{sidecar.dir() / name} << text;
        std::filesystem::permissions(sidecar.dir() / name, std::filesystem::perms{0600});
    }
    for (const auto& [from, to] : edits)
        sidecar.edit_config(from, to);
    sidecar.start();
    // Whoever was let in before stays so, whatever the attacks below get wrong.
    if (ask("GET", "/v1/agents/me").status != 200 || ask_admin("GET", "/v1/agents").status != 200)
        throw std::runtime_error{"the agent or the admin is not known: " + sidecar.log()};
    static_cast<void>(sidecar.token_for(agent));
}

std::optional<RawResponse> World::send(std::string_view bytes) const {
    RawClient client{sidecar.port()};
    client.send(bytes);
    return client.response();
}

std::optional<RawResponse> World::send_unix(std::string_view bytes) const {
    RawClient client{sidecar.socket()};
    client.send(bytes);
    return client.response();
}

unsigned World::health() const {
    const auto answer = send(get("/v1/health"));
    return answer ? answer->status : 0;
}

HttpAnswer World::ask(
    const std::string& method,
    const std::string& path,
    const std::string& body,
    Headers headers) const {
    headers.emplace_back("X-Chela-Token", kClientToken);
    return must(sidecar.tcp().request(method, path, headers, body));
}

HttpAnswer World::ask_admin(
    const std::string& method, const std::string& path, const std::string& body) const {
    return must(sidecar.tcp().request(
        method, path, {{"Authorization", "Bearer " + sidecar.admin_key()}}, body));
}

World& world() {
    // Whoever starts a process takes it along when his thread ends, from under all the others.
    if (::gettid() != ::getpid()) bug("world() is for the main thread; give threads a reference");
    static World shared;
    return shared;
}

std::string call_of(const std::string& method, const Json& parameters) {
    return Json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", parameters}}.dump();
}

std::string get(std::string_view target, std::string_view headers) {
    return fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\n{}\r\n", target, headers);
}

std::string post(std::string_view target, std::string_view body, std::string_view headers) {
    return fmt::format(
        "POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
        "{}\r\n{}\r\n{}",
        target, body.size(), headers, body);
}

bool is_refusal(const std::optional<RawResponse>& answer) {
    return answer && answer->status >= 400;
}

std::string shown(const std::optional<RawResponse>& answer) {
    return answer ? std::to_string(answer->status) + " " + answer->code() : "closed";
}

}  // namespace chela::test::security
