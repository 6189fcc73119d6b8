#pragma once

#include "chains/base/result.hpp"
#include "chains/base/units.hpp"
#include "policy/rules/yaml/tree.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chela::sidecar::config {

using policy::yaml::Tree;

/// The first thing that is wrong; what follows from it is not reported.
class Problems {
public:
    void add(const std::string& where, std::string_view what);
    [[nodiscard]] Status status() const;

private:
    std::optional<Error> first_;
};

template <class T>
struct Limits {
    T least;
    T most;
};

/// Typed access to one section of a document that has passed check_shape. A value that is not what
/// it must be becomes a problem and reads as the fallback. Asking for a key that the schema does
/// not know is a bug and aborts.
class Section {
public:
    /// @param tree      outlives the section; nullptr: the section is not in the document
    /// @param path      for the schema: "chains.*"
    /// @param shown     for messages: "chains.anvil"; "" is the top
    /// @param where     of the section, or of its parent when it is absent
    Section(
        const Tree* tree,
        std::string path,
        std::string shown,
        std::string where,
        Problems& problems);

    [[nodiscard]] bool has(std::string_view key) const { return child(key) != nullptr; }
    [[nodiscard]] std::string text(std::string_view key, const std::string& fallback) const;
    /// Absent or empty is a problem. @param example  for the message
    [[nodiscard]] std::string required_text(std::string_view key, std::string_view example) const;
    /// Relative paths are taken from `dir`.
    [[nodiscard]] std::optional<std::filesystem::path> path(
        std::string_view key, const std::filesystem::path& dir) const;
    [[nodiscard]] bool flag(std::string_view key, bool fallback) const;
    [[nodiscard]] std::uint64_t number(
        std::string_view key, std::uint64_t fallback, Limits<std::uint64_t> limits) const;
    [[nodiscard]] std::chrono::milliseconds duration(
        std::string_view key,
        std::chrono::milliseconds fallback,
        Limits<std::chrono::milliseconds> limits) const;
    /// @return where each item is written, and its text
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> list(std::string_view key) const;

    [[nodiscard]] Section section(std::string_view key) const;
    /// The named entries, in the document's order.
    [[nodiscard]] std::vector<std::pair<std::string, Section>> entries(std::string_view key) const;
    /// The entries of a list of sections, in the document's order.
    [[nodiscard]] std::vector<Section> items(std::string_view key) const;

    /// @param key  where to point: the key's line, or the section's when the key is absent; "" is
    /// the section itself
    void problem(std::string_view key, std::string_view what) const;
    [[nodiscard]] Problems& problems() const { return *problems_; }
    [[nodiscard]] const std::string& where() const { return where_; }

private:
    [[nodiscard]] const Tree* child(std::string_view key) const;

    const Tree* tree_;
    std::string path_;
    std::string shown_;
    std::string where_;
    Problems* problems_;
};

/// Decimal digits only, without leading zeros. @return nothing: something else, or over 64 bits
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text);

}  // namespace chela::sidecar::config
