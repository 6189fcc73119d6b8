#include "tests/support/fake_node/rpc/parameters.hpp"

#include "chains/base/hex.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::test::fake_node {
namespace {

using sidecar::node::RpcError;

constexpr std::int64_t kInvalidParameters = -32602;

const std::string* text_of(const Json& value) {
    return value.is_string() ? &value.get_ref<const std::string&>() : nullptr;
}

template <class Fixed>
Parameter<Fixed> fixed_parameter(const Query& query, std::size_t index, std::string_view what) {
    const auto value = parameter(query, index);
    if (!value) return std::unexpected{value.error()};
    const auto* const text = text_of(**value);
    const auto fixed = text == nullptr ? fail(ErrorCode::invalid_input, "it is not a string")
                                       : parse_fixed<Fixed>(*text);
    if (!fixed) return bad_parameter(index, fmt::format("{}: {}", what, fixed.error().detail));
    return *fixed;
}

/// What a node has no block for yet is unknown to it.
const Block* seen(const Query& query, const Block* block) {
    return block != nullptr && block->number <= query.head ? block : nullptr;
}

Parameter<const Block*> by_text(const Query& query, std::size_t index, const std::string& text) {
    const auto at = [&](BlockNumber number) { return query.chain.block(number); };
    if (text == "latest" || text == "pending") return at(query.head);
    if (text == "earliest") return at(BlockNumber{});
    if (text == "finalized" || text == "safe")
        return at(std::min(query.head, query.chain.finalized()));
    const auto quantity = parse_quantity(text);
    const auto number = quantity ? quantity->to_uint64() : std::nullopt;
    if (!number) return bad_parameter(index, "no block number: " + text);
    return seen(query, at(BlockNumber{*number}));
}

}  // namespace

std::unexpected<RpcError> bad_parameter(std::size_t index, std::string_view why) {
    return std::unexpected{
        RpcError{kInvalidParameters, fmt::format("invalid argument {}: {}", index, why), {}}};
}

Parameter<const Json*> parameter(const Query& query, std::size_t index) {
    if (!query.parameters.is_array() || query.parameters.size() <= index)
        return std::unexpected{RpcError{
            kInvalidParameters, fmt::format("missing value for required argument {}", index), {}}};
    return &query.parameters[index];
}

Parameter<Address> address_parameter(const Query& query, std::size_t index) {
    return fixed_parameter<Address>(query, index, "address");
}

Parameter<TxHash> hash_parameter(const Query& query, std::size_t index) {
    return fixed_parameter<TxHash>(query, index, "hash");
}

Parameter<std::uint64_t> number_parameter(const Query& query, std::size_t index) {
    const auto value = parameter(query, index);
    if (!value) return std::unexpected{value.error()};
    // eth_feeHistory's count may be a JSON number.
    if ((*value)->is_number_unsigned()) return (*value)->get<std::uint64_t>();
    const auto* const text = text_of(**value);
    const auto quantity = text == nullptr ? fail(ErrorCode::invalid_input, "it is not a string")
                                          : parse_quantity(*text);
    const auto number = quantity ? quantity->to_uint64() : std::nullopt;
    if (!number) return bad_parameter(index, "not a quantity of 64 bits");
    return *number;
}

Parameter<const Block*> block_parameter(const Query& query, std::size_t index) {
    if (!query.parameters.is_array() || query.parameters.size() <= index)
        return query.chain.block(query.head);
    const Json& value = query.parameters[index];
    if (const auto* const text = text_of(value)) return by_text(query, index, *text);
    if (!value.is_object()) return bad_parameter(index, "neither a tag nor an object");
    if (const auto found = value.find("blockNumber"); found != value.end() && found->is_string())
        return by_text(query, index, found->get_ref<const std::string&>());
    const auto found = value.find("blockHash");
    if (found == value.end() || !found->is_string())
        return bad_parameter(index, "neither blockNumber nor blockHash");
    const auto hash = parse_fixed<BlockHash>(found->get_ref<const std::string&>());
    if (!hash) return bad_parameter(index, hash.error().detail);
    return seen(query, query.chain.block(*hash));
}

}  // namespace chela::test::fake_node
