// chela health, wait, drain, reload, quit: for probes and hooks of an image without curl.
#include "sidecar/app/opened.hpp"
#include "sidecar/cli/commands.hpp"
#include "sidecar/cli/running.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds kProbeLimit{5};
constexpr std::chrono::milliseconds kPause{100};
constexpr unsigned kOk = 200;

std::string word(const Json& json, const char* name) {
    const auto found = json.is_object() ? json.find(name) : json.end();
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

bool claim(const Json& json, const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_boolean() && found->get<bool>();
}

/// Of a probe's answer; what is unwell and does not count is shown as such.
void print_components(const Json& body) {
    std::cout << word(body, "status") << "\n";
    for (const auto& part : body.value("components", Json::array())) {
        if (!part.is_object()) continue;
        const char* mark = claim(part, "ok")       ? "ok    "
                           : claim(part, "counts") ? "FAIL  "
                                                   : "warn  ";
        std::cout << mark << word(part, "name") << ": " << word(part, "state") << "\n";
    }
}

/// @return bad_response: it is no probe's answer
Result<RunningAnswer> probe(const Session& session, const std::string& path) {
    const auto config = app::load_config(session.directory);
    if (!config) return std::unexpected{config.error()};
    auto answer = ask_running(*config, Door::any, "GET", path, kProbeLimit);
    if (answer && word(answer->body, "status").empty())
        return fail(ErrorCode::bad_response, "what listens there is no chela", "E_NOT_CHELA");
    return answer;
}

int show(const Session& session, const RunningAnswer& answer) {
    session.json ? print_json(answer.body) : print_components(answer.body);
    return answer.status == kOk ? 0 : exit_status(ErrorCode::unavailable);
}

int health(const Session& session, const std::string& path) {
    const auto answer = probe(session, path);
    return answer ? show(session, *answer) : report(session, answer.error());
}

/// What asking again may mend.
bool may_come(const Result<RunningAnswer>& answer) {
    if (answer) return answer->status != kOk;
    return answer.error().code == ErrorCode::unavailable ||
           answer.error().code == ErrorCode::timed_out ||
           answer.error().code == ErrorCode::bad_response;
}

int wait(const Session& session, const std::string& path, std::chrono::milliseconds most) {
    const auto until = std::chrono::steady_clock::now() + most;
    auto answer = probe(session, path);
    while (may_come(answer) && std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(kPause);
        answer = probe(session, path);
    }
    if (answer && answer->status == kOk) return show(session, *answer);
    if (!answer && !may_come(answer)) return report(session, answer.error());
    std::string last = answer ? "it is " + word(answer->body, "status") : answer.error().detail;
    for (const auto& part :
         answer ? answer->body.value("components", Json::array()) : Json::array())
        if (part.is_object() && claim(part, "counts") && !claim(part, "ok"))
            last += fmt::format("; {}: {}", word(part, "name"), word(part, "state"));
    return report(
        session, {ErrorCode::timed_out,
                  fmt::format("not ready within {} ms: {}", most.count(), last), "E_NOT_READY"});
}

/// One POST to the admin door.
int act(const Session& session, const std::string& path, const std::string& done) {
    const auto config = app::load_config(session.directory);
    if (!config) return report(session, config.error());
    // A reload reads policy files and asks nodes.
    const auto answer = ask_running(*config, Door::admin, "POST", path, 60s);
    if (!answer) return report(session, answer.error());
    if (answer->status >= 300) {
        const auto code = answer->status == 403  ? ErrorCode::denied
                          : answer->status < 500 ? ErrorCode::invalid_input
                                                 : ErrorCode::unavailable;
        return report(session, {code, word(answer->body, "detail"), word(answer->body, "code")});
    }
    if (session.json) {
        print_json(answer->body);
        return 0;
    }
    std::cout << done << "\n";
    for (const auto& name : answer->body.value("needs_restart", Json::array()))
        std::cout << "Needs a restart: " << name.get<std::string>() << "\n";
    return 0;
}

struct Which {
    bool ready = false;  // said or not: it is what is asked when nothing else is
    bool startup = false;
    bool live = false;
    std::string max = "30s";

    [[nodiscard]] std::string path() const {
        if (startup) return "/startupz";
        return live ? "/livez" : "/readyz";
    }
};

std::shared_ptr<Which> add_which(CLI::App& command) {
    const auto which = std::make_shared<Which>();
    auto* startup =
        command.add_flag("--startup", which->startup, "Listening, and what was left is taken up");
    auto* live = command.add_flag("--live", which->live, "It answers");
    command.add_flag("--ready", which->ready, "It can do its work (the default)")
        ->excludes(startup, live);
    startup->excludes(live);
    return which;
}

void add_act(
    CLI::App& app,
    Session& session,
    const char* name,
    const char* description,
    const char* done,
    const char* footer) {
    auto* command = app.add_subcommand(name, description);
    command->footer(footer);
    command->callback([&session, path = std::string{"/"} + name, done = std::string{done}] {
        session.run = [&session, path, done] { return act(session, path, done); };
    });
}

}  // namespace

