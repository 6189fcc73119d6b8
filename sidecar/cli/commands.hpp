#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace chela::sidecar::cli {

/// What every command shares. `run` is set by the chosen sub-command and called once the line is
/// parsed.
struct Session {
    std::filesystem::path
        directory;  ///< the state directory: --dir, else CHELA_DIR, else the usual place
    bool json = false;
    std::function<int()> run;
};

/// The usual place: /var/lib/chela for root, else ~/.local/state/chela (or $XDG_STATE_HOME/chela).
[[nodiscard]] std::filesystem::path default_directory();

/// Exit statuses by sysexits. Source: sysexits(3).
[[nodiscard]] int exit_status(ErrorCode code);
inline constexpr int kExitConfig = 78;
inline constexpr int kExitUsage = 64;
/// The reason of an error that is of the command line itself.
inline constexpr std::string_view kUsageReason = "E_USAGE";

/// Prints "chela: what is wrong" to stderr (with --json an object with code and detail).
/// @return the exit status; 78 when it is chela.yaml that is wrong, 64 when it is the command line
int report(const Session& session, const Error& error);

/// With --json the object as it is, on one line.
void print_json(const Json& value);

void add_init(CLI::App& app, Session& session);
void add_serve(CLI::App& app, Session& session);
void add_key(CLI::App& app, Session& session);
void add_agent(CLI::App& app, Session& session);
void add_operator(CLI::App& app, Session& session);
void add_chain(CLI::App& app, Session& session);
void add_approvals(CLI::App& app, Session& session);
void add_tx(CLI::App& app, Session& session);
void add_lane(CLI::App& app, Session& session);
void add_mcp(CLI::App& app, Session& session);
void add_webhook(CLI::App& app, Session& session);
void add_policy(CLI::App& app, Session& session);
void add_health(CLI::App& app, Session& session);
void add_wait(CLI::App& app, Session& session);
/// And drain and reload, its neighbours at the admin door.
void add_quit(CLI::App& app, Session& session);
void add_doctor(CLI::App& app, Session& session);
void add_version(CLI::App& app, Session& session);

}  // namespace chela::sidecar::cli
