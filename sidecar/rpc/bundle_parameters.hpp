#pragma once

#include "sidecar/rpc/parameters.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace chela::sidecar::rpc {

inline constexpr std::size_t kMaxCalls = 20;  ///< of a bundle

/// The object of wallet_sendCalls.
struct BundleParameters {
    std::optional<std::string> id;  ///< the caller's own
    std::optional<Address> from;
    std::vector<flow::IntentRequest> calls;  ///< 1 … kMaxCalls
};
/// Every member is read or refused. Source: EIP-5792, version 2.0.0.
/// @param chain  that the door is about
/// @return -32602; 5710, 5760, 5700, 5740 as the EIP says; of a call, as read_transaction()
[[nodiscard]] RpcResult<BundleParameters> read_bundle(
    const Json& object, const chains::Chain& chain);

/// The name of a bundle in wallet_getCallsStatus. @return -32602
[[nodiscard]] RpcResult<std::string> bundle_id_parameter(const Call& call);

}  // namespace chela::sidecar::rpc
