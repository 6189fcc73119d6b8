#include "sidecar/app/opened.hpp"
#include "sidecar/cli/commands.hpp"

#include <cstdlib>
#include <iostream>
#include <unistd.h>

#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
    return value == nullptr ? std::string{} : std::string{value};
}

void print_error(const Session& session, const Error& error) {
    if (session.json) {
        const std::string code =
            error.reason.empty() ? std::string{to_string(error.code)} : error.reason;
        std::cerr << Json{{"error", {{"code", code}, {"detail", error.detail}}}}.dump() << '\n';
    } else {
        std::cerr << "chela: " << error.detail;
        if (!error.reason.empty()) std::cerr << " (" << error.reason << ")";
        std::cerr << '\n';
    }
}

}  // namespace

std::filesystem::path default_directory() {
    if (auto named = variable("CHELA_DIR"); !named.empty()) return named;
    if (::geteuid() == 0) return "/var/lib/chela";
    if (auto state = variable("XDG_STATE_HOME"); !state.empty())
        return std::filesystem::path{state} / "chela";
    return std::filesystem::path{variable("HOME")} / ".local/state/chela";
}

int exit_status(ErrorCode code) {
    constexpr int kDataError = 65;
    constexpr int kNoInput = 66;
    constexpr int kUnavailable = 69;
    constexpr int kSoftware = 70;
    constexpr int kCannotCreate = 73;
    constexpr int kTemporary = 75;
    constexpr int kNoPermission = 77;
    switch (code) {
        case ErrorCode::invalid_input:
        case ErrorCode::out_of_range:
        case ErrorCode::too_large:
        case ErrorCode::reverted:
            return kDataError;
        case ErrorCode::not_found:
            return kNoInput;
        case ErrorCode::unsupported:
        case ErrorCode::unavailable:
        case ErrorCode::bad_response:
            return kUnavailable;
        case ErrorCode::conflict:
            return kCannotCreate;
        case ErrorCode::timed_out:
        case ErrorCode::rate_limited:
            return kTemporary;
        case ErrorCode::unauthenticated:
        case ErrorCode::denied:
            return kNoPermission;
        case ErrorCode::internal:
            return kSoftware;
    }
    bug("unknown error code");
}

int report(const Session& session, const Error& error) {
    print_error(session, error);
    if (error.reason == app::kConfigReason) return kExitConfig;
    return error.reason == kUsageReason ? kExitUsage : exit_status(error.code);
}

void print_json(const Json& value) {
    std::cout << value.dump() << '\n';
}

}  // namespace chela::sidecar::cli
