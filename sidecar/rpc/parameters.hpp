#pragma once

#include "chains/base/units.hpp"
#include "sidecar/flow/request.hpp"
#include "sidecar/rpc/message.hpp"

#include <optional>
#include <string>

namespace chela::sidecar::rpc {

// What wallets' methods take. Errors are -32602 and name the parameter.

/// @return the parameter, or null when it was left out
[[nodiscard]] Json parameter(const Call& call, std::size_t at);
/// @param most  how many the method takes
[[nodiscard]] RpcResult<void> check_count(const Call& call, std::size_t most);

/// @return the text. @param name  for the error
[[nodiscard]] RpcResult<std::string> text_parameter(
    const Call& call, std::size_t at, const std::string& name);
[[nodiscard]] RpcResult<Address> address_parameter(
    const Call& call, std::size_t at, const std::string& name);

/// A transaction object of eth_sendTransaction or eth_signTransaction, and whose it is to be.
struct TransactionParameters {
    std::optional<Address> from;
    flow::IntentRequest request;
};
/// Every member is read or refused. Source: EIP-1474, execution-apis GenericTransaction.
/// @return kUnsupportedMethod E_UNSUPPORTED_FIELD for what chela does not sign: creations, blobs,
/// access lists, authorizations
[[nodiscard]] RpcResult<TransactionParameters> read_transaction(
    const Json& object, const chains::Chain& chain);

}  // namespace chela::sidecar::rpc
