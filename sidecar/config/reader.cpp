#include "sidecar/config/reader.hpp"

#include "sidecar/config/config.hpp"
#include "sidecar/config/schema.hpp"

#include <charconv>
#include <memory>

#include <fmt/format.h>

namespace chela::sidecar::config {
namespace {

std::string shown_duration(std::chrono::milliseconds duration) {
    if (duration % std::chrono::hours{1} == std::chrono::milliseconds{0})
        return fmt::format("{}h", duration / std::chrono::hours{1});
    if (duration % std::chrono::seconds{1} == std::chrono::milliseconds{0})
        return fmt::format("{}s", duration / std::chrono::seconds{1});
    return fmt::format("{}ms", duration.count());
}

}  // namespace

void Problems::add(const std::string& where, std::string_view what) {
    if (!first_) first_ = Error{ErrorCode::invalid_input, fmt::format("{}: {}", where, what)};
}

Status Problems::status() const {
    if (first_) return std::unexpected{*first_};
    return {};
}

Section::Section(
    const Tree* tree, std::string path, std::string shown, std::string where, Problems& problems)
    : tree_{tree},
      path_{std::move(path)},
      shown_{std::move(shown)},
      where_{std::move(where)},
      problems_{&problems} {}

const Tree* Section::child(std::string_view key) const {
    if (find_setting(path_, key) == nullptr)
        bug(fmt::format("config reads {}.{}, which the schema does not know", path_, key));
    return tree_ == nullptr ? nullptr : tree_->find(key);
}

void Section::problem(std::string_view key, std::string_view what) const {
    if (key.empty()) return problems_->add(where_, fmt::format("{}: {}", shown_, what));
    const auto* node = child(key);
    problems_->add(
        node == nullptr ? where_ : node->where, fmt::format("{}: {}", join(shown_, key), what));
}

std::string Section::text(std::string_view key, const std::string& fallback) const {
    const auto* node = child(key);
    return node == nullptr ? fallback : node->text;
}

std::string Section::required_text(std::string_view key, std::string_view example) const {
    const auto* node = child(key);
    if (node != nullptr && !node->text.empty()) return node->text;
    problem(key, fmt::format("is required, for example {}", example));
    return {};
}

std::optional<std::filesystem::path> Section::path(
    std::string_view key, const std::filesystem::path& dir) const {
    const auto* node = child(key);
    if (node == nullptr) return std::nullopt;
    if (node->text.empty()) {
        problem(key, "expected a path, found an empty text");
        return std::nullopt;
    }
    return (dir / node->text).lexically_normal();
}

bool Section::flag(std::string_view key, bool fallback) const {
    const auto* node = child(key);
    if (node == nullptr) return fallback;
    if (node->text == "true") return true;
    if (node->text != "false")
        problem(key, fmt::format("expected true or false, found \"{}\"", node->text));
    return false;
}

std::uint64_t Section::number(
    std::string_view key, std::uint64_t fallback, Limits<std::uint64_t> limits) const {
    const auto* node = child(key);
    if (node == nullptr) return fallback;
    const auto value = parse_number(node->text);
    if (value && *value >= limits.least && *value <= limits.most) return *value;
    problem(
        key, fmt::format(
                 "expected a whole number from {} to {} in decimal digits, found \"{}\"",
                 limits.least, limits.most, node->text));
    return fallback;
}

std::chrono::milliseconds Section::duration(
    std::string_view key,
    std::chrono::milliseconds fallback,
    Limits<std::chrono::milliseconds> limits) const {
    const auto* node = child(key);
    if (node == nullptr) return fallback;
    const auto value = parse_duration(node->text);
    if (!value) {
        problem(key, fmt::format("{}, found \"{}\"", value.error().detail, node->text));
        return fallback;
    }
    if (*value < limits.least || *value > limits.most) {
        problem(
            key, fmt::format(
                     "expected a duration from {} to {}, found \"{}\"",
                     shown_duration(limits.least), shown_duration(limits.most), node->text));
        return fallback;
    }
    return *value;
}

std::vector<std::pair<std::string, std::string>> Section::list(std::string_view key) const {
    std::vector<std::pair<std::string, std::string>> texts;
    if (const auto* node = child(key); node != nullptr)
        for (const auto& item : node->items)
            texts.emplace_back(item.where, item.text);
    return texts;
}

Section Section::section(std::string_view key) const {
    const auto* node = child(key);
    return {
        node, join(path_, key), join(shown_, key), node == nullptr ? where_ : node->where,
        *problems_};
}

std::vector<std::pair<std::string, Section>> Section::entries(std::string_view key) const {
    std::vector<std::pair<std::string, Section>> named;
    if (const auto* node = child(key); node != nullptr)
        for (const auto& [name, entry] : node->members)
            named.emplace_back(
                name, Section{
                          &entry, join(path_, key) + ".*", join(join(shown_, key), name),
                          entry.where, *problems_});
    return named;
}

std::vector<Section> Section::items(std::string_view key) const {
    std::vector<Section> sections;
    const auto* node = child(key);
    if (node == nullptr) return sections;
    for (std::size_t i = 0; i < node->items.size(); ++i)
        sections.emplace_back(
            &node->items[i], join(path_, key) + ".*", item_path(join(shown_, key), i),
            node->items[i].where, *problems_);
    return sections;
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
    if (text.size() > 1 && text.front() == '0') return std::nullopt;
    std::uint64_t value = 0;
    const auto* const begin = std::to_address(text.begin());
    const auto* const end = begin + text.size();
    const auto [stop, error] = std::from_chars(begin, end, value);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return value;
}

}  // namespace chela::sidecar::config
