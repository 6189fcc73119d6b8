// chela mcp: the Model Context Protocol on standard input and output, for clients that start their
// servers.
#include "sidecar/cli/commands.hpp"
#include "sidecar/http/listen.hpp"
#include "sidecar/mcp/bridge.hpp"
#include "signer/secret.hpp"

#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

namespace chela::sidecar::cli {

namespace {

struct Flags {
    std::string unix_socket;
    std::string address;
    std::string token_file;
};

Result<mcp::Reach> reach_of(const Session& session, const Flags& flags) {
    mcp::Reach reach;
    reach.where = mcp::Reach::Unix{
        flags.unix_socket.empty() ? session.directory / "chela.sock"
                                  : std::filesystem::path{flags.unix_socket}};
    if (!flags.address.empty()) {
        auto tcp = http::parse_address(flags.address, http::Reach::loopback);
        if (!tcp) return std::unexpected{tcp.error()};
        reach.where = *tcp;
    }
    if (flags.token_file.empty()) return reach;
    const auto token = signer::read_secret_file(flags.token_file);
    if (!token) return std::unexpected{token.error()};
    reach.token = token->reveal();
    return reach;
}

int speak(const Session& session, const Flags& flags) {
    const auto reach = reach_of(session, flags);
    if (!reach) return report(session, reach.error());
    mcp::bridge(*reach, std::cin, [](const std::string& line) {
        std::cout << line << '\n' << std::flush;
    });
    return 0;
}

}  // namespace

void add_mcp(CLI::App& app, Session& session) {
    auto* command = app.add_subcommand(
        "mcp", "Speak the Model Context Protocol on stdin and stdout, for a running chela");
    const auto flags = std::make_shared<Flags>();
    auto* socket = command->add_option(
        "--unix-socket", flags->unix_socket,
        "The running chela's unix socket (default: chela.sock of the state directory)");
    command
        ->add_option(
            "--address", flags->address, "Its loopback address instead, e.g. 127.0.0.1:8787")
        ->excludes(socket);
    command->add_option(
        "--token-file", flags->token_file,
        "A file of mode 0600 with the agent's client token; on a unix socket the user is enough "
        "where an identity names it");
    command->footer(
        "An MCP client starts this and speaks to it; it ends when its standard input does. Nothing "
        "but the protocol is\nwritten to standard output. It holds no key and decides nothing: a "
        "running `chela serve` does.\n\nExamples:\n  chela mcp --unix-socket "
        "/run/chela/chela.sock\n"
        "  chela mcp --address 127.0.0.1:8787 --token-file ~/.config/payer.token\n"
        "  echo '{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}' | chela mcp --dir "
        "./state");
    command->callback(
        [&session, flags] { session.run = [&session, flags] { return speak(session, *flags); }; });
}

}  // namespace chela::sidecar::cli
