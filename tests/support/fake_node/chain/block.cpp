#include "tests/support/fake_node/chain/block.hpp"

#include "chains/crypto/keccak.hpp"
#include "chains/rlp/encode.hpp"
#include "tests/support/fake_node/chain/cost.hpp"

#include <algorithm>

namespace chela::test::fake_node {
namespace {

constexpr std::uint64_t kElasticity = 2;
constexpr std::uint64_t kDenominator = 8;

}  // namespace

Wei next_base_fee(const Block& parent) {
    const std::uint64_t target = parent.gas_limit.value / kElasticity;
    const std::uint64_t used = parent.gas_used.value;
    if (used == target) return parent.base_fee;
    const std::uint64_t gap = used > target ? used - target : target - used;
    const U256 scaled = divide(times(parent.base_fee, gap).value, target).quotient;
    const Wei change{divide(scaled, kDenominator).quotient};
    if (used < target) return minus(parent.base_fee, change);
    return plus(parent.base_fee, std::max(change, Wei{U256{1}}));
}

BlockHash hash_of(const Block& block, std::uint64_t fork) {
    chains::rlp::Encoder header;
    header.string(block.parent.view())
        .integer(block.number.value)
        .integer(block.base_fee.value)
        .integer(fork);
    for (const auto& mined : block.transactions)
        header.string(mined.signed_tx.hash.view());
    return BlockHash{chains::keccak256(header.as_list()).bytes};
}

}  // namespace chela::test::fake_node
