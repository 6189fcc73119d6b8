#include "chains/simulation/asset_changes.hpp"

#include "chains/abi/decode.hpp"
#include "chains/node/fields.hpp"
#include "chains/simulation/logs.hpp"

#include <array>

namespace chela::chains::simulation {
namespace {

constexpr std::size_t kWord = 32;

// keccak256("TransferSingle(address,address,address,uint256,uint256)")
constexpr Hash256 kTransferSingle{{0xc3, 0xd5, 0x81, 0x68, 0xc5, 0xae, 0x73, 0x97, 0x73, 0x1d, 0x06,
                                   0x3d, 0x5b, 0xbf, 0x3d, 0x65, 0x78, 0x54, 0x42, 0x73, 0x43, 0xf4,
                                   0xc0, 0x83, 0x24, 0x0f, 0x7a, 0xac, 0xaa, 0x2d, 0x0f, 0x62}};
// keccak256("TransferBatch(address,address,address,uint256[],uint256[])")
constexpr Hash256 kTransferBatch{{0x4a, 0x39, 0xdc, 0x06, 0xd4, 0xc0, 0xdb, 0xc6, 0x4b, 0x70, 0xaf,
                                  0x90, 0xfd, 0x69, 0x8a, 0x23, 0x3a, 0x51, 0x8a, 0xa5, 0xd0, 0x7e,
                                  0x59, 0x5d, 0x98, 0x3b, 0x8c, 0x05, 0x26, 0xc8, 0xf7, 0xfb}};

using Changes = std::vector<AssetChange>;

AssetChange native(const Address& from, std::optional<Address> to, const U256& amount) {
    return {AssetKind::native, std::nullopt, std::nullopt, from, to, amount};
}

bool take_transfer(const Log& log, Changes& out) {
    const auto transfer = as_transfer(log);
    if (!transfer) return false;
    const auto kind = transfer->token_id ? AssetKind::erc721 : AssetKind::erc20;
    out.push_back(
        {kind, log.address, transfer->token_id, transfer->from, transfer->to, transfer->amount});
    return true;
}

/// One id and amount, or a list of each. @return nothing: not so encoded
std::optional<std::vector<std::pair<U256, U256>>> ids_and_amounts(const Log& log) {
    std::vector<std::pair<U256, U256>> out;
    if (log.topics[0] == kTransferSingle) {
        if (log.data.size() != 2 * kWord) return std::nullopt;
        const BytesView data{log.data};
        out.emplace_back(
            U256::from_big_endian(data.first(kWord)).value_or(U256{}),
            U256::from_big_endian(data.last(kWord)).value_or(U256{}));
        return out;
    }
    static const auto list = abi::parse_type("uint256[]");
    if (!list) bug("uint256[] is not a type");
    const std::array types{*list, *list};
    const auto values = abi::decode(types, log.data);
    if (!values) return std::nullopt;
    const auto& ids = std::get<abi::Value::List>(values->at(0).data);
    const auto& amounts = std::get<abi::Value::List>(values->at(1).data);
    if (ids.size() != amounts.size()) return std::nullopt;
    for (std::size_t i = 0; i < ids.size(); ++i)
        out.emplace_back(std::get<U256>(ids[i].data), std::get<U256>(amounts[i].data));
    return out;
}

Status take_multi_token(const Log& log, Changes& out) {
    if (log.topics.size() != 4) return {};
    if (log.topics[0] != kTransferSingle && log.topics[0] != kTransferBatch) return {};
    const auto from = address_in(log.topics[2]);
    const auto to = address_in(log.topics[3]);
    if (!from || !to) return {};
    const auto moved = ids_and_amounts(log);
    if (!moved) return node::bad_answer("log", "of an ERC-1155 transfer does not say what moved");
    for (const auto& [id, amount] : *moved)
        out.push_back({AssetKind::erc1155, log.address, id, *from, to, amount});
    return {};
}

}  // namespace

std::string_view to_string(AssetKind kind) {
    switch (kind) {
        case AssetKind::native:
            return "native";
        case AssetKind::erc20:
            return "erc20";
        case AssetKind::erc721:
            return "erc721";
        case AssetKind::erc1155:
            return "erc1155";
    }
    bug("unknown asset kind");
}

Result<std::vector<AssetChange>> asset_changes(
    const SimulationResult& result, const node::CallRequest* top_level) {
    Changes out;
    if (result.outcome != Outcome::success) return out;
    if (result.degraded && top_level != nullptr && !top_level->value.value.is_zero()) {
        out.push_back(native(top_level->from, top_level->to, top_level->value.value));
    }
    for (const NativeMove& move : result.native_moves)
        out.push_back(native(move.from, move.to, move.amount.value));
    for (const Log& log : result.logs) {
        if (take_transfer(log, out)) continue;
        if (auto taken = take_multi_token(log, out); !taken) return std::unexpected{taken.error()};
    }
    return out;
}

}  // namespace chela::chains::simulation
