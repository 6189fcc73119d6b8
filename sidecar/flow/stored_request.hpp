#pragma once

#include "sidecar/flow/request.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace chela::sidecar::flow {

using AnyRequest = std::variant<IntentRequest, SignatureRequest>;

/// A request as JSON text that is kept with its intent, so that an intent held for approval can be
/// worked on later, after a restart too.
[[nodiscard]] std::string to_stored(const IntentRequest& request);
[[nodiscard]] std::string to_stored(const SignatureRequest& request);

/// @return the request with its chain as it is configured now; unavailable E_UNKNOWN_CHAIN: the
/// chain is configured no more; internal: not what to_stored() wrote
[[nodiscard]] Result<AnyRequest> read_stored(
    std::string_view text, const chains::Registry& registry);

}  // namespace chela::sidecar::flow
