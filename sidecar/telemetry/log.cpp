#include "sidecar/telemetry/log.hpp"

#include "sidecar/edge/clock.hpp"
#include "sidecar/telemetry/line.hpp"

#include <atomic>
#include <memory>
#include <span>

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace chela::sidecar::log {

namespace {

std::atomic<Level> current_level{Level::info};

spdlog::level::level_enum to_spdlog(Level level) {
    switch (level) {
        case Level::debug:
            return spdlog::level::debug;
        case Level::info:
            return spdlog::level::info;
        case Level::warn:
            return spdlog::level::warn;
        case Level::error:
            return spdlog::level::err;
    }
    bug("log::Level has no such value");
}

spdlog::logger& stderr_logger() {
    static spdlog::logger instance = [] {
        spdlog::logger made{"chela", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
        made.set_formatter(std::make_unique<spdlog::pattern_formatter>("%v"));
        made.set_level(spdlog::level::trace);
        made.flush_on(spdlog::level::trace);
        return made;
    }();
    return instance;
}

void write(Level level, std::string_view name, std::span<const Field> fields) {
    if (level < current_level.load(std::memory_order_relaxed)) return;
    const std::string line = render_line(SystemClock{}.now(), level, name, fields);
    stderr_logger().log(to_spdlog(level), spdlog::string_view_t{line});
}

}  // namespace

std::string_view to_string(Level level) {
    switch (level) {
        case Level::debug:
            return "debug";
        case Level::info:
            return "info";
        case Level::warn:
            return "warn";
        case Level::error:
            return "error";
    }
    bug("log::Level has no such value");
}

Result<Level> parse_level(std::string_view text) {
    for (const Level known : {Level::debug, Level::info, Level::warn, Level::error}) {
        if (text == to_string(known)) return known;
    }
    return fail(ErrorCode::invalid_input, "a log level is debug, info, warn or error");
}

void event(Level level, std::string_view name, std::initializer_list<Field> fields) {
    write(level, name, std::span{fields.begin(), fields.size()});
}

void event(Level level, std::string_view name, const std::vector<Field>& fields) {
    write(level, name, fields);
}

void set_level(Level level) {
    current_level.store(level, std::memory_order_relaxed);
}

Level level() {
    return current_level.load(std::memory_order_relaxed);
}

}  // namespace chela::sidecar::log
