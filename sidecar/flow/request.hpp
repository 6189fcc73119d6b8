#pragma once

#include "chains/base/units.hpp"
#include "chains/preimage/preimage.hpp"
#include "chains/registry/registry.hpp"
#include "policy/rules/document.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace chela::sidecar::flow {

// The most that a door takes for an agent.
inline constexpr std::size_t kMaxCalldata = std::size_t{128} * 1024;
inline constexpr std::size_t kMaxMessage = std::size_t{64} * 1024;

enum class Delivery : std::uint8_t {
    submit,    ///< chela sends the transaction and follows it
    sign_only  ///< the caller gets the signed bytes and sends them
};

/// What an agent asks for, read and checked by a door.
struct IntentRequest {
    chains::Chain chain;
    Address to;
    Wei value;
    Bytes data;
    std::optional<Gas> gas_limit;
    std::optional<Wei> gas_price;  ///< set: a legacy transaction; excludes the two below
    std::optional<Wei> max_fee_per_gas;
    std::optional<Wei> max_priority_fee_per_gas;
    std::optional<Nonce> nonce;
    std::string signing_key_path;
    bool simulate_first = false;
    std::optional<TimePoint> valid_until;  ///< what is not mined by then is cancelled
    Delivery delivery{Delivery::submit};
};

/// SHA-256 hex over every field in a fixed form: two requests with one fingerprint ask for the same
/// thing.
[[nodiscard]] std::string fingerprint(const IntentRequest& request);

/// What an agent asks to be signed that is no transaction.
struct SignatureRequest {
    chains::Chain chain;
    std::string signing_key_path;
    chains::Preimage::Content content;  ///< never a Transaction
};
[[nodiscard]] std::string fingerprint(const SignatureRequest& request);
/// "typed_data" …; asking for that of a transaction is a bug of ours and aborts.
[[nodiscard]] policy::Operation operation_of(const SignatureRequest& request);

/// SHA-256 hex of an Idempotency-Key, so that the store never holds what a caller may have put into
/// it.
[[nodiscard]] std::string hash_idempotency_key(std::string_view key);

}  // namespace chela::sidecar::flow
