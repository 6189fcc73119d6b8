#include "sidecar/app/server_process.hpp"
#include "sidecar/cli/commands.hpp"

#include <memory>

#include <CLI/CLI.hpp>

namespace chela::sidecar::cli {

namespace {

struct Flags {
    std::string listen;
    std::string unix_socket;
    std::string port_file;
};

int serve(const Session& session, const Flags& flags) {
    app::ServeOptions options;
    options.directory = session.directory;
    if (!flags.listen.empty()) options.listen = flags.listen;
    if (!flags.unix_socket.empty()) options.unix_socket = flags.unix_socket;
    if (!flags.port_file.empty()) options.port_file = flags.port_file;
    const auto done = app::serve(options);
    return done ? 0 : report(session, done.error());
}

}  // namespace

void add_serve(CLI::App& app, Session& session) {
    auto* command = app.add_subcommand("serve", "Run the sidecar");
    const auto flags = std::make_shared<Flags>();
    command->add_option(
        "--listen", flags->listen,
        "Address, e.g. 127.0.0.1:8787 (port 0: any free one); others than loopback need "
        "server.unsafe_listen");
    command->add_option("--unix-socket", flags->unix_socket, "Listen on this unix socket, too");
    command->add_option(
        "--port-file", flags->port_file, "Write the TCP port here once it is listened on");
    command->footer(
        "SIGTERM and SIGINT drain and exit 0; SIGHUP reads chela.yaml again (log level, chains, "
        "identities, certificates, policy files).\n"
        "A policy file that changes is brought in by itself, once two looks in a row found it the "
        "same:\nwithin 4 s, with a policy.watch_interval of 2s. A bad one leaves every policy as "
        "it is.\n"
        "Every setting can be overridden by the environment: CHELA_SERVER__LISTEN, "
        "CHELA_CHAINS__BASE__RPC_URL, …\n\n"
        "Examples:\n  chela serve --dir ./state\n  chela serve --dir ./state --listen 127.0.0.1:0 "
        "--port-file ./port");
    command->callback(
        [&session, flags] { session.run = [&session, flags] { return serve(session, *flags); }; });
}

}  // namespace chela::sidecar::cli
