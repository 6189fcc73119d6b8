#pragma once

#include "chains/lane/attempt.hpp"
#include "chains/node/responses.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace chela::chains::lane {

/// What a slot is after.
enum class Goal : std::uint8_t {
    execute,  ///< that what was asked for is mined
    cancel,   ///< that nothing is mined in its place: it is not wanted any more
    fill      ///< the same: no node takes what was asked for
};

/// Who hands the bytes of the first attempt to a node.
enum class Carrier : std::uint8_t { chela, caller };

/// Where a slot's transaction stands on the chain, as it was last seen.
struct Inclusion {
    unsigned attempt = 1;
    BlockNumber block;
    BlockHash block_hash;
    bool operator==(const Inclusion&) const = default;
};

/// What this process knows of its own sending; nothing of it survives a restart.
struct Sending {
    BlockNumber at;                       ///< the head when it was last sent
    std::chrono::milliseconds ago{};      ///< since then
    std::optional<BlockNumber> first_at;  ///< the head when it was first sent
};

/// A nonce that an intent holds.
struct Slot {
    Nonce nonce;
    Goal goal{Goal::execute};
    Carrier carrier{Carrier::chela};
    std::optional<AttemptKind> unsigned_kind;  ///< a further attempt is durable and not signed yet
    std::vector<Attempt> attempts;             ///< signed, in order
    std::optional<Inclusion> inclusion;
    std::optional<TimePoint> valid_until;
    bool is_urgent{};  ///< its caller wants it bumped now

    std::optional<Sending> sending;         ///< of the last attempt
    std::optional<BlockNumber> refused_at;  ///< the head when a replacement was last refused
    std::optional<BlockNumber> missing_since;
    bool is_confirmed_missing{};  ///< every endpoint says so
};

/// A lane's open slots, in the order of their nonces.
struct Lane {
    std::vector<Slot> slots;
    bool is_frozen{};
};

/// What the nodes show at one moment. Untrusted: a lie must not do more than hold the lane up.
struct Sight {
    BlockNumber head;
    Nonce used;  ///< the account's transaction count in the latest block
    std::optional<BlockNumber> finalized;
    std::set<TxHash> asked;  ///< hashes whose receipt was asked for and answered
    std::map<TxHash, node::Receipt> receipts;
    TimePoint now;
};

struct Rules {
    std::uint64_t confirmations = 1;
    bool use_finalized = false;      ///< final when the finalized tag says so, whatever the depth
    std::size_t window = 16;         ///< executable transactions that geth guarantees an account
    std::uint64_t resend_after = 3;  ///< blocks, of what a node has
    std::chrono::milliseconds retry_after{1'000};  ///< of what no node has confirmed
    std::uint64_t bump_after = 5;                  ///< blocks without inclusion …
    std::chrono::milliseconds bump_pause{};        ///< … and time since it was signed
    unsigned most_attempts = 10;
    std::uint64_t missing_after = 3;  ///< blocks before a nonce counts as used by somebody else
};

}  // namespace chela::chains::lane
