#pragma once

#include "chains/base/address.hpp"
#include "chains/base/units.hpp"
#include "tests/support/anvil.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace chela::test::soak {

/// A transaction of the canonical chain.
struct OnChain {
    TxHash hash;
    std::optional<Address> to;
    Wei value;
    Bytes data;
    Wei worst_fee;  ///< gas limit × the highest price that it offered
    Wei paid_fee;   ///< gas used × the price that the block took
    bool succeeded{};
};

/// Every block from the first to the last, read through the node's JSON-RPC.
struct ChainView {
    std::map<std::pair<Address, Nonce>, OnChain> transactions;
    std::uint64_t blocks{};
    std::vector<std::string> troubles;  ///< a place that is taken twice, a sender nobody knows
};

/// @param senders  the only ones whose transactions may be there
[[nodiscard]] ChainView read_chain(const Anvil& anvil, const std::set<Address>& senders);

}  // namespace chela::test::soak
