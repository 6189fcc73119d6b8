#include "policy/rules/yaml/tree.hpp"

#include "chains/base/result.hpp"

namespace chela::policy::yaml {

const Tree* Tree::find(std::string_view key) const {
    for (const auto& member : members)
        if (member.key == key) return &member.value;
    return nullptr;
}

Tree* Tree::find(std::string_view key) {
    for (auto& member : members)
        if (member.key == key) return &member.value;
    return nullptr;
}

std::string_view to_string(Tree::Kind kind) {
    switch (kind) {
        case Tree::Kind::nothing:
            return "nothing";
        case Tree::Kind::scalar:
            return "a single value";
        case Tree::Kind::list:
            return "a list";
        case Tree::Kind::map:
            return "a section";
    }
    bug("unknown yaml::Tree::Kind");
}

}  // namespace chela::policy::yaml
