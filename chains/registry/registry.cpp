#include "chains/registry/registry.hpp"

#include "chains/base/u256.hpp"
#include "chains/node/printable.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::chains {
namespace {

constexpr std::size_t kMaxNameLength = 64;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

std::string_view to_string(Finality finality) {
    switch (finality) {
        case Finality::depth:
            return "depth";
        case Finality::finalized_tag:
            return "finalized";
    }
    bug("a Finality that does not exist");
}

std::optional<Finality> parse_finality(std::string_view word) {
    for (const auto finality : {Finality::depth, Finality::finalized_tag})
        if (word == to_string(finality)) return finality;
    return std::nullopt;
}

Status check_chain_name(const std::string& name) {
    const bool is_written_right = std::ranges::all_of(
        name, [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-'; });
    if (name.empty() || name.size() > kMaxNameLength || !is_written_right) {
        return fail(
            ErrorCode::invalid_input,
            fmt::format(
                "chain name \"{}\": use 1 to {} lower-case letters, digits and dashes",
                node::printable(name, kMaxNameLength), kMaxNameLength));
    }
    // find() could not tell such a name from a chain id.
    if (std::ranges::all_of(name, is_digit)) {
        return fail(
            ErrorCode::invalid_input,
            fmt::format("chain name \"{}\": a name of digits only would read as a chain id", name));
    }
    return {};
}

Result<Registry> Registry::make(std::vector<Chain> chains) {
    for (std::size_t i = 0; i < chains.size(); ++i) {
        const Chain& chain = chains[i];
        if (auto named = check_chain_name(chain.name); !named)
            return std::unexpected{named.error()};
        if (chain.chain_id.value == 0) {
            return fail(
                ErrorCode::invalid_input,
                fmt::format("chain {}: chain id 0 does not exist", chain.name));
        }
        for (std::size_t j = 0; j < i; ++j) {
            if (chains[j].name == chain.name) {
                return fail(
                    ErrorCode::invalid_input,
                    fmt::format("chain name {} is there twice", chain.name));
            }
            if (chains[j].chain_id == chain.chain_id) {
                return fail(
                    ErrorCode::invalid_input,
                    fmt::format(
                        "chains {} and {} have the same chain id {}", chains[j].name, chain.name,
                        chain.chain_id.value));
            }
        }
    }
    Registry registry;
    registry.chains_ = std::move(chains);
    return registry;
}

Result<Chain> Registry::find(std::string_view name_or_id) const {
    const std::string name = node::lower_case(name_or_id);
    const auto number = parse_decimal(name_or_id);
    const auto id = number ? number->to_uint64() : std::nullopt;
    const auto found = std::ranges::find_if(chains_, [&](const Chain& chain) {
        return chain.name == name || (id && chain.chain_id.value == *id);
    });
    if (found != chains_.end()) return *found;

    std::string known;
    for (const Chain& chain : chains_) {
        known +=
            fmt::format("{}{} ({})", known.empty() ? "" : ", ", chain.name, chain.chain_id.value);
    }
    return fail(
        ErrorCode::not_found,
        fmt::format(
            "no chain \"{}\"; there is: {}", node::printable(name_or_id, kMaxNameLength),
            known.empty() ? "none" : known),
        "E_UNKNOWN_CHAIN");
}

std::string chain_uuid(ChainId id) {
    // Version 8 is for layouts of one's own: the id's 16 hex digits stand around the version and
    // variant.
    return fmt::format("{:08x}-0000-8000-8000-{:012x}", id.value >> 32U, id.value & 0xffff'ffffU);
}

}  // namespace chela::chains
