#include "tests/support/fake_node/chain/cost.hpp"
#include "tests/support/fake_node/fake_chain.hpp"

#include <algorithm>

// How blocks of a FakeChain come and go.

namespace chela::test::fake_node {

Wei FakeChain::base_fee_after(const Block& parent) const {
    if (forced_base_fee_ && &parent == &head()) return *forced_base_fee_;
    return next_base_fee(parent);
}

Charges FakeChain::charges_of(Wei base_fee) const {
    return {options_.chain_id, base_fee, options_.blob_base_fee};
}

Execution FakeChain::execution_of(const chains::SignedTransaction& signed_tx) const {
    if (const auto found = executions_by_hash_.find(signed_tx.hash);
        found != executions_by_hash_.end())
        return found->second;
    const auto found =
        executions_by_slot_.find({signed_tx.sender, chains::nonce(signed_tx.transaction).value});
    return found == executions_by_slot_.end() ? execution_ : found->second;
}

std::vector<chains::SignedTransaction> FakeChain::selection() const {
    const Charges charges = charges_of(base_fee_after(head()));
    State state = head().state;
    std::uint64_t room = options_.block_gas_limit.value;
    std::vector<Line> lines;
    for (const Address& sender : pool_.senders())
        lines.push_back(pool_.executable(sender));
    const auto tip = [&](const Line& line) {
        return effective_tip(offer_of(line.begin()->second.transaction), charges.base_fee);
    };
    std::vector<chains::SignedTransaction> out;
    for (;;) {
        // A sender whose next transaction cannot be in the block is done for this block.
        std::erase_if(lines, [&](const Line& line) {
            return line.empty() || !state.allows(line.begin()->second, charges) ||
                   chains::gas_limit(line.begin()->second.transaction).value > room;
        });
        if (lines.empty()) return out;
        const auto best = std::ranges::max_element(lines, {}, tip);
        const auto& next = best->begin()->second;
        room -= state.execute(next, charges, execution_of(next)).gas_used.value;
        out.push_back(next);
        best->erase(best->begin());
    }
}

void FakeChain::append(const std::vector<chains::SignedTransaction>& transactions) {
    auto block = std::make_unique<Block>();
    const Block& parent = head();
    block->number = BlockNumber{parent.number.value + 1};
    block->parent = parent.hash;
    block->base_fee = base_fee_after(parent);
    block->gas_limit = options_.block_gas_limit;
    block->timestamp = parent.timestamp + options_.block_seconds;
    block->state = parent.state;
    for (const auto& signed_tx : transactions) {
        const Executed executed =
            block->state.execute(signed_tx, charges_of(block->base_fee), execution_of(signed_tx));
        block->gas_used.value += executed.gas_used.value;
        block->transactions.push_back({signed_tx, executed, block->gas_used});
    }
    block->hash = hash_of(*block, fork_);
    for (std::size_t i = 0; i < transactions.size(); ++i)
        places_.insert_or_assign(transactions[i].hash, Place{block.get(), i});
    forced_base_fee_.reset();
    blocks_.push_back(std::move(block));
    if (head().number.value > finalized_.value + options_.finalized_lag)
        finalized_ = BlockNumber{head().number.value - options_.finalized_lag};
    pool_.reset(head());
}

void FakeChain::mine(std::uint64_t blocks) {
    for (std::uint64_t i = 0; i < blocks; ++i)
        append(selection());
}

void FakeChain::mine_empty(std::uint64_t blocks) {
    for (std::uint64_t i = 0; i < blocks; ++i)
        append({});
}

void FakeChain::reorg(std::uint64_t depth, Fate fate, std::optional<std::uint64_t> new_blocks) {
    if (depth == 0 || depth > head().number.value - finalized_.value)
        bug("a reorganisation takes at least one block and none that is finalized");
    ++fork_;
    take_back(fate, depth);
    mine_empty(new_blocks.value_or(depth));
}

void FakeChain::take_back(Fate fate, std::uint64_t depth) {
    std::vector<chains::SignedTransaction> lost;
    for (std::uint64_t i = 0; i < depth; ++i) {
        std::vector<chains::SignedTransaction> of_block;
        for (const auto& mined : head().transactions) {
            places_.erase(mined.signed_tx.hash);
            of_block.push_back(mined.signed_tx);
        }
        lost.insert(lost.begin(), of_block.begin(), of_block.end());
        orphans_.push_back(std::move(blocks_.back()));
        blocks_.pop_back();
    }
    pool_.reset(head());
    if (fate == Fate::gone) return;
    // What the pool does not want any more is lost, as in a real node.
    for (auto& signed_tx : lost)
        (void)pool_.add(std::move(signed_tx), head());
}

}  // namespace chela::test::fake_node
