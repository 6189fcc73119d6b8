#pragma once

#include "chains/abi/value.hpp"
#include "tests/redteam/mutate/operators.hpp"

#include <cstddef>
#include <optional>

namespace chela::redteam {

/// Somebody that no policy here knows.
[[nodiscard]] Address stranger();
/// A chain that no policy here lists.
inline constexpr ChainId kOtherChain{10};

/// @return nullptr: not a transaction
[[nodiscard]] const chains::Transaction* transaction_of(const Content& content);
/// Calldata of a transaction, or of a user operation. @return empty: there is none
[[nodiscard]] std::optional<Bytes> calldata_of(const Content& content);
[[nodiscard]] Content with_calldata(Content content, Bytes data);
/// The same transaction to somebody else, with other calldata and value.
[[nodiscard]] Content redirected(
    const chains::Transaction& transaction, const Address& to, Bytes data, Wei value);

/// Selector and arguments. @param signature  and arguments that fit; others abort
[[nodiscard]] Bytes call_of(std::string_view signature, const chains::abi::Value::List& arguments);
[[nodiscard]] chains::abi::Value number(const U256& value);
[[nodiscard]] chains::abi::Value list(chains::abi::Value::List items);

/// Where `part` stands in `bytes`, at any byte.
[[nodiscard]] std::vector<std::size_t> positions_of(BytesView part, BytesView bytes);
[[nodiscard]] Bytes replaced(Bytes bytes, std::size_t at, BytesView by);

/// The sum, or the largest number.
[[nodiscard]] U256 plus(const U256& a, std::uint64_t b);

}  // namespace chela::redteam
