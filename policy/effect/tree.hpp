#pragma once

#include "policy/effect/effect.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace chela::policy {

/// Which bytes of the decoded data say it: of a transaction's or user operation's calldata. Typed
/// data and messages have none (0, 0).
struct ByteRange {
    std::size_t begin{};
    std::size_t end{};
    bool operator==(const ByteRange&) const = default;
};

/// A call that only carries other calls: no effect of its own.
struct Wrapper {
    std::string_view name;  ///< "Multicall3.aggregate3"
    Address contract;
    bool operator==(const Wrapper&) const = default;
};

struct EffectNode {
    std::variant<Wrapper, Effect> what;
    Address actor;                  ///< who acts: the signer, or the account it acts through
    std::optional<Address> target;  ///< the contract that is called; empty: a creation, a message
    ByteRange range;
    std::vector<EffectNode> inner;  ///< of a wrapper or a user operation
    bool operator==(const EffectNode&) const = default;
};

/// What one signature does.
struct EffectTree {
    std::vector<EffectNode> roots;
    Expiry valid_until;  ///< after which the signature alone can do nothing (a permit's deadline)
    bool operator==(const EffectTree&) const = default;
};

/// Every effect of the tree in the order of the bytes; wrappers are not among them.
/// Ownership: points into the tree.
[[nodiscard]] std::vector<const EffectNode*> effects_of(const EffectTree& tree);

/// The effect of a node that effects_of() gave; a wrapper is a bug of ours and aborts.
[[nodiscard]] const Effect& effect_of(const EffectNode& node);

}  // namespace chela::policy