void add_health(CLI::App& app, Session& session) {
    auto* command = app.add_subcommand("health", "Ask a running chela how it is");
    const auto which = add_which(*command);
    command->footer(
        "For Kubernetes' exec probes: it needs no shell and no curl. The running chela is found by "
        "its state directory.\n"
        "Exit status 0: yes; 69: no, or nothing runs; 75: no answer in time; 78: chela.yaml is "
        "wrong.\n\n"
        "Examples:\n  chela health --dir ./state\n  chela health --startup --dir ./state --json");
    command->callback([&session, which] {
        session.run = [&session, which] { return health(session, which->path()); };
    });
}

void add_wait(CLI::App& app, Session& session) {
    auto* command = app.add_subcommand("wait", "Wait until a running chela is ready");
    const auto which = add_which(*command);
    command->add_option("--max", which->max, "For how long at most: 500ms, 30s, 5m")
        ->capture_default_str();
    command->footer(
        "Exit status 0: it is; 75: not within --max; 64: --max is no duration.\n\n"
        "Examples:\n  chela wait --dir ./state && ./agent\n  chela wait --startup --max 5s --dir "
        "./state");
    command->callback([&session, which] {
        session.run = [&session, which] {
            const auto most = config::parse_duration(which->max);
            if (!most) {
                return report(
                    session, {ErrorCode::invalid_input, "--max: " + most.error().detail,
                              std::string{kUsageReason}});
            }
            return wait(session, which->path(), *most);
        };
    });
}

void add_quit(CLI::App& app, Session& session) {
    add_act(
        app, session, "drain", "Let a running chela say that it is not ready, and serve on",
        "It is not ready from now on, and serves until it is told to quit.",
        "A load balancer, or Kubernetes, sends nothing new to what is not ready. Nothing takes it "
        "back but a restart.\n\nExample:\n  chela drain --dir ./state && sleep 10 && chela quit "
        "--dir ./state");
    add_act(
        app, session, "reload", "Let a running chela read chela.yaml again",
        "chela.yaml and its policy files are in force.",
        "As SIGHUP, but it says what is wrong: then everything stays as it was (exit status 78 for "
        "chela.yaml, 65 for "
        "a policy file)."
        "\n\nExample:\n  chela reload --dir ./state");
    add_act(
        app, session, "quit", "End a running chela, as SIGTERM does",
        "It finishes what is under way and ends.",
        "Over the admin socket (server.admin_socket), for chela's own user and root; it exits with "
        "0. For jobs whose sidecar must end with them, and for a preStop hook where Kubernetes "
        "needs one.\n\nExample:\n  chela quit --dir ./state");
}

}  // namespace chela::sidecar::cli
