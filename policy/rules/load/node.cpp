#include "policy/rules/load/node.hpp"

#include "chains/base/u256.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace chela::policy::load {

using Kind = yaml::Tree::Kind;

namespace {

/// Where a key may end to which its value was glued: the 2 of "id:pay".
std::optional<std::size_t> colon_of(std::string_view text) {
    const auto colon = text.find(':');
    const bool is_key = colon != std::string_view::npos && colon > 0 && colon + 1 < text.size() &&
                        std::ranges::all_of(text.substr(0, colon), [](char c) {
                            return (c >= 'a' && c <= 'z') || c == '_';
                        });
    return is_key ? std::optional{colon} : std::nullopt;
}

std::string blank_after_colon(std::string_view text) {
    const auto colon = text.find(':');
    return fmt::format(
        "a blank is missing after the colon; write \"{}: {}\"", text.substr(0, colon),
        text.substr(colon + 1));
}

}  // namespace

void Problems::add(const std::string& where, std::string_view what) {
    if (first_) return;
    first_ =
        Error{ErrorCode::invalid_input, fmt::format("{}: {}", where, what), "E_POLICY_DOCUMENT"};
}

Status Problems::status() const {
    if (first_) return std::unexpected{*first_};
    return {};
}

void Node::refuse(std::string_view what) const {
    if (path_.empty()) return problems_->add(where(), what);
    problems_->add(where(), fmt::format("{}: {}", path_, what));
}

std::string Node::what_it_is() const {
    if (is_scalar() && colon_of(tree_->text)) {
        return fmt::format("\"{}\"; {}", tree_->text, blank_after_colon(tree_->text));
    }
    return std::string{to_string(kind())};
}

bool Node::check_keys(std::initializer_list<std::string_view> keys) const {
    if (kind() != Kind::map) {
        refuse(fmt::format("expected a section, found {}", what_it_is()));
        return false;
    }
    for (const auto& [key, value] : tree_->members) {
        if (std::ranges::find(keys, key) != keys.end()) continue;
        const auto colon = colon_of(key);
        const bool is_glued = colon && std::ranges::find(keys, key.substr(0, *colon)) != keys.end();
        Node{value, path_, *problems_}.refuse(
            is_glued ? fmt::format("\"{}\": {}", key, blank_after_colon(key))
                     : fmt::format(
                           "unknown key \"{}\"; the keys here are {}", key, fmt::join(keys, ", ")));
        return false;
    }
    return true;
}

std::optional<Node> Node::find(std::string_view key) const {
    const auto* found = tree_->find(key);
    if (found == nullptr) return std::nullopt;
    return Node{
        *found, path_.empty() ? std::string{key} : fmt::format("{}.{}", path_, key), *problems_};
}

std::optional<Node> Node::require(std::string_view key, std::string_view example) const {
    auto found = find(key);
    if (!found) refuse(fmt::format("\"{}\" is missing; write {}", key, example));
    return found;
}

std::vector<std::pair<std::string, Node>> Node::entries() const {
    std::vector<std::pair<std::string, Node>> found;
    if (kind() != Kind::map) {
        refuse(fmt::format("expected a section of names, found {}", what_it_is()));
        return found;
    }
    for (const auto& [key, value] : tree_->members)
        found.emplace_back(key, Node{value, fmt::format("{}.{}", path_, key), *problems_});
    return found;
}

std::vector<Node> Node::items() const {
    std::vector<Node> found;
    if (kind() != Kind::list) {
        refuse(fmt::format("expected a list such as [a, b], found {}", to_string(kind())));
        return found;
    }
    for (std::size_t i = 0; i < tree_->items.size(); ++i)
        found.emplace_back(tree_->items[i], fmt::format("{}[{}]", path_, i), *problems_);
    return found;
}

std::vector<Node> Node::one_or_more() const {
    if (kind() == Kind::list) return items();
    return {*this};
}

std::optional<std::string> Node::text() const {
    if (is_scalar() && !tree_->text.empty()) return tree_->text;
    refuse(fmt::format(
        "expected a single value, found {}",
        is_scalar() ? std::string_view{"an empty text"} : to_string(kind())));
    return std::nullopt;
}

bool Node::flag() const {
    const auto word = text();
    if (!word || *word == "false") return false;
    if (*word != "true") refuse(fmt::format("expected true or false, found \"{}\"", *word));
    return *word == "true";
}

std::optional<std::uint64_t> Node::number(std::uint64_t least, std::uint64_t most) const {
    const auto digits = text();
    if (!digits) return std::nullopt;
    const auto value = parse_decimal(*digits);
    const auto small = value ? value->to_uint64() : std::nullopt;
    if (small && *small >= least && *small <= most) return small;
    refuse(fmt::format(
        "expected a whole number from {} to {} in decimal digits, found \"{}\"", least, most,
        *digits));
    return std::nullopt;
}

std::string choice_of(const std::vector<std::string_view>& words) {
    constexpr std::size_t kShown = 12;
    if (words.empty()) return {};
    const auto shown = std::min(words.size(), kShown);
    const std::vector<std::string_view> first{
        words.begin(), words.begin() + static_cast<std::ptrdiff_t>(shown)};
    const auto rest =
        shown == words.size() ? std::string{} : fmt::format(" (and {} more)", words.size() - shown);
    return fmt::format("; write {}{}{}", words.size() == 1 ? "" : "one of ", list_of(first), rest);
}

std::string list_of(const std::vector<std::string_view>& words) {
    return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace chela::policy::load
