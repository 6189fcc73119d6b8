#pragma once

#include "chains/node/blocks.hpp"

#include <optional>
#include <string>

namespace chela::chains::node {

/// The parameters of eth_subscribe for new heads.
[[nodiscard]] Json new_heads_parameters();

/// The id that eth_subscribe answers: what a notification names.
/// @return bad_response: not text of 1 to 128 characters
[[nodiscard]] Result<std::string> read_subscription_id(const Json& result);

/// One eth_subscription notification of newHeads.
struct NewHead {
    std::string subscription;
    Head head;
};

/// @param message  a whole JSON-RPC message
/// @return empty: it is something else (an answer, another method); bad_response: an
/// eth_subscription that is not as it must be
/// Source: geth, "Real-time Events"; JSON-RPC 2.0, section 4.1.
[[nodiscard]] Result<std::optional<NewHead>> read_new_head(const Json& message);

}  // namespace chela::chains::node
