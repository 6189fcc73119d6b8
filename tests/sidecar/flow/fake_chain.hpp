#pragma once

#include "chains/tx/transaction.hpp"
#include "sidecar/node/client.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace chela::test {

/// A node with a small chain of its own: one block a mine(), every transaction of one account.
/// Single-threaded.
class FakeChain final : public sidecar::node::Client {
public:
    using Answer = Result<sidecar::node::RpcAnswer>;

    std::uint64_t chain_id;
    std::uint64_t count = 0;  ///< mined transactions of the account
    std::uint64_t head = 100;
    std::string balance = "0x8ac7230489e80000";  ///< 10 ether
    std::string gas_price = "0x2";               ///< as receipts show it
    bool executes = true;                        ///< status 1 in receipts
    std::string code = "0x";                     ///< of the account
    std::string base_fee = "0x64";
    bool simulation_reverts = false;             ///< and the estimate with it
    Json simulated_logs = Json::array();         ///< of every simulated call
    std::map<std::string, std::uint64_t> calls;  ///< by method
    std::vector<std::string> sent;               ///< every eth_sendRawTransaction, hex

    /// Asked first. Nothing: the chain answers itself.
    std::function<std::optional<Answer>(const std::string& method, const Json& parameters)>
        intercept;

    explicit FakeChain(std::uint64_t id) : chain_id{id} {}

    boost::asio::awaitable<Answer> call(
        std::string method, Json parameters, sidecar::Deadline deadline) override;

    /// Takes the bytes as a node does. @return what eth_sendRawTransaction answers
    Answer take(const std::string& raw);
    /// Puts what the pool holds, from the next nonce on and without gaps, into a new block.
    void mine();
    /// Blocks of others, in which nothing of the account's is mined.
    void mine_empty(std::uint64_t blocks) { head += blocks; }
    /// What the pool holds is gone from it.
    void forget_pool() { pool_.clear(); }
    /// The hash that is in the pool or was mined with this nonce; "": none.
    [[nodiscard]] std::string hash_at(std::uint64_t nonce) const;
    /// The last block is gone, and its transactions are in no pool.
    void reorg();
    /// `sent`, decoded.
    [[nodiscard]] std::vector<chains::SignedTransaction> sent_transactions() const;
    /// The nonces of `sent`, in order.
    [[nodiscard]] std::vector<std::uint64_t> sent_nonces() const;

private:
    [[nodiscard]] Answer answer(const std::string& method, const Json& parameters);
    [[nodiscard]] Answer estimate() const;
    [[nodiscard]] Answer simulate(const Json& parameters) const;
    [[nodiscard]] Answer receipt(const std::string& hash) const;

    struct Mined {
        std::uint64_t block;
        std::uint64_t nonce;
    };
    struct Pooled {
        std::string hash;
        Wei max_price;
    };
    std::map<std::uint64_t, Pooled> pool_;  ///< by nonce
    std::map<std::string, Mined> mined_;    ///< by hash
};

}  // namespace chela::test
