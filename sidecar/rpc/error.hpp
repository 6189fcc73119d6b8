#pragma once

#include "sidecar/rpc/message.hpp"
#include "sidecar/store/records.hpp"

namespace chela::sidecar::rpc {

// Source: JSON-RPC 2.0 §5.1.
inline constexpr std::int64_t kParseError = -32700;
inline constexpr std::int64_t kInvalidRequest = -32600;
inline constexpr std::int64_t kMethodNotFound = -32601;
inline constexpr std::int64_t kInvalidParams = -32602;
// Source: EIP-1474.
/// chela has failed, and it is not known how far it had come. Not -32603: clients call again what
/// ended with that (viem).
inline constexpr std::int64_t kFailed = -32000;
inline constexpr std::int64_t kResourceNotFound = -32001;
inline constexpr std::int64_t kResourceUnavailable = -32002;
inline constexpr std::int64_t kTransactionRejected = -32003;
inline constexpr std::int64_t kLimitExceeded = -32005;
// Source: EIP-1193.
inline constexpr std::int64_t kUserRejected = 4001;
inline constexpr std::int64_t kUnauthorized = 4100;
inline constexpr std::int64_t kUnsupportedMethod = 4200;

// Source: EIP-5792, "Error Codes".
inline constexpr std::int64_t kUnsupportedCapability = 5700;
inline constexpr std::int64_t kUnsupportedChain = 5710;
inline constexpr std::int64_t kDuplicateBundle = 5720;
inline constexpr std::int64_t kUnknownBundle = 5730;
inline constexpr std::int64_t kBundleTooLarge = 5740;
inline constexpr std::int64_t kAtomicityUnsupported = 5760;

/// The one map from chela's errors: `data` is {code: the stable reason}. The detail of an internal
/// error goes to the log and not to the caller.
[[nodiscard]] RpcError to_rpc_error(const Error& error);
[[nodiscard]] RpcError invalid_params(std::string detail);

/// Why a stored intent has no result: denied by policy (4001), waiting for people, ended.
/// `data` also names the intent, and what the policy found.
[[nodiscard]] RpcError refusal_of(const store::IntentRecord& intent);
/// The same with the key by which its outcome can be asked for again.
[[nodiscard]] RpcError with_key(RpcError error, const std::string& idempotency_key);

}  // namespace chela::sidecar::rpc
