#include "sidecar/config/environment.hpp"

#include "policy/rules/yaml/text.hpp"
#include "sidecar/config/schema.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace chela::sidecar::config {
namespace {

constexpr std::string_view kPrefix = "CHELA_";

/// Lower case, "-" as "_": what two spellings of one name have in common.
std::string folded(std::string_view name) {
    std::string out{name};
    for (auto& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == '-') c = '_';
    }
    return out;
}

std::vector<std::string> split_levels(std::string_view rest) {
    std::vector<std::string> parts;
    for (;;) {
        const auto at = rest.find("__");
        parts.push_back(folded(rest.substr(0, at)));
        if (at == std::string_view::npos) return parts;
        rest.remove_prefix(at + 2);
    }
}

std::unexpected<Error> refuse(const std::string& variable, std::string_view what) {
    return fail(ErrorCode::invalid_input, fmt::format("{}: {}", variable, what));
}

/// The entry of `parent` that `part` names, however it is spelled.
Result<std::string> entry_name(
    const std::string& variable,
    const Tree& parent,
    const std::string& part,
    std::string_view section) {
    std::vector<std::string_view> names;
    std::vector<std::string_view> matches;
    for (const auto& [name, child] : parent.members) {
        names.push_back(name);
        if (folded(name) == part) matches.push_back(name);
    }
    if (matches.size() == 1) return std::string{matches[0]};
    if (matches.size() > 1)
        return refuse(
            variable,
            fmt::format("could mean {} or {}; rename one of them", matches[0], matches[1]));
    return refuse(
        variable,
        fmt::format(
            "{} has no entry \"{}\"; {} (a variable changes an entry of chela.yaml, it adds none)",
            section, part, suggest(part, names)));
}

/// "server.unix_socket" → "server_unix_socket"
std::string with_single_underscores(std::string_view path) {
    std::string out{path};
    std::ranges::replace(out, '.', '_');
    return out;
}

/// "chains.*.rpc_url" → "CHELA_CHAINS__NAME__RPC_URL"
std::string variable_for(std::string_view path) {
    std::string out{kPrefix};
    for (const char c : path) {
        if (c == '.') {
            out += "__";
        } else if (c == '*') {
            out += "NAME";
        } else {
            out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        }
    }
    return out;
}

/// Is `rest` the setting at `path`, were its levels joined by one underscore? "*" is any name.
bool is_slip_of(std::string_view rest, std::string_view path) {
    const std::string wanted = with_single_underscores(path);
    const auto star = wanted.find('*');
    if (star == std::string::npos) return rest == wanted;
    const std::string_view before = std::string_view{wanted}.substr(0, star);
    const std::string_view after = std::string_view{wanted}.substr(star + 1);
    return rest.size() > before.size() + after.size() && rest.starts_with(before) &&
           rest.ends_with(after);
}

/// A variable that one underscore too few would turn into nothing. Others are not ours to judge: a
/// Kubernetes service named chela-server brings CHELA_SERVER_PORT.
Status refuse_slip(const std::string& variable) {
    const std::string rest = folded(std::string_view{variable}.substr(kPrefix.size()));
    for (const auto& setting : schema()) {
        const bool is_setting = setting.shape == Shape::value || setting.shape == Shape::list;
        if (is_setting && is_slip_of(rest, setting.path))
            return refuse(
                variable, fmt::format(
                              "sets nothing: two underscores go between levels, as in {}",
                              variable_for(setting.path)));
    }
    return {};
}

std::unexpected<Error> refuse_list(const std::string& variable, const std::string& setting) {
    return refuse(
        variable, fmt::format("{} is a list of sections, which only chela.yaml can hold", setting));
}

struct Target {
    Tree* node;
    const Setting* setting;
    std::string name;  ///< "chains.anvil.rpc_url", as the document spells it
};

/// Walks to the setting, making the sections on the way that the file leaves out.
Result<Target> find_target(Tree& document, const std::string& variable) {
    Target target{&document, nullptr, {}};
    std::string path;
    for (const auto& part : split_levels(std::string_view{variable}.substr(kPrefix.size()))) {
        if (target.setting != nullptr && target.setting->shape == Shape::section_list)
            return refuse_list(variable, target.name);
        const bool is_named =
            target.setting != nullptr && target.setting->shape == Shape::named_sections;
        auto key = part;
        if (is_named) {
            auto name = entry_name(variable, *target.node, part, path);
            if (!name) return std::unexpected{name.error()};
            key = *name;
        }
        const auto child_path = join(path, is_named ? "*" : key);
        target.setting = find_setting(path, is_named ? "*" : key);
        if (target.setting == nullptr)
            return refuse(
                variable,
                fmt::format("unknown setting \"{}\"; {}", part, suggest(part, keys_below(path))));
        if (target.node->kind == Tree::Kind::nothing) target.node->kind = Tree::Kind::map;
        auto* next = target.node->find(key);
        if (next == nullptr)
            next = &target.node->members
                        .emplace_back(key, Tree{Tree::Kind::nothing, variable, {}, {}, {}})
                        .value;
        target.node = next;
        target.name = join(target.name, key);
        path = child_path;
    }
    return target;
}

Tree list_of(const std::string& variable, std::string_view text) {
    Tree list{Tree::Kind::list, variable, {}, {}, {}};
    if (text.empty()) return list;
    for (;;) {
        const auto comma = text.find(',');
        list.items.push_back(
            Tree{Tree::Kind::scalar, variable, std::string{text.substr(0, comma)}, {}, {}});
        if (comma == std::string_view::npos) return list;
        text.remove_prefix(comma + 1);
    }
}

/// @param applied  setting → the variable that set it
Status apply(
    Tree& document,
    std::map<std::string, std::string>& applied,
    const std::string& variable,
    const std::string& text) {
    const auto target = find_target(document, variable);
    if (!target) return std::unexpected{target.error()};
    const auto shape = target->setting->shape;
    if (shape == Shape::section_list) return refuse_list(variable, target->name);
    if (shape == Shape::section || shape == Shape::named_sections)
        return refuse(variable, "names a section, not a setting");
    if (const auto [at, is_new] = applied.emplace(target->name, variable); !is_new)
        return refuse(
            variable, fmt::format("{} sets {} as well; keep one", at->second, target->name));
    if (!policy::yaml::is_one_line(text) || policy::yaml::first_foreign_byte(text))
        return refuse(variable, "a value must be one line of UTF-8 without control characters");
    *target->node = shape == Shape::list ? list_of(variable, text)
                                         : Tree{Tree::Kind::scalar, variable, text, {}, {}};
    return {};
}

}  // namespace

Status apply_environment(Tree& document, const std::map<std::string, std::string>& environment) {
    std::map<std::string, std::string> applied;
    for (const auto& [variable, text] : environment) {
        if (!variable.starts_with(kPrefix)) continue;
        const bool has_levels = variable.find("__", kPrefix.size()) != std::string::npos;
        auto status = has_levels ? apply(document, applied, variable, text) : refuse_slip(variable);
        if (!status) return status;
    }
    return {};
}

}  // namespace chela::sidecar::config
