#pragma once

#include "tests/support/fake_node/chain/pool.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace chela::test::fake_node {

struct ChainOptions {
    ChainId chain_id{31337};
    Wei base_fee{U256{1'000'000'000}};
    Wei blob_base_fee{U256{1}};
    Wei suggested_tip{U256{1'000'000'000}};
    Gas block_gas_limit{30'000'000};
    std::uint64_t finalized_lag = 64;
    std::uint64_t genesis_time = 1'700'000'000;
    std::uint64_t block_seconds = 12;
    Wei rpc_fee_cap{U256{1'000'000'000'000'000'000}};  ///< 1 ether, as geth's
    Flavour flavour{Flavour::geth};
    PoolOptions pool;
};

/// What becomes of the transactions of blocks that a reorganisation takes away.
enum class Fate : std::uint8_t { back_to_pool, gone };

/// One eth_sendRawTransaction, by whichever endpoint.
struct Sent {
    std::string endpoint;
    Bytes raw;
    std::optional<TxHash> hash{};  ///< nothing: it does not decode
    bool reached_pool{};
    std::optional<Refusal> refusal{};  ///< of the pool
    std::string answered{};            ///< what the caller was told
};

/// What the pool made of signed bytes.
struct Submission {
    std::optional<TxHash> hash;      ///< nothing: they do not decode
    std::optional<Refusal> refusal;  ///< nothing: it took them
};

/// A transaction in a block of the chain.
struct Canonical {
    Nonce nonce;
    TxHash hash;
    std::optional<Address> to;
    Wei value;
    Bytes data;
    BlockNumber block;
    BlockHash block_hash;
    Execution execution{Execution::succeeds};
    Wei fee;
};

/// What the chain really took from an account.
struct Spent {
    Wei value;
    Wei fees;
};

}  // namespace chela::test::fake_node
