#include "policy/rules/load/sections.hpp"
#include "policy/rules/load/values.hpp"

#include <limits>

#include <fmt/format.h>

namespace chela::policy::load {
namespace {

constexpr std::string_view kSchema = "chela.policy/1";

std::optional<TimePoint> read_time(const Node& document, std::string_view key) {
    const auto node = document.find(key);
    if (!node) return std::nullopt;
    const auto text = node->text();
    if (!text) return std::nullopt;
    const auto time = parse_time(*text);
    if (time) return *time;
    node->refuse(time.error().detail);
    return std::nullopt;
}

void read_schema(const Node& document) {
    const auto node = document.require("schema", fmt::format("schema: {}", kSchema));
    if (!node) return;
    const auto text = node->text();
    if (text && *text != kSchema) {
        node->refuse(fmt::format("expected {}, found \"{}\"", kSchema, *text));
    }
}

void read_id(const Node& document, Policy& policy) {
    const auto node = document.require("id", "a name such as treasury-agent");
    if (!node) return;
    const auto text = node->text();
    if (!text) return;
    if (!is_id(*text)) node->refuse("an id has 1 to 64 characters of a-z, 0-9 and -");
    policy.id = *text;
}

}  // namespace

void read_header(const Node& document, Policy& policy) {
    read_schema(document);
    read_id(document, policy);
    if (const auto node = document.require("version", "a number that grows with each version")) {
        policy.version = node->number(1, std::numeric_limits<std::int64_t>::max()).value_or(0);
    }
    policy.not_before = read_time(document, "not_before");
    policy.expires = read_time(document, "expires");
    if (policy.not_before && policy.expires && *policy.not_before >= *policy.expires) {
        document.find("expires")->refuse("is not after not_before; the document never holds");
    }
    if (const auto node = document.find("show_limits")) {
        policy.shows_limits_to_agents = node->flag();
    }
}

}  // namespace chela::policy::load
