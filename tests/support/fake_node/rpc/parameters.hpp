#pragma once

#include "tests/support/fake_node/rpc/answer.hpp"

#include <expected>

namespace chela::test::fake_node {

template <class T>
using Parameter = std::expected<T, sidecar::node::RpcError>;

/// -32602 in geth's words.
[[nodiscard]] std::unexpected<sidecar::node::RpcError> bad_parameter(
    std::size_t index, std::string_view why);

[[nodiscard]] Parameter<const Json*> parameter(const Query& query, std::size_t index);
[[nodiscard]] Parameter<Address> address_parameter(const Query& query, std::size_t index);
[[nodiscard]] Parameter<TxHash> hash_parameter(const Query& query, std::size_t index);
[[nodiscard]] Parameter<std::uint64_t> number_parameter(const Query& query, std::size_t index);
/// A tag, a number, {"blockNumber": …} or {"blockHash": …}; absent: the latest. "pending" is the
/// latest, too. @return nullptr: the node has no such block
[[nodiscard]] Parameter<const Block*> block_parameter(const Query& query, std::size_t index);

}  // namespace chela::test::fake_node
