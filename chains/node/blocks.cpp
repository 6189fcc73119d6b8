#include "chains/node/blocks.hpp"

#include "chains/base/hex.hpp"
#include "chains/node/fields.hpp"
#include "chains/node/printable.hpp"

#include <nlohmann/json.hpp>

namespace chela::chains::node {

std::string_view to_string(BlockTag tag) {
    switch (tag) {
        case BlockTag::latest:
            return "latest";
        case BlockTag::finalized:
            return "finalized";
    }
    bug("unknown block tag");
}

Json block_by_number_parameters(BlockTag tag) {
    return Json::array({std::string{to_string(tag)}, false});
}

Json block_by_hash_parameters(const BlockHash& hash) {
    return Json::array({to_hex(hash), false});
}

Result<Head> read_head(const Json& header) {
    const auto member_number = member(header, "number");
    if (!member_number) return std::unexpected{member_number.error()};
    const auto number = read_block_number(**member_number, "number");
    if (!number) return std::unexpected{number.error()};
    const auto hash = fixed_member<BlockHash>(header, "hash");
    if (!hash) return std::unexpected{hash.error()};
    const auto parent = fixed_member<BlockHash>(header, "parentHash");
    if (!parent) return std::unexpected{parent.error()};
    const auto timestamp = uint64_member(header, "timestamp");
    if (!timestamp) return std::unexpected{timestamp.error()};
    Head head{*number, *hash, *parent, *timestamp, std::nullopt};
    if (const Json* const fee = optional_member(header, "baseFeePerGas")) {
        const auto base_fee = read_quantity(*fee, "baseFeePerGas");
        if (!base_fee) return std::unexpected{base_fee.error()};
        head.base_fee = Wei{*base_fee};
    }
    return head;
}

Result<std::optional<Head>> read_block(const Json& result) {
    if (result.is_null()) return std::optional<Head>{};
    const auto head = read_head(result);
    if (!head) return std::unexpected{head.error()};
    return std::optional{*head};
}

bool is_tag_missing(std::int64_t code, std::string_view message) {
    constexpr std::int64_t kInvalidParameters = -32602;
    constexpr std::int64_t kUnknownBlock = -39001;
    if (code == kInvalidParameters || code == kUnknownBlock) return true;
    const auto text = lower_case(message);
    return text.find("finalized") != std::string::npos ||
           text.find("unknown block") != std::string::npos;
}

}  // namespace chela::chains::node
