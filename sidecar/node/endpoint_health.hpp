#pragma once

#include "chains/base/result.hpp"
#include "chains/base/units.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chela::sidecar::node {

enum class EndpointState : std::uint8_t {
    untried,
    healthy,
    failing,     ///< its last answer was none, or garbage; it is still asked
    resting,     ///< it failed too often in a row, and is left alone for a while
    behind,      ///< its head is too far behind the others': no state is read from it
    wrong_chain  ///< it serves another chain: it is not used
};
[[nodiscard]] std::string_view to_string(EndpointState state);
/// Is it asked for the chain's state? An endpoint that nobody tried yet is, and one that may have
/// failed by chance.
[[nodiscard]] bool is_usable(EndpointState state);

/// How one endpoint of a chain does. Secret: no; the error's text names the origin alone.
struct EndpointHealth {
    std::string origin;  ///< "https://host:port"
    EndpointState state{EndpointState::untried};
    std::optional<Error> last_error;                   ///< until something succeeds
    std::optional<BlockNumber> head;                   ///< the newest block that it has shown
    std::optional<std::chrono::microseconds> latency;  ///< of the last answer
    std::chrono::nanoseconds silent_for{};  ///< since it answered last, or since it is known
};

/// For whoever asks how chela is: one that has never answered is no help, though it is asked on.
[[nodiscard]] bool may_answer(const EndpointHealth& endpoint);

}  // namespace chela::sidecar::node
