#pragma once

#include "tests/support/fake_node/chain/pool_checks.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace chela::test::fake_node {

/// The transactions of one sender by nonce.
using Line = std::map<std::uint64_t, chains::SignedTransaction>;

/// Transactions that no block has yet, by the rules of geth's legacy and blob pools. Every
/// transaction counts as one slot, whatever its size.
class Pool {
public:
    Pool(PoolOptions options, ChainId chain_id) : options_{options}, chain_id_{chain_id} {}

    /// @return why it is not taken, or nothing. As in geth, one that is taken may be dropped again
    /// at once: the 65th that waits of one sender.
    std::optional<Refusal> add(chains::SignedTransaction signed_tx, const Block& head);
    /// Follows the chain to another head: what is stale or no more affordable goes, what has a gap
    /// before it waits.
    void reset(const Block& head);
    /// @return false: it was not there
    bool remove(TxHash hash);

    [[nodiscard]] bool contains(TxHash hash) const;
    [[nodiscard]] const chains::SignedTransaction* find(TxHash hash) const;
    /// What the next block may take of the sender, in order.
    [[nodiscard]] Line executable(const Address& sender) const;
    /// What waits for a nonce before it.
    [[nodiscard]] Line queued(const Address& sender) const;
    [[nodiscard]] std::vector<Address> senders() const;
    [[nodiscard]] std::size_t size() const;
    /// The first nonce that neither the state nor what is executable has.
    [[nodiscard]] std::uint64_t next_nonce(const Address& sender, const State& state) const;

private:
    using Lines = std::map<Address, Line>;

    std::optional<Refusal> add_plain(chains::SignedTransaction signed_tx, const Block& head);
    std::optional<Refusal> add_blob(chains::SignedTransaction signed_tx, const Block& head);
    [[nodiscard]] std::optional<Refusal> check_delegation(
        const chains::SignedTransaction& signed_tx, const State& state) const;
    [[nodiscard]] std::optional<Refusal> check_authorities(
        const chains::Transaction& transaction) const;
    /// Makes room in a full pool. @return why not
    std::optional<Refusal> make_room(
        const chains::SignedTransaction& signed_tx, const State& state);
    std::optional<Refusal> place(chains::SignedTransaction signed_tx, const Block& head);

    void promote(const Address& sender, const Block& head);
    void demote(const Address& sender, const Block& head);
    void reset_blobs(const Address& sender, const State& state);
    void queue(const Address& sender, Line::node_type held);
    void truncate();
    [[nodiscard]] bool is_gapped(
        const chains::SignedTransaction& signed_tx, const State& state) const;

    PoolOptions options_;
    ChainId chain_id_;
    Lines pending_;
    Lines queue_;
    Lines blobs_;
    std::map<Address, BlockNumber> beats_;  ///< when a sender last had something promoted
};

}  // namespace chela::test::fake_node
