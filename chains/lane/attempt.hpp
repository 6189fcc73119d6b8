#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/units.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace chela::chains::lane {

/// What a signed transaction of a nonce is for. A nonce belongs to one intent for ever; of all that
/// is signed for it, the chain takes one.
enum class AttemptKind : std::uint8_t {
    normal,  ///< what was asked for
    bump,    ///< the same with higher fees
    cancel,  ///< nothing in its place, since the intent is not wanted any more
    noop     ///< nothing in its place, since no node takes what was asked for
};
[[nodiscard]] std::string_view to_string(AttemptKind kind);
[[nodiscard]] std::optional<AttemptKind> parse_attempt_kind(std::string_view word);
/// Does it do what was asked for?
[[nodiscard]] bool carries_the_intent(AttemptKind kind);

/// A signed transaction whose bytes are durable.
struct Attempt {
    unsigned number = 1;  ///< 1, 2 … of its nonce
    AttemptKind kind{AttemptKind::normal};
    TxHash hash;
    /// The head when a node first confirmed that it has it; empty: none did so far.
    std::optional<BlockNumber> seen_at;
    TimePoint signed_at;
};

}  // namespace chela::chains::lane
