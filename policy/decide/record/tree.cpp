#include "chains/base/address.hpp"
#include "policy/decide/record/parts.hpp"
#include "policy/effect/describe.hpp"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::policy {
namespace {

OrderedJson record_of_nodes(const std::vector<EffectNode>& nodes);

OrderedJson record_of_node(const EffectNode& node) {
    OrderedJson out;
    if (const auto* wrapper = std::get_if<Wrapper>(&node.what)) {
        out["wrapper"] = wrapper->name;
        out["contract"] = to_checksum(wrapper->contract);
    } else {
        const auto& effect = effect_of(node);
        out["effect"] = to_string(kind_of(effect));
        for (auto& [name, value] : record_of(effect).items())
            out[name] = std::move(value);
        out["text"] = describe(effect);
    }
    out["actor"] = to_checksum(node.actor);
    out["target"] = record_of(node.target);
    out["bytes"] = {node.range.begin, node.range.end};
    out["inner"] = record_of_nodes(node.inner);
    return out;
}

OrderedJson record_of_nodes(const std::vector<EffectNode>& nodes) {
    auto out = OrderedJson::array();
    for (const auto& node : nodes)
        out.push_back(record_of_node(node));
    return out;
}

void write_lines(const std::vector<EffectNode>& nodes, std::size_t depth, std::string& out) {
    for (const auto& node : nodes) {
        const auto* wrapper = std::get_if<Wrapper>(&node.what);
        const auto text =
            wrapper == nullptr
                ? describe(effect_of(node))
                : fmt::format("{} of {} carries:", wrapper->name, to_checksum(wrapper->contract));
        out += fmt::format("{:{}}{}\n", "", 2 * depth, text);
        write_lines(node.inner, depth + 1, out);
    }
}

}  // namespace

OrderedJson record_of(const EffectTree& tree) {
    return {
        {"roots", record_of_nodes(tree.roots)},
        {"valid_until",
         tree.valid_until ? OrderedJson(to_decimal(*tree.valid_until)) : OrderedJson(nullptr)}};
}

Json to_json(const EffectTree& tree) {
    return Json(record_of(tree));
}

std::string to_text(const EffectTree& tree) {
    std::string out;
    write_lines(tree.roots, 0, out);
    return out;
}

}  // namespace chela::policy
