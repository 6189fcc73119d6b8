#include "sidecar/app/access_log.hpp"

#include "sidecar/telemetry/log.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace chela::sidecar::app {

namespace {

log::Level level_of(const http::AccessEntry& entry) {
    constexpr std::array<std::string_view, 5> kRoutine{
        "/livez", "/startupz", "/readyz", "/readyz/{component}", "/metrics"};
    const bool is_routine = std::ranges::find(kRoutine, entry.route) != kRoutine.end();
    return is_routine && entry.status < 400 ? log::Level::debug : log::Level::info;
}

void write(const http::AccessEntry& entry) {
    const auto& footprint = entry.footprint;
    log::event(
        level_of(entry), "http_request",
        {{"request_id", entry.request_id},
         {"trace_id", entry.trace_id},
         {"method", entry.method},
         {"route", entry.route},
         {"status", entry.status},
         {"duration_us", entry.duration.count()},
         {"unix_socket", entry.unix_socket},
         {"caller", footprint.caller.empty() ? "nobody" : footprint.caller},
         {"agent_id", footprint.agent_id},
         {"intent_id", footprint.intent_id},
         {"decision_id", footprint.decision_id},
         {"code", footprint.reason}});
}

}  // namespace

std::function<void(const http::AccessEntry&)> make_access_log(
    std::shared_ptr<telemetry::Metrics> metrics) {
    return [metrics = std::move(metrics)](const http::AccessEntry& entry) {
        constexpr unsigned kUnauthenticated = 401;
        metrics->http_answered(entry.route, entry.method, entry.status, entry.duration);
        if (entry.status == kUnauthenticated) metrics->auth_failed(entry.footprint.reason);
        write(entry);
    };
}

}  // namespace chela::sidecar::app
