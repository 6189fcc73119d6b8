#include "policy/gate/next_nonce.hpp"

#include "chains/base/address.hpp"

#include <limits>

#include <fmt/format.h>

namespace chela::policy {

Result<Nonce> next_nonce(LedgerTransaction& ledger, const GateRequest& request, ChainId chain) {
    // EIP-2681: 2^64-1 is never a valid nonce.
    constexpr auto kEnd = std::numeric_limits<std::uint64_t>::max();
    const auto highest = ledger.highest_nonce(Lane{chain, request.signer});
    if (!highest) return std::unexpected{highest.error()};
    auto next = request.chain_nonce;
    if (const auto& given = *highest) {
        if (given->value == kEnd)
            return fail(ErrorCode::out_of_range, "the lane has no nonce left");
        const Nonce ours{given->value + 1};
        if (next > ours) {
            return fail(
                ErrorCode::unavailable,
                fmt::format(
                    "the chain's next nonce of this account is {0}, chela's is {1}: the node is "
                    "wrong, the key is used elsewhere, or the database is an old copy. Nothing is "
                    "signed until they agree. Find out which; if the key was used elsewhere, give "
                    "the agent a new key, or accept what was sent with `chela lane unfreeze {2} "
                    "{3} --lost-below {0}`",
                    next.value, ours.value, chain.value, to_checksum(request.signer)),
                "E_NONCE_FOREIGN");
        }
        next = ours;
    }
    if (next.value == kEnd) return fail(ErrorCode::out_of_range, "the lane has no nonce left");
    if (request.requested_nonce && *request.requested_nonce != next) {
        return fail(
            ErrorCode::conflict,
            fmt::format(
                "nonce {} cannot be used; the next one is {}", request.requested_nonce->value,
                next.value),
            "E_NONCE_NOT_NEXT");
    }
    return next;
}

}  // namespace chela::policy
