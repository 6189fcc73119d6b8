#include "policy/rules/yaml/parse.hpp"

#include "policy/rules/yaml/text.hpp"
#include "policy/rules/yaml/tree_builder.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace chela::policy::yaml {
namespace {

/// The lines up to the one where the parser stopped.
std::vector<std::string_view> lines_until(std::string_view text, int last) {
    std::vector<std::string_view> lines;
    while (!text.empty() && static_cast<int>(lines.size()) <= last) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

/// @return the number of the first line that a tab indents; 0: none
std::size_t line_with_tab(const std::vector<std::string_view>& lines) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto blank = lines[i].substr(0, lines[i].find_first_not_of(" \t"));
        if (blank.find('\t') != std::string_view::npos && blank.size() < lines[i].size())
            return i + 1;
    }
    return 0;
}

/// The parser's words, and what to do.
/// @param open  the line where the innermost list or map that is not closed begins; 0: none is
std::string words_of(const YAML::Exception& problem, std::string_view text, int open) {
    const auto line = problem.mark.is_null() ? 0 : problem.mark.line;
    if (const auto tab = line_with_tab(lines_until(text, line)); tab != 0) {
        return fmt::format("a tab indents line {}; use spaces", tab);
    }
    if (problem.msg.starts_with("end of ") && open != 0) {
        return fmt::format(
            "the list or map that begins at line {} is not closed, or a line is indented wrongly",
            open);
    }
    if (problem.msg == "illegal map value") {
        return "a value where none can stand: a line is indented wrongly, a blank is missing after "
               "a colon above, or text with a colon needs quotes";
    }
    return problem.msg;
}

}  // namespace

Result<Tree> parse(std::string_view text, const std::string& source, Limits limits) {
    if (const auto at = first_foreign_byte(text)) {
        const auto line = std::ranges::count(text.substr(0, *at), '\n') + 1;
        return fail(
            ErrorCode::invalid_input, fmt::format(
                                          "{}:{}: not plain UTF-8 text: byte {:#04x}", source, line,
                                          static_cast<unsigned char>(text[*at])));
    }
    TreeBuilder builder{source, limits};
    try {
        std::istringstream in{std::string{text}};
        YAML::Parser parser{in};
        // Not YAML::LoadAll: of yaml-cpp 0.7 it never returns from text such as ",".
        const bool has_document = parser.HandleNextDocument(builder);
        const bool has_another =
            has_document && builder.status() && parser.HandleNextDocument(builder);
        if (has_another) builder.refuse_second_document();
    } catch (const YAML::Exception& e) {
        builder.refuse(e.mark, "not valid YAML: " + words_of(e, text, builder.innermost_line()));
    }
    if (auto status = builder.status(); !status) return std::unexpected{status.error()};
    auto tree = builder.take_tree();
    // An empty file, or one of comments.
    if (tree.kind == Tree::Kind::nothing) return Tree{Tree::Kind::map, source, {}, {}, {}};
    return tree;
}

}  // namespace chela::policy::yaml
