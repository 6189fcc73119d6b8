#pragma once

#include "chains/preimage/preimage.hpp"

#include <optional>
#include <string>
#include <vector>

namespace chela::sidecar::cli {

/// What `chela policy decode` was given, as it was typed; empty: not given.
struct DecodeOptions {
    std::string transaction, data, typed_data, user_operation, message;
    std::string to, from, value, chain, entry_point;
    std::vector<std::string> policies;
};

struct DecodeRequest {
    chains::Preimage::Content content;
    std::optional<Address> signer;  ///< who signed it, or --from
    std::optional<TxHash> hash{};   ///< of a transaction that is signed
};

/// Exactly one of the five requests. @return invalid_input with reason E_USAGE: none, several, or
/// what it needs is missing; as the codecs, the detail starting with the option
[[nodiscard]] Result<DecodeRequest> read_decode_request(const DecodeOptions& options);

}  // namespace chela::sidecar::cli
