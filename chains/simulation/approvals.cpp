#include "chains/simulation/asset_changes.hpp"
#include "chains/simulation/logs.hpp"

#include <algorithm>

namespace chela::chains::simulation {
namespace {

constexpr std::size_t kWord = 32;

// keccak256("Approval(address,address,uint256)")
constexpr Hash256 kApproval{{0x8c, 0x5b, 0xe1, 0xe5, 0xeb, 0xec, 0x7d, 0x5b, 0xd1, 0x4f, 0x71,
                             0x42, 0x7d, 0x1e, 0x84, 0xf3, 0xdd, 0x03, 0x14, 0xc0, 0xf7, 0xb2,
                             0x29, 0x1e, 0x5b, 0x20, 0x0a, 0xc8, 0xc7, 0xc3, 0xb9, 0x25}};
// keccak256("ApprovalForAll(address,address,bool)")
constexpr Hash256 kApprovalForAll{{0x17, 0x30, 0x7e, 0xab, 0x39, 0xab, 0x61, 0x07, 0xe8, 0x89, 0x98,
                                   0x45, 0xad, 0x3d, 0x59, 0xbd, 0x96, 0x53, 0xf2, 0x00, 0xf2, 0x20,
                                   0x92, 0x04, 0x89, 0xca, 0x2b, 0x59, 0x37, 0x69, 0x6c, 0x31}};

std::optional<Approval> as_approval(const Log& log) {
    const bool has_word = log.topics.size() == 3 && log.data.size() == kWord;
    const bool has_id = log.topics.size() == 4 && log.data.empty();
    if (!has_word && !has_id) return std::nullopt;
    const auto owner = address_in(log.topics[1]);
    const auto spender = address_in(log.topics[2]);
    if (!owner || !spender) return std::nullopt;
    Approval out;
    out.token = log.address;
    out.owner = *owner;
    out.spender = *spender;
    if (log.topics[0] == kApproval && has_id) {
        out.kind = ApprovalKind::token;
        out.token_id = U256::from_big_endian(log.topics[3].view()).value_or(U256{});
        out.is_granted = *spender != Address{};
        return out;
    }
    if (!has_word) return std::nullopt;
    const auto word = U256::from_big_endian(log.data).value_or(U256{});
    out.is_granted = !word.is_zero();
    if (log.topics[0] == kApproval) {
        out.amount = word;
        return out;
    }
    out.kind = ApprovalKind::for_all;
    return log.topics[0] == kApprovalForAll ? std::optional{out} : std::nullopt;
}

}  // namespace

std::string_view to_string(ApprovalKind kind) {
    switch (kind) {
        case ApprovalKind::allowance:
            return "allowance";
        case ApprovalKind::token:
            return "token";
        case ApprovalKind::for_all:
            return "for_all";
    }
    bug("unknown approval kind");
}

std::vector<Approval> approvals(const SimulationResult& result) {
    std::vector<Approval> out;
    if (result.outcome != Outcome::success) return out;
    for (const Log& log : result.logs)
        if (auto approval = as_approval(log)) out.push_back(*std::move(approval));
    return out;
}

}  // namespace chela::chains::simulation
