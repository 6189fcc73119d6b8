#pragma once

#include "chains/lane/lane.hpp"

#include <cstdint>
#include <variant>
#include <vector>

namespace chela::chains::lane {

// What there is to do, each about one nonce.

/// The chain has an attempt of it.
struct Include {
    Nonce nonce;
    unsigned attempt = 1;
    node::Receipt receipt;
    bool is_final{};
};
/// The block that it was in is gone.
struct Reorganise {
    Nonce nonce;
};
/// The chain has used the nonce, and shows none of its attempts.
struct Miss {
    Nonce nonce;
};
/// It was missing for long enough, everywhere: somebody else signs with this key.
struct Freeze {
    Nonce nonce;
};
/// Its time is over; from now on it is to be cancelled.
struct Expire {
    Nonce nonce;
};
/// Nothing of it was signed and it is not wanted any more: let the nonce go, or else fill it.
struct Withdraw {
    Nonce nonce;
};
/// Approve another attempt in place of the last one, with higher fees.
struct Replace {
    Nonce nonce;
    AttemptKind kind{AttemptKind::bump};
};
/// Sign the attempt that is durable.
struct Sign {
    Nonce nonce;
};
/// Hand the last attempt's bytes to the nodes, for the first time or once more.
struct Send {
    Nonce nonce;
};
/// Signed, and it goes out when what has lower nonces has gone.
struct Wait {
    Nonce nonce;
};
/// The chain lacks transactions below the lane's open ones that were final: hand them in again.
struct Restore {
    Nonce from;
    Nonce before;
};

using Step = std::variant<
    Include,
    Reorganise,
    Miss,
    Freeze,
    Expire,
    Withdraw,
    Replace,
    Sign,
    Send,
    Wait,
    Restore>;

/// Whether what is known to be in a block is looked for again.
enum class Included : std::uint8_t { look_again, leave_out };
/// The hashes whose receipts decide: every attempt of a nonce that the chain has used, and of what
/// was in a block.
[[nodiscard]] std::vector<TxHash> lookups(const Lane& lane, Nonce used, Included included);

/// What follows from what is durable and what the nodes show: what the chain has, then, in the
/// order of nonces, what is to be signed and sent. A frozen lane is only watched. The driver does
/// the steps in order, and ends the round at a Send that no node confirms.
///
/// Whatever is shown, no step signs bytes of a nonce a second time, and none gives a nonce to
/// another intent.
/// Threads: pure.
[[nodiscard]] std::vector<Step> plan(const Lane& lane, const Sight& sight, const Rules& rules);

}  // namespace chela::chains::lane
