#include "tests/support/log_schema.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <vector>

#include <nlohmann/json.hpp>

namespace chela::test {

namespace {

/// "| a | b | c |" → {"a", "b", "c"}
std::vector<std::string> cells(const std::string& line) {
    std::vector<std::string> out;
    std::istringstream text{line.substr(1)};
    for (std::string cell; std::getline(text, cell, '|');)
        out.push_back(cell);
    return out;
}

/// What stands between backticks.
std::vector<std::string> quoted(const std::string& cell) {
    std::vector<std::string> out;
    std::size_t at = cell.find('`');
    while (at != std::string::npos) {
        const auto end = cell.find('`', at + 1);
        if (end == std::string::npos) throw std::runtime_error{"an odd backtick: " + cell};
        out.push_back(cell.substr(at + 1, end - at - 1));
        at = cell.find('`', end + 1);
    }
    return out;
}

std::set<std::string> types_in(const std::string& cell) {
    std::set<std::string> out;
    for (const char* type : {"string", "number", "boolean"})
        if (cell.find(type) != std::string::npos) out.insert(type);
    return out;
}

}  // namespace

LogSchema read_log_schema(const std::filesystem::path& events_md) {
    std::ifstream in{events_md};
    LogSchema schema;
    bool is_of_members = false;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("| member")) is_of_members = true;
        if (!line.starts_with("| `")) continue;
        const auto columns = cells(line);
        for (const auto& name : quoted(columns.at(0))) {
            if (is_of_members) {
                schema.types[name] = types_in(columns.at(1));
            } else {
                const auto members = quoted(columns.at(1));
                schema.events[name] = {members.begin(), members.end()};
            }
        }
    }
    if (schema.events.empty() || schema.types.empty())
        throw std::runtime_error{events_md.string() + " has no tables of events and members"};
    return schema;
}

std::string problem_of(const LogSchema& schema, const Json& line) {
    const auto name = line.value("event", "");
    const auto event = schema.events.find(name);
    if (event == schema.events.end()) return "there is no event " + name;
    for (const auto& [member, value] : line.items()) {
        if (member == "ts" || member == "level" || member == "event") continue;
        if (!event->second.contains(member)) return name + " has no member " + member;
        const auto type = schema.types.find(member);
        if (type == schema.types.end()) return "there is no member " + member;
        const std::string found{value.type_name()};
        if (!type->second.contains(found)) return name + "." + member + " is a " + found;
    }
    return {};
}

}  // namespace chela::test
