#include "tests/soak/server.hpp"

#include <fstream>
#include <stdexcept>

#include <fmt/format.h>

namespace chela::test::soak {
namespace {

bool met_open_intents(const std::string& log) {
    return log.find("\"open_intents\":") != std::string::npos &&
           log.find("\"open_intents\":0") == std::string::npos;
}

}  // namespace

void Server::start() {
    ++starts_;
    try {
        sidecar_.start();
    } catch (const std::exception&) {
        keep_log();
        throw;
    }
    if (met_open_intents(sidecar_.log())) ++recoveries_;
    door_.open(sidecar_.port());
}

void Server::kill() {
    expect_alive();
    sidecar_.kill();
    keep_log();
}

void Server::stop() {
    const auto status = sidecar_.stop();
    keep_log();
    if (status != ExitStatus{0, 0}) {
        throw std::runtime_error{fmt::format(
            "chela serve ended with status {}, signal {} on SIGTERM", status.code, status.signal)};
    }
}

void Server::expect_alive() {
    if (sidecar_.process().is_running()) return;
    const auto status = sidecar_.process().wait(std::chrono::milliseconds{0});
    keep_log();
    throw std::runtime_error{fmt::format(
        "chela serve ended by itself: status {}, signal {}", status ? status->code : 0,
        status ? status->signal : 0)};
}

void Server::keep_log() {
    std::ofstream{log_, std::ios::app} << fmt::format("--- life {}\n", starts_) << sidecar_.log();
}

}  // namespace chela::test::soak
