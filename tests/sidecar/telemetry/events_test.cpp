// EVENTS.md against the sources: what may be logged is written down.
#include "sidecar/telemetry/line.hpp"
#include "tests/support/log_schema.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

namespace fs = std::filesystem;

const fs::path kSources{CHELA_SOURCES};

struct LogCall {
    std::string file;
    std::vector<std::string> events;  ///< an open end ("webhook_") stands for several
    std::vector<std::string> members;
};

std::string read(const fs::path& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// The arguments of a call whose opening parenthesis is before `at`.
std::string arguments(const std::string& text, std::size_t at) {
    const std::size_t begin = at;
    bool in_string = false;
    for (int depth = 1; depth > 0 && at < text.size(); ++at) {
        const char c = text[at];
        if (in_string && c == '\\') {
            ++at;
        } else if (c == '"') {
            in_string = !in_string;
        } else if (!in_string && (c == '(' || c == '{')) {
            ++depth;
        } else if (!in_string && (c == ')' || c == '}')) {
            --depth;
        }
    }
    return text.substr(begin, at - begin - 1);
}

std::vector<std::string> matches(const std::string& text, const std::regex& pattern) {
    std::vector<std::string> out;
    for (auto it = std::sregex_iterator{text.begin(), text.end(), pattern};
         it != std::sregex_iterator{}; ++it)
        out.push_back((*it)[1]);
    return out;
}

std::vector<LogCall> calls_in(const fs::path& file) {
    static const std::regex call{R"((?:^|[^\w"])(?:log::)?event\()"};
    static const std::regex word{R"rx("([a-z_0-9]+)")rx"};
    static const std::regex member{R"rx(\{\s*"([a-z_0-9]+)"\s*,)rx"};
    const std::string text = read(file);
    std::vector<LogCall> out;
    for (auto it = std::sregex_iterator{text.begin(), text.end(), call};
         it != std::sregex_iterator{}; ++it) {
        const auto inside =
            arguments(text, static_cast<std::size_t>(it->position() + it->length()));
        const auto head = inside.substr(0, inside.find('{'));
        auto events = matches(head, word);
        if (events.empty()) continue;  // its declaration, or another function of that name
        out.push_back({file.filename().string(), std::move(events), matches(inside, member)});
    }
    return out;
}

std::vector<LogCall> all_calls() {
    std::vector<LogCall> out;
    for (const auto& entry : fs::recursive_directory_iterator{kSources / "sidecar"}) {
        if (entry.path().extension() != ".cpp") continue;
        auto calls = calls_in(entry.path());
        std::ranges::move(calls, std::back_inserter(out));
    }
    return out;
}

class log_events : public testing::Test {
protected:
    LogSchema schema = read_log_schema(kSources / "sidecar/telemetry/EVENTS.md");

    /// Those that a name in the code stands for.
    [[nodiscard]] std::vector<std::string> documented(const std::string& name) const {
        std::vector<std::string> out;
        for (const auto& [event, members] : schema.events)
            if (event == name || (name.ends_with('_') && event.starts_with(name)))
                out.push_back(event);
        return out;
    }
};

TEST_F(log_events, of_the_code_are_all_written_down_with_their_members) {
    const auto calls = all_calls();
    ASSERT_GT(calls.size(), 50U);
    for (const auto& call : calls)
        for (const auto& name : call.events) {
            const auto found = documented(name);
            EXPECT_FALSE(found.empty()) << call.file << " logs " << name;
            const auto has = [&](const std::string& member) {
                return std::ranges::any_of(found, [&](const std::string& event) {
                    return schema.events.at(event).contains(member);
                });
            };
            for (const auto& member : call.members)
                EXPECT_TRUE(has(member)) << call.file << ": " << name << " has no " << member;
        }
}

TEST_F(log_events, that_are_written_down_are_all_in_the_code) {
    std::set<std::string> logged;
    for (const auto& call : all_calls())
        for (const auto& name : call.events)
            for (const auto& event : documented(name))
                logged.insert(event);
    for (const auto& [event, members] : schema.events)
        EXPECT_TRUE(logged.contains(event)) << event;
}

TEST_F(log_events, have_members_whose_type_is_written_down) {
    for (const auto& [event, members] : schema.events)
        for (const auto& member : members)
            EXPECT_TRUE(schema.types.contains(member)) << event << "." << member;
    for (const auto& [member, types] : schema.types)
        EXPECT_FALSE(types.empty()) << member;
}

TEST_F(log_events, are_told_from_what_is_none) {
    EXPECT_EQ(problem_of(schema, {{"event", "ready"}, {"version", "1"}}), "");
    EXPECT_NE(problem_of(schema, {{"event", "ready"}, {"port", 1}}), "");
    EXPECT_NE(problem_of(schema, {{"event", "forged"}}), "");
    EXPECT_NE(problem_of(schema, {{"event", "listening"}, {"port", "1"}}), "");
}

/// C0, DEL, C1 and the separators of lines and paragraphs.
TEST_F(log_events, escape_every_character_that_moves_a_cursor_or_ends_a_line) {
    std::vector<std::string> hostile;
    for (char c = 0; c < 0x20; ++c)
        hostile.emplace_back(1, c);
    hostile.emplace_back("\x7f");
    for (int c = 0x80; c < 0xa0; ++c)
        hostile.push_back("\xc2" + std::string(1, static_cast<char>(c)));
    hostile.insert(hostile.end(), {"\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xae"});
    for (const auto& text : hostile) {
        const std::vector<sidecar::log::Field> fields{{"detail", "a" + text + "b"}};
        const auto line = sidecar::log::render_line(
            TimePoint{}, sidecar::log::Level::info, "reload_refused", fields);
        EXPECT_TRUE(std::ranges::all_of(line, [](char c) { return c >= 0x20 && c < 0x7f; }))
            << line;
        EXPECT_EQ(Json::parse(line).at("detail"), "a" + text + "b");
    }
}

}  // namespace
}  // namespace chela::test
