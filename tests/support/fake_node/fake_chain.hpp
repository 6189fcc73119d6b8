#pragma once

#include "tests/chains/test_key.hpp"
#include "tests/support/fake_node/records.hpp"

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace chela::test::fake_node {

/// A chain of many accounts with one pool, in memory. It has no clock: a block is made by mine().
/// A wrong use ends the test run. Threads: one at a time.
class FakeChain {
public:
    explicit FakeChain(ChainOptions options = {});

    /// Adds to the balance, as if it had been there from the first block on.
    void fund(const Address& account, Wei amount);
    /// Gives the account code that delegates (EIP-7702), as if from the first block on.
    void delegate(const Address& account);
    /// Blocks with the best of the pool, by effective tip.
    void mine(std::uint64_t blocks = 1);
    void mine_empty(std::uint64_t blocks = 1);
    /// Of the next block; those after it follow EIP-1559 again.
    void set_base_fee(Wei fee) { forced_base_fee_ = fee; }
    void set_blob_base_fee(Wei fee) { options_.blob_base_fee = fee; }
    /// How transactions end when they are mined: all of them, one slot, or one by its hash. The
    /// narrower word counts.
    void set_executes(Execution execution) { execution_ = execution; }
    void set_executes(const Address& sender, Nonce nonce, Execution execution);
    void set_executes(TxHash hash, Execution execution);
    /// @return false: the pool does not have it
    bool evict(TxHash hash) { return pool_.remove(hash); }
    /// Takes the last `depth` blocks away, none of them finalized, and puts `new_blocks` empty ones
    /// in their place, by default as many.
    void reorg(std::uint64_t depth, Fate fate, std::optional<std::uint64_t> new_blocks = {});
    /// Mines a block with a transaction that no endpoint was asked to send.
    TxHash foreign_transaction(
        const TestKey& key, Nonce nonce, const Address& to, Wei value, Bytes data = {});
    /// Mines a block with these signed bytes, past the pool.
    TxHash include(BytesView raw);

    /// What a node does with the bytes of eth_sendRawTransaction.
    Submission submit(BytesView raw);
    void record(Sent sent) { sent_.push_back(std::move(sent)); }

    [[nodiscard]] const ChainOptions& options() const { return options_; }
    [[nodiscard]] const Pool& pool() const { return pool_; }
    [[nodiscard]] const std::vector<Sent>& sent() const { return sent_; }
    [[nodiscard]] const Block& head() const { return *blocks_.back(); }
    [[nodiscard]] BlockNumber finalized() const { return finalized_; }
    /// @return nothing: no such block (yet)
    [[nodiscard]] const Block* block(BlockNumber number) const;
    /// Blocks that were reorganised away are still known by their hash.
    [[nodiscard]] const Block* block(const BlockHash& hash) const;
    struct Place {
        const Block* block{};
        std::size_t index{};
    };
    /// Where the chain has it.
    [[nodiscard]] std::optional<Place> find(TxHash hash) const;
    /// What the next block charges, and what it would take of the pool.
    [[nodiscard]] Wei base_fee_after(const Block& parent) const;
    [[nodiscard]] std::vector<chains::SignedTransaction> selection() const;

    /// By nonce.
    [[nodiscard]] std::vector<Canonical> canonical(const Address& sender) const;
    [[nodiscard]] Spent spent(const Address& account) const;
    [[nodiscard]] Nonce nonce(const Address& account) const;
    [[nodiscard]] Wei balance(const Address& account) const;

private:
    [[nodiscard]] Execution execution_of(const chains::SignedTransaction& signed_tx) const;
    [[nodiscard]] Charges charges_of(Wei base_fee) const;
    void append(const std::vector<chains::SignedTransaction>& transactions);
    void take_back(Fate fate, std::uint64_t depth);

    ChainOptions options_;
    Pool pool_;
    std::vector<std::unique_ptr<Block>> blocks_;
    std::vector<std::unique_ptr<Block>> orphans_;
    std::map<TxHash, Place> places_;
    std::vector<Sent> sent_;
    std::optional<Wei> forced_base_fee_;
    Execution execution_{Execution::succeeds};
    std::map<std::pair<Address, std::uint64_t>, Execution> executions_by_slot_;
    std::map<TxHash, Execution> executions_by_hash_;
    BlockNumber finalized_;
    std::uint64_t fork_ = 0;
};

}  // namespace chela::test::fake_node
