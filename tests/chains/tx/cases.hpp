#pragma once

#include "chains/tx/transaction.hpp"
#include "tests/chains/test_key.hpp"

#include <string>
#include <vector>

namespace chela::test {

/// One case of tests/vectors/eip155 or eip1559.
struct TransactionCase {
    std::string name;
    TestKey key;
    Address sender;
    chains::Transaction transaction;
    Bytes unsigned_bytes;
    Bytes signed_bytes;
    TxHash hash;
    std::string signing_hash;  ///< hex; empty when the file does not say
};

/// Every case of every file. @return at least 20 of each type, or the test run ends
[[nodiscard]] std::vector<TransactionCase> transaction_cases();

}  // namespace chela::test
