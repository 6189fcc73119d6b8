#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace chela::policy::yaml {

struct Member;

/// What a YAML document says, before any meaning: each node remembers where it was written.
struct Tree {
    enum class Kind : std::uint8_t { nothing, scalar, list, map };

    Kind kind{Kind::nothing};
    std::string where;            ///< "FILE:LINE", or another place that the caller names
    std::string text;             ///< of a scalar
    std::vector<Tree> items;      ///< of a list
    std::vector<Member> members;  ///< of a map, in the file's order

    /// @return the member, or nullptr
    [[nodiscard]] const Tree* find(std::string_view key) const;
    [[nodiscard]] Tree* find(std::string_view key);
};

/// One key of a map.
struct Member {
    std::string key;
    Tree value;
};

/// "a single value", "a list" …: how a node is named in a message.
[[nodiscard]] std::string_view to_string(Tree::Kind kind);

}  // namespace chela::policy::yaml
