#include "policy/rules/yaml/parse.hpp"

#include "policy/rules/yaml/text.hpp"
#include "policy/rules/yaml/tree_builder.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace chela::policy::yaml {

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
        builder.refuse(e.mark, fmt::format("not valid YAML: {}", e.msg));
    }
    if (auto status = builder.status(); !status) return std::unexpected{status.error()};
    auto tree = builder.take_tree();
    // An empty file, or one of comments.
    if (tree.kind == Tree::Kind::nothing) return Tree{Tree::Kind::map, source, {}, {}, {}};
    return tree;
}

}  // namespace chela::policy::yaml
