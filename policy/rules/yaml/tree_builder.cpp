#include "policy/rules/yaml/tree_builder.hpp"

#include "chains/base/utf8.hpp"
#include "policy/rules/yaml/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::policy::yaml {
namespace {

constexpr std::string_view kTooDeep = "nested too deeply";

struct Size {
    std::size_t nodes = 1;
    std::size_t depth = 1;
};

Size size_of(const Tree& tree) {
    Size size;
    const auto include = [&](const Tree& child) {
        const auto inner = size_of(child);
        size.nodes += inner.nodes;
        size.depth = std::max(size.depth, inner.depth + 1);
    };
    for (const auto& item : tree.items)
        include(item);
    for (const auto& member : tree.members)
        include(member.value);
    return size;
}

}  // namespace

void TreeBuilder::refuse(const YAML::Mark& at, std::string_view what) {
    if (!refusal_)
        refusal_ = Error{ErrorCode::invalid_input, fmt::format("{}: {}", where(at), what)};
}

void TreeBuilder::refuse_second_document() {
    refuse(last_document_, "what follows the first YAML document is not read; keep one");
}

Status TreeBuilder::status() const {
    if (refusal_) return std::unexpected{*refusal_};
    return {};
}

std::string TreeBuilder::where(const YAML::Mark& at) const {
    return at.is_null() ? source_ : fmt::format("{}:{}", source_, at.line + 1);
}

void TreeBuilder::check_tag(const YAML::Mark& at, const std::string& tag) {
    // "?" is plain text, "!" quoted text, "" a list or map without a tag.
    if (!tag.empty() && tag != "?" && tag != "!")
        refuse(at, fmt::format("YAML tags such as {} are not supported", tag));
}

void TreeBuilder::OnDocumentStart(const YAML::Mark& at) {
    last_document_ = at;
}

void TreeBuilder::OnNull(const YAML::Mark& at, YAML::anchor_t anchor) {
    add(Tree{Tree::Kind::nothing, where(at), {}, {}, {}}, anchor, at);
}

void TreeBuilder::OnAlias(const YAML::Mark& at, YAML::anchor_t anchor) {
    const auto named = anchors_.find(anchor);
    if (named == anchors_.end()) return refuse(at, "an alias inside of what it stands for");
    const auto size = size_of(named->second);
    nodes_ += size.nodes;
    if (open_.size() + size.depth > limits_.max_depth) refuse(at, kTooDeep);
    add(named->second, 0, at);
}

void TreeBuilder::OnScalar(
    const YAML::Mark& at, const std::string& tag, YAML::anchor_t anchor, const std::string& text) {
    check_tag(at, tag);
    if (!is_one_line(text) || !is_utf8(text))
        refuse(at, "a key or value must be one line without control characters");
    add(Tree{Tree::Kind::scalar, where(at), text, {}, {}}, anchor, at);
}

void TreeBuilder::OnSequenceStart(
    const YAML::Mark& at,
    const std::string& tag,
    YAML::anchor_t anchor,
    YAML::EmitterStyle::value /*style*/) {
    check_tag(at, tag);
    open(Tree::Kind::list, at, anchor);
}

void TreeBuilder::OnMapStart(
    const YAML::Mark& at,
    const std::string& tag,
    YAML::anchor_t anchor,
    YAML::EmitterStyle::value /*style*/) {
    check_tag(at, tag);
    open(Tree::Kind::map, at, anchor);
}

void TreeBuilder::open(Tree::Kind kind, const YAML::Mark& at, YAML::anchor_t anchor) {
    open_.push_back(Open{Tree{kind, where(at), {}, {}, {}}, anchor, at, std::nullopt});
}

void TreeBuilder::close() {
    auto done = std::move(open_.back());
    open_.pop_back();
    add(std::move(done.tree), done.anchor, done.at);
}

void TreeBuilder::add(Tree tree, YAML::anchor_t anchor, const YAML::Mark& at) {
    // Aliases can unfold to far more than the file holds.
    if (++nodes_ > limits_.max_nodes)
        refuse(at, "more settings than chela reads; check the aliases");
    if (open_.size() > limits_.max_depth) refuse(at, kTooDeep);
    if (refusal_) return;
    if (anchor != 0) anchors_[anchor] = tree;
    if (open_.empty()) {
        root_ = std::move(tree);
        return;
    }
    auto& parent = open_.back();
    if (parent.tree.kind == Tree::Kind::list) {
        parent.tree.items.push_back(std::move(tree));
    } else if (parent.pending) {
        // The key's line, since a nested map begins on the line after it.
        tree.where = parent.pending->value.where;
        parent.tree.members.push_back(Member{std::move(parent.pending->key), std::move(tree)});
        parent.pending.reset();
    } else {
        add_key(parent, tree, at);
    }
}

void TreeBuilder::add_key(Open& map, const Tree& key, const YAML::Mark& at) {
    if (key.kind != Tree::Kind::scalar) return refuse(at, "a key must be plain text");
    if (key.text == "<<")
        return refuse(at, "YAML merge keys (<<) are not supported; write the settings out");
    if (const auto* earlier = map.tree.find(key.text))
        return refuse(
            at, fmt::format("\"{}\" is set twice; the first is at {}", key.text, earlier->where));
    map.pending = Member{key.text, Tree{Tree::Kind::nothing, where(at), {}, {}, {}}};
}

}  // namespace chela::policy::yaml
