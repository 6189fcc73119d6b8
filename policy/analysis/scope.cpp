#include "policy/analysis/scope.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "policy/rules/load/values.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace chela::policy::analysis {
namespace {

template <class T>
void append_new(std::vector<T>& to, const std::vector<T>& from) {
    for (const auto& each : from)
        if (std::ranges::find(to, each.name, &T::name) == to.end()) to.push_back(each);
}

}  // namespace

Scope::Scope(std::span<const BoundPolicy> all, const ReadFile& read)
    : policies{all},
      read_file{read} {
    for (const auto& bound : all) {
        append_new(declared.assets, bound.policy->assets);
        append_new(declared.declared_contracts, bound.policy->declared_contracts);
    }
}

std::optional<Address> find_account(std::string_view name, const Scope& scope) {
    if (name == "self") return scope.signer;
    if (const auto found = scope.names.find(name); found != scope.names.end()) return found->second;
    for (const auto& contract : scope.declared.declared_contracts)
        if (contract.name == name) return contract.address;
    for (const auto& asset : scope.declared.assets)
        if (asset.name == name) return asset.asset.contract;
    return std::nullopt;
}

std::optional<Address> read_account(const Node& node, const Scope& scope) {
    const auto text = node.text();
    if (!text) return std::nullopt;
    if (const auto known = find_account(*text, scope)) return known;
    const auto address = parse_address(*text);
    if (address) return *address;
    node.refuse(fmt::format(
        "\"{}\" is no account: {}; write an address in full, self, or what names:, the policy's "
        "contracts or its tokens name",
        *text, address.error().detail));
    return std::nullopt;
}

std::optional<ChainId> read_chain_of(const Node& section, const Scope& scope) {
    const auto node = section.find("chain");
    if (!node) {
        if (!scope.chain)
            section.refuse("\"chain\" is missing; write it here or once for the file");
        return scope.chain;
    }
    const auto id = node->number(0, std::numeric_limits<std::uint64_t>::max());
    return id ? std::optional{ChainId{*id}} : std::nullopt;
}

std::optional<U256> find_moment(const Node& node, const Scope& scope) {
    const auto& text = node.tree().text;
    if (!node.is_scalar() || !text.starts_with("now") || !scope.now) return std::nullopt;
    auto seconds = std::chrono::floor<std::chrono::seconds>(*scope.now).time_since_epoch();
    if (text.size() > 3) {
        const auto length = load::parse_duration(std::string_view{text}.substr(4));
        if ((text[3] != '+' && text[3] != '-') || !length) {
            node.refuse(fmt::format("expected now, now+5m or now-1h, found \"{}\"", text));
            return U256{};
        }
        const auto shift = std::chrono::duration_cast<std::chrono::seconds>(*length);
        seconds += text[3] == '+' ? shift : -shift;
    }
    return U256{static_cast<std::uint64_t>(std::max<std::int64_t>(seconds.count(), 0))};
}

std::optional<U256> read_units(const Node& node, Scope& scope, const std::optional<Asset>& asset) {
    const auto context = scope.context();
    const auto amount = load::read_amount(node, context, asset);
    return amount ? std::optional{amount->amount} : std::nullopt;
}

Wei read_wei_of(const Node& section, std::string_view key, Scope& scope, Wei otherwise) {
    const auto node = section.find(key);
    if (!node) return otherwise;
    const auto context = scope.context();
    return load::read_wei(*node, context).value_or(otherwise);
}

std::optional<Bytes> read_hex(const Node& node) {
    const auto text = node.text();
    if (!text) return std::nullopt;
    auto bytes = parse_hex(*text);
    if (bytes) return *std::move(bytes);
    node.refuse(fmt::format("expected hex after 0x: {}", bytes.error().detail));
    return std::nullopt;
}

}  // namespace chela::policy::analysis
