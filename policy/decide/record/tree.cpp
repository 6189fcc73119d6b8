#include "chains/base/address.hpp"
#include "chains/base/rfc3339.hpp"
#include "policy/decide/record/parts.hpp"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::policy {
namespace {

OrderedJson record_of_nodes(const std::vector<EffectNode>& nodes, const AssetNames& names);

OrderedJson record_of_node(const EffectNode& node, const AssetNames& names) {
    OrderedJson out;
    if (const auto* wrapper = std::get_if<Wrapper>(&node.what)) {
        out["wrapper"] = wrapper->name;
        out["contract"] = to_checksum(wrapper->contract);
    } else {
        const auto& effect = effect_of(node);
        out["effect"] = to_string(kind_of(effect));
        for (auto& [name, value] : record_of(effect).items())
            out[name] = std::move(value);
        out["text"] = describe(effect, names);
    }
    out["actor"] = to_checksum(node.actor);
    out["target"] = record_of(node.target);
    out["bytes"] = {node.range.begin, node.range.end};
    out["inner"] = record_of_nodes(node.inner, names);
    return out;
}

OrderedJson record_of_nodes(const std::vector<EffectNode>& nodes, const AssetNames& names) {
    auto out = OrderedJson::array();
    for (const auto& node : nodes)
        out.push_back(record_of_node(node, names));
    return out;
}

void write_lines(
    const std::vector<EffectNode>& nodes,
    const AssetNames& names,
    std::size_t depth,
    std::string& out) {
    for (const auto& node : nodes) {
        const auto* wrapper = std::get_if<Wrapper>(&node.what);
        const auto text =
            wrapper == nullptr
                ? describe(effect_of(node), names)
                : fmt::format("{} of {} carries:", wrapper->name, to_checksum(wrapper->contract));
        out += fmt::format("{:{}}{}\n", "", 2 * depth, text);
        write_lines(node.inner, names, depth + 1, out);
    }
}

/// @param seconds  since 1970, as contracts keep time
std::string time_text(const U256& seconds) {
    constexpr std::uint64_t kYear10000 = 253'402'300'800;
    const auto small = seconds.to_uint64();
    if (!small || *small >= kYear10000) return to_decimal(seconds) + " s after 1970";
    return to_rfc3339(TimePoint{std::chrono::seconds{*small}});
}

}  // namespace

OrderedJson record_of(const EffectTree& tree, const AssetNames& names) {
    return {
        {"roots", record_of_nodes(tree.roots, names)},
        {"valid_until",
         tree.valid_until ? OrderedJson(to_decimal(*tree.valid_until)) : OrderedJson(nullptr)}};
}

Json to_json(const EffectTree& tree, const AssetNames& names) {
    return Json(record_of(tree, names));
}

std::string to_text(const EffectTree& tree, const AssetNames& names) {
    std::string out;
    write_lines(tree.roots, names, 0, out);
    if (tree.valid_until) {
        out += fmt::format("the signature holds until {}\n", time_text(*tree.valid_until));
    }
    return out;
}

}  // namespace chela::policy
