#pragma once

#include "chains/base/result.hpp"
#include "policy/rules/yaml/parse.hpp"
#include "policy/rules/yaml/tree.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/emitterstyle.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

namespace chela::policy::yaml {

/// Makes a Tree of the parser's events. After the first refusal the rest is read and dropped.
class TreeBuilder final : public YAML::EventHandler {
public:
    /// @param source  for messages; outlives the builder
    TreeBuilder(const std::string& source, Limits limits) : source_{source}, limits_{limits} {}

    void refuse(const YAML::Mark& at, std::string_view what);
    void refuse_second_document();
    [[nodiscard]] Status status() const;
    /// Where the innermost list or map begins that is not closed; 0: none is open.
    [[nodiscard]] int innermost_line() const {
        return open_.empty() ? 0 : open_.back().at.line + 1;
    }
    [[nodiscard]] Tree take_tree() { return std::move(root_); }

    // NOLINTBEGIN(readability-identifier-naming): yaml-cpp names them.
    void OnDocumentStart(const YAML::Mark& at) override;
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& at, YAML::anchor_t anchor) override;
    void OnAlias(const YAML::Mark& at, YAML::anchor_t anchor) override;
    void OnScalar(
        const YAML::Mark& at,
        const std::string& tag,
        YAML::anchor_t anchor,
        const std::string& text) override;
    void OnSequenceStart(
        const YAML::Mark& at,
        const std::string& tag,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value style) override;
    void OnSequenceEnd() override { close(); }
    void OnMapStart(
        const YAML::Mark& at,
        const std::string& tag,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value style) override;
    void OnMapEnd() override { close(); }
    // NOLINTEND(readability-identifier-naming)

private:
    /// A list or map that is not complete yet.
    struct Open {
        Tree tree;
        YAML::anchor_t anchor{};
        YAML::Mark at;
        std::optional<Member> pending;  ///< of a map: the key that waits for its value
    };

    void check_tag(const YAML::Mark& at, const std::string& tag);
    void open(Tree::Kind kind, const YAML::Mark& at, YAML::anchor_t anchor);
    void close();
    void add(Tree tree, YAML::anchor_t anchor, const YAML::Mark& at);
    void add_key(Open& map, const Tree& key, const YAML::Mark& at);
    [[nodiscard]] std::string where(const YAML::Mark& at) const;

    const std::string& source_;
    Limits limits_;
    std::optional<Error> refusal_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, Tree> anchors_;
    std::size_t nodes_ = 0;
    YAML::Mark last_document_;
    Tree root_;
};

}  // namespace chela::policy::yaml
