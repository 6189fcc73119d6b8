#include "tests/redteam/mutate/json_leaves.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/message/typed_data_json.hpp"
#include "tests/redteam/mutate/addresses.hpp"
#include "tests/redteam/mutate/parts.hpp"

#include <set>
#include <utility>

#include <nlohmann/json.hpp>

namespace chela::redteam {
namespace {

using Pointer = Json::json_pointer;

void collect(const Json& json, const Pointer& at, std::vector<Pointer>& out) {
    if (!json.is_structured()) {
        out.push_back(at);
        return;
    }
    for (const auto& [key, value] : json.items())
        collect(value, json.is_array() ? at / std::stoul(key) : at / key, out);
}

std::vector<Pointer> leaves_of(const Json& json) {
    std::vector<Pointer> out;
    for (const auto* part : {"domain", "message"})
        collect(json.at(part), Pointer{} / part, out);
    return out;
}

/// Positions of addresses inside of bytes, written in hex.
std::vector<std::string> inside(const std::string& text, const std::string& by) {
    const auto bytes = parse_hex(text);
    const auto address = parse_fixed<Address>(by);
    if (!bytes || !address) return {};
    std::vector<std::string> out;
    for (const auto at : padded_addresses(*bytes, std::span<const Address>{}))
        out.push_back(to_hex(replaced(*bytes, at + 32 - Address::kSize, address->view())));
    return out;
}

}  // namespace

Json json_of(const chains::TypedData& data) {
    return chains::to_json(data);
}

Result<Content> content_of(const Json& json) {
    auto data = chains::read_typed_data(json);
    if (!data) return std::unexpected{data.error()};
    return Content{*std::move(data)};
}

std::vector<Mutant> with_each_leaf(
    const chains::TypedData& data,
    const std::function<bool(const std::string& path, Json& leaf)>& change) {
    const auto json = json_of(data);
    std::vector<Mutant> out;
    for (const auto& at : leaves_of(json)) {
        auto changed = json;
        if (!change(at.to_string(), changed[at])) continue;
        out.push_back({at.to_string(), content_of(changed)});
    }
    return out;
}

std::vector<Mutant> with_each_address_replaced(
    const chains::TypedData& data, const std::string& by) {
    auto out = with_each_leaf(data, [&by](const std::string&, Json& leaf) {
        if (!leaf.is_string() || !parse_address(leaf.get<std::string>())) return false;
        leaf = by;
        return true;
    });
    const auto json = json_of(data);
    for (const auto& at : leaves_of(json)) {
        if (!json[at].is_string()) continue;
        for (auto& text : inside(json[at].get<std::string>(), by)) {
            auto changed = json;
            changed[at] = text;
            out.push_back({at.to_string() + " inside", content_of(changed)});
        }
    }
    return out;
}

}  // namespace chela::redteam
