#pragma once

#include "chains/base/units.hpp"

#include <optional>
#include <string_view>
#include <variant>

namespace chela::policy {

/// Keyed by chain and contract, never by name or symbol.
struct Asset {
    ChainId chain;
    std::optional<Address> contract;  ///< empty: the chain's native currency
    bool operator==(const Asset&) const = default;
};

/// Value leaves `from`. For an NFT `amount` is 1.
struct Transfer {
    Asset asset;
    Address from;
    Address to;
    U256 amount;
    bool operator==(const Transfer&) const = default;
};

/// `spender` may later take from `owner`.
struct Grant {
    Asset asset;
    Address owner;
    Address spender;
    std::optional<U256> amount;  ///< empty: unbounded
    bool operator==(const Grant&) const = default;
};

struct Revoke {
    Asset asset;
    Address owner;
    Address spender;
    bool operator==(const Revoke&) const = default;
};

struct Deploy {
    Wei value;
    Hash256 initcode_hash;
    bool operator==(const Deploy&) const = default;
};

/// Anything that was not understood.
struct Opaque {
    enum class Reason : std::uint8_t { unknown_selector, non_canonical };
    Address target;
    Reason reason{Reason::unknown_selector};
    bool operator==(const Opaque&) const = default;
};

/// What a preimage does once decoded. Source: design, "Model".
using Effect = std::variant<Transfer, Grant, Revoke, Deploy, Opaque>;

}  // namespace chela::policy
