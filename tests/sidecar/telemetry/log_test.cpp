#include "sidecar/telemetry/log.hpp"

#include "chains/base/json.hpp"

#include <sstream>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::log {
namespace {

/// What `write` puts on stderr, line by line.
template <class Write>
std::vector<Json> lines_of(Write write) {
    testing::internal::CaptureStderr();
    write();
    std::istringstream text{testing::internal::GetCapturedStderr()};
    std::vector<Json> lines;
    for (std::string line; std::getline(text, line);) {
        auto json = parse_json(line);
        EXPECT_TRUE(json.has_value()) << line;
        if (json) lines.push_back(std::move(*json));
    }
    return lines;
}

TEST(log, writes_a_json_line_to_stderr) {
    const auto lines = lines_of([] { event(Level::info, "started", {{"port", 8787}}); });
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0]["event"], "started");
    EXPECT_EQ(lines[0]["port"], 8787);
    EXPECT_EQ(lines[0]["ts"].get<std::string>().size(), 24U);
}

TEST(log, does_not_take_a_value_for_a_format) {
    const auto lines = lines_of([] { event(Level::error, "odd", {{"x", "%v {} {0}"}}); });
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0]["x"], "%v {} {0}");
}

TEST(log, changes_its_level_at_run_time) {
    const auto write = [] {
        event(Level::debug, "d");
        event(Level::info, "i");
        event(Level::warn, "w");
        event(Level::error, "e");
    };
    EXPECT_EQ(level(), Level::info);
    EXPECT_EQ(lines_of(write).size(), 3U);
    set_level(Level::debug);
    EXPECT_EQ(lines_of(write).size(), 4U);
    set_level(Level::error);
    const auto lines = lines_of(write);
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0]["level"], "error");
    set_level(Level::info);
}

TEST(log, keeps_lines_of_several_threads_apart) {
    const auto lines = lines_of([] {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([] {
                for (int i = 0; i < 50; ++i)
                    event(Level::info, "tick", {{"i", i}});
            });
        }
    });
    EXPECT_EQ(lines.size(), 200U);
}

TEST(log, knows_its_levels_by_name) {
    for (const Level known : {Level::debug, Level::info, Level::warn, Level::error}) {
        const auto read = parse_level(to_string(known));
        ASSERT_TRUE(read.has_value());
        EXPECT_EQ(*read, known);
    }
    for (const char* text : {"", "INFO", "trace", "warning", "off"}) {
        EXPECT_FALSE(parse_level(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace chela::sidecar::log
