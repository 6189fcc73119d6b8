#include "chains/base/hex.hpp"
#include "tests/support/fake_node/rpc/objects.hpp"
#include "tests/support/fake_node/rpc/parameters.hpp"

#include <nlohmann/json.hpp>

namespace chela::test::fake_node {
namespace {

using sidecar::node::RpcAnswer;

/// The account at the block that the second parameter names.
std::expected<const Account*, RpcAnswer> account(const Query& query, const Address& address) {
    const auto block = block_parameter(query, 1);
    if (!block) return std::unexpected{error(block.error())};
    if (*block == nullptr) return std::unexpected{error(-32000, "header not found")};
    return &(*block)->state.at(address);
}

bool asks_for_pending(const Query& query) {
    return query.parameters.size() > 1 && query.parameters[1] == "pending";
}

}  // namespace

Answered answer_accounts(const std::string& method, const Query& query) {
    const bool is_count = method == "eth_getTransactionCount";
    const bool is_balance = method == "eth_getBalance";
    if (!is_count && !is_balance && method != "eth_getCode") return std::nullopt;
    const auto address = address_parameter(query, 0);
    if (!address) return error(address.error());
    const auto found = account(query, *address);
    if (!found) return found.error();
    if (is_balance) return result(quantity((*found)->balance));
    if (!is_count) return result(to_hex((*found)->code));
    // A replica that is behind has not seen the pool either.
    if (asks_for_pending(query) && query.head == query.chain.head().number)
        return result(quantity(query.chain.pool().next_nonce(*address, query.chain.head().state)));
    return result(quantity((*found)->nonce));
}

}  // namespace chela::test::fake_node
