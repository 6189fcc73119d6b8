#pragma once

#include "chains/base/json.hpp"
#include "chains/tx/transaction.hpp"
#include "tests/chains/test_key.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chela::test {

/// An authorization tuple of a case, as another implementation signed it.
struct AuthorizationCase {
    chains::SignedAuthorization tuple;
    TestKey key;
    Bytes signing_bytes;
    std::string signing_hash;          ///< hex
    std::optional<Address> authority;  ///< empty: the chain skips the tuple
};

/// One line of tests/vectors/evm_tx.
struct EvmCase {
    std::string name;
    TestKey key;
    Address sender;
    chains::Transaction transaction;
    Bytes unsigned_bytes;
    std::string signing_hash;  ///< hex
    Bytes signed_bytes;
    TxHash hash;
    std::vector<AuthorizationCase> authorizations;
};

/// The network form of a case, which is too large for a file.
struct NetworkCase {
    EvmCase payload;
    chains::BlobSidecar sidecar;
    std::size_t size{};  ///< bytes of the network form
    std::string keccak;  ///< hex, of the network form
};

inline constexpr std::string_view kEvmTypes[] = {
    "legacy", "eip2930", "eip1559", "eip4844", "eip7702"};

/// @param type  one of kEvmTypes
/// @return at least 400 cases, or the test run ends
[[nodiscard]] std::vector<EvmCase> evm_cases(std::string_view type);

/// @return at least 20 cases, or the test run ends
[[nodiscard]] std::vector<NetworkCase> network_cases();

}  // namespace chela::test
