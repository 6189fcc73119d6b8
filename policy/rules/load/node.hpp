#pragma once

#include "chains/base/result.hpp"
#include "policy/rules/yaml/tree.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chela::policy::load {

/// The first thing that is wrong; what follows from it is not reported.
class Problems {
public:
    /// @param where  "FILE:LINE"
    void add(const std::string& where, std::string_view what);
    [[nodiscard]] bool any() const { return first_.has_value(); }
    [[nodiscard]] Status status() const;

private:
    std::optional<Error> first_;
};

/// A place of the document with its name for messages. What is not as asked for becomes a problem
/// and reads as nothing. Ownership: points to tree and problems.
class Node {
public:
    Node(const yaml::Tree& tree, std::string path, Problems& problems)
        : tree_{&tree},
          path_{std::move(path)},
          problems_{&problems} {}

    /// The same place under another name: "permit pay" for "permit[0]".
    [[nodiscard]] Node named(std::string path) const {
        return {*tree_, std::move(path), *problems_};
    }
    [[nodiscard]] const yaml::Tree& tree() const { return *tree_; }
    [[nodiscard]] yaml::Tree::Kind kind() const { return tree_->kind; }
    [[nodiscard]] bool is_scalar() const { return kind() == yaml::Tree::Kind::scalar; }
    [[nodiscard]] const std::string& where() const { return tree_->where; }
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] Problems& problems() const { return *problems_; }
    /// @param what  what is wrong and what to write
    void refuse(std::string_view what) const;

    /// A section with these keys and no others. @return false: it is not
    bool check_keys(std::initializer_list<std::string_view> keys) const;
    [[nodiscard]] std::optional<Node> find(std::string_view key) const;
    [[nodiscard]] std::optional<Node> require(std::string_view key, std::string_view example) const;
    [[nodiscard]] std::vector<std::pair<std::string, Node>> entries() const;
    [[nodiscard]] std::vector<Node> items() const;
    /// A list, or one thing that stands for a list of itself.
    [[nodiscard]] std::vector<Node> one_or_more() const;
    /// What it is, for a message: "a list", or "id:pay", which is no section for want of a blank.
    [[nodiscard]] std::string what_it_is() const;

    /// A single value that is not empty.
    [[nodiscard]] std::optional<std::string> text() const;
    [[nodiscard]] bool flag() const;
    /// Decimal digits.
    [[nodiscard]] std::optional<std::uint64_t> number(
        std::uint64_t least, std::uint64_t most) const;

private:
    const yaml::Tree* tree_;
    std::string path_;
    Problems* problems_;
};

/// "a, b, c".
[[nodiscard]] std::string list_of(const std::vector<std::string_view>& words);
/// What may be written instead of a word that nobody knows: "; write one of a, b, c", the first
/// dozen of many; of none, "".
[[nodiscard]] std::string choice_of(const std::vector<std::string_view>& words);

}  // namespace chela::policy::load
