#include "chains/simulation/block.hpp"

#include "chains/base/hex.hpp"
#include "chains/node/fields.hpp"
#include "chains/node/printable.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace chela::chains::simulation {
namespace {

// Source: JSON-RPC 2.0, section 5.1.
constexpr std::int64_t kInvalidParameters = -32602;
// Source: EIP-1898 and EIP-1474, "resource not found".
constexpr std::int64_t kResourceNotFound = -32001;
// Source: Besu, "unknown block".
constexpr std::int64_t kUnknownBlock = -39001;
// Source: Ethereum JSON-RPC error codes: an execution that reverted.
constexpr std::int64_t kReverted = 3;

constexpr std::array<std::string_view, 7> kRefusals{
    "header not found",         // geth, Erigon
    "block not found",          // reth, Besu, Nethermind
    "unknown block",            // Besu
    "not currently canonical",  // geth, EIP-1898
    "is not canonical",         // Nethermind, Erigon
    "resource not found",       // anvil
    "could not be found",       // Nethermind
};

}  // namespace

Result<PinnedBlock> read_block(const Json& result) {
    const auto number = node::uint64_member(result, "number");
    if (!number) return std::unexpected{number.error()};
    const auto hash = node::fixed_member<BlockHash>(result, "hash");
    if (!hash) return std::unexpected{hash.error()};
    return PinnedBlock{BlockNumber{*number}, *hash, Pinning::by_hash};
}

Json block_parameter(const PinnedBlock& block) {
    switch (block.pinning) {
        case Pinning::by_hash:
            return {{"blockHash", to_hex(block.hash)}, {"requireCanonical", true}};
        case Pinning::by_number:
            return to_quantity(U256{block.number.value});
        case Pinning::none:
            break;
    }
    bug("a simulation names no block");
}

bool is_block_refused(std::int64_t code, std::string_view message) {
    const std::string lower = node::lower_case(message);
    // A contract chooses the words of its revert and must not be able to choose the block with
    // them.
    if (code == kReverted || lower.find("revert") != std::string::npos) return false;
    if (code == kInvalidParameters || code == kResourceNotFound || code == kUnknownBlock)
        return true;
    return std::ranges::any_of(
        kRefusals, [&](std::string_view text) { return lower.find(text) != std::string::npos; });
}

void pin(SimulationResult& result, const PinnedBlock& block) {
    result.pinning = block.pinning;
    result.block_number = block.number;
    if (block.pinning == Pinning::by_hash) result.block_hash = block.hash;
}

}  // namespace chela::chains::simulation
