#pragma once

#include "sidecar/config/document.hpp"

#include <map>
#include <string>

namespace chela::sidecar::config::test {

/// The least that load() accepts, at lines 1 to 3.
inline const std::string kToken =
    "token:\n"
    "  uri: pkcs11:token=t?module-path=/m.so\n"
    "  pin_file: token.pin\n";

/// One complete chain, at lines 4 to 8 behind kToken.
inline const std::string kChain =
    "chains:\n"
    "  base:\n"
    "    chain_id: 8453\n"
    "    rpc_url: https://rpc.example.org/key\n"
    "    max_fee_per_transaction: 0.01 ETH\n";

/// One complete identity.
inline const std::string kIdentity =
    "identities:\n"
    "  trader:\n"
    "    agent_id: 6f1c1c1e-0000-4000-8000-00000000000A\n"
    "    api_key_file: secrets/trader.key\n"
    "    allow: {uids: [1000, 1001], client_token_file: /abs/trader.token}\n";

inline Result<Config> read(
    const std::string& text, const std::map<std::string, std::string>& environment = {}) {
    return read_document(text, "c.yaml", "/state", environment);
}

/// @return what read() refused it with, or "accepted"
inline std::string refusal(
    const std::string& text, const std::map<std::string, std::string>& environment = {}) {
    const auto config = read(text, environment);
    if (config) return "accepted";
    return config.error().code == ErrorCode::invalid_input ? config.error().detail
                                                           : "wrong error code";
}

}  // namespace chela::sidecar::config::test
