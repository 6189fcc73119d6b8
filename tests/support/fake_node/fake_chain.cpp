#include "tests/support/fake_node/fake_chain.hpp"

#include "tests/support/fake_node/chain/cost.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::test::fake_node {
namespace {

constexpr std::uint64_t kForeignGas = 100'000;
constexpr Address kDelegate{{0xde, 0x1e, 0x9a, 0x7e}};

std::string ether(Wei amount) {
    constexpr std::uint64_t kHundredth = 10'000'000'000'000'000;
    const auto hundredths = divide(amount.value, kHundredth).quotient;
    const auto [whole, rest] = divide(hundredths, 100);
    return fmt::format("{}.{:02} ether", to_decimal(whole), rest);
}

/// geth's words for what does not decode.
Refusal undecodable(const Error& error) {
    if (error.reason == "E_NO_REPLAY_PROTECTION") return {RefusalKind::unprotected, {}};
    const bool is_about_the_signature = error.reason == "E_HIGH_S" ||
                                        error.detail.contains("recover") ||
                                        error.detail.contains("signature");
    return {is_about_the_signature ? RefusalKind::bad_signature : RefusalKind::undecodable, {}};
}

}  // namespace

FakeChain::FakeChain(ChainOptions options)
    : options_{options},
      pool_{options.pool, options.chain_id} {
    auto genesis = std::make_unique<Block>();
    genesis->base_fee = options.base_fee;
    genesis->gas_limit = options.block_gas_limit;
    genesis->timestamp = options.genesis_time;
    genesis->hash = hash_of(*genesis, options.chain_id.value);
    blocks_.push_back(std::move(genesis));
}

void FakeChain::fund(const Address& account, Wei amount) {
    for (auto* const blocks : {&blocks_, &orphans_})
        for (const auto& block : *blocks) {
            Account& held = block->state.edit(account);
            held.balance = plus(held.balance, amount);
        }
}

void FakeChain::delegate(const Address& account) {
    for (auto* const blocks : {&blocks_, &orphans_})
        for (const auto& block : *blocks)
            block->state.edit(account).code = delegation(kDelegate);
}

void FakeChain::set_executes(const Address& sender, Nonce nonce, Execution execution) {
    executions_by_slot_.insert_or_assign({sender, nonce.value}, execution);
}

void FakeChain::set_executes(TxHash hash, Execution execution) {
    executions_by_hash_.insert_or_assign(hash, execution);
}

TxHash FakeChain::foreign_transaction(
    const TestKey& key, Nonce nonce, const Address& to, Wei value, Bytes data) {
    const Wei base_fee = base_fee_after(head());
    const chains::Transaction tx = chains::Eip1559Transaction{
        .chain_id = options_.chain_id,
        .nonce = nonce,
        .max_priority_fee_per_gas = options_.suggested_tip,
        .max_fee_per_gas = plus(base_fee, options_.suggested_tip),
        .gas_limit = Gas{kForeignGas},
        .to = to,
        .value = value,
        .data = std::move(data),
        .access_list = {}};
    return include(chains::encode_signed(tx, key.sign(chains::signing_hash(tx))));
}

TxHash FakeChain::include(BytesView raw) {
    auto signed_tx = chains::decode_signed(raw);
    if (!signed_tx) bug("a foreign transaction does not decode: " + signed_tx.error().detail);
    const Charges charges = charges_of(base_fee_after(head()));
    if (!head().state.allows(*signed_tx, charges))
        bug("a foreign transaction cannot be in the next block");
    const TxHash hash = signed_tx->hash;
    append({*std::move(signed_tx)});
    return hash;
}

Submission FakeChain::submit(BytesView raw) {
    auto signed_tx = chains::decode_signed(raw);
    if (!signed_tx) return {std::nullopt, undecodable(signed_tx.error())};
    const TxHash hash = signed_tx->hash;
    // Blobs are not part of what geth's RPC caps.
    const auto& tx = signed_tx->transaction;
    const Wei fee = times(offer_of(tx).cap, chains::gas_limit(tx).value);
    if (fee > options_.rpc_fee_cap) {
        auto detail = fmt::format(
            " ({}) exceeds the configured cap ({})", ether(fee), ether(options_.rpc_fee_cap));
        return {hash, Refusal{RefusalKind::over_fee_cap, std::move(detail)}};
    }
    return {hash, pool_.add(*std::move(signed_tx), head())};
}

const Block* FakeChain::block(BlockNumber number) const {
    return number.value < blocks_.size() ? blocks_[number.value].get() : nullptr;
}

const Block* FakeChain::block(const BlockHash& hash) const {
    for (const auto* const blocks : {&blocks_, &orphans_})
        for (const auto& block : *blocks)
            if (block->hash == hash) return block.get();
    return nullptr;
}

std::optional<FakeChain::Place> FakeChain::find(TxHash hash) const {
    const auto found = places_.find(hash);
    return found == places_.end() ? std::nullopt : std::optional{found->second};
}

std::vector<Canonical> FakeChain::canonical(const Address& sender) const {
    std::vector<Canonical> out;
    for (const auto& block : blocks_) {
        for (const auto& [signed_tx, executed, cumulative] : block->transactions) {
            if (signed_tx.sender != sender) continue;
            const auto& tx = signed_tx.transaction;
            out.push_back(
                {chains::nonce(tx), signed_tx.hash, chains::to(tx), chains::value(tx),
                 chains::data(tx), block->number, block->hash, executed.execution, executed.fee});
        }
    }
    return out;
}

Spent FakeChain::spent(const Address& account) const {
    Spent out;
    for (const Canonical& each : canonical(account)) {
        out.fees = plus(out.fees, each.fee);
        if (each.execution == Execution::succeeds) out.value = plus(out.value, each.value);
    }
    return out;
}

Nonce FakeChain::nonce(const Address& account) const {
    return Nonce{head().state.at(account).nonce};
}

Wei FakeChain::balance(const Address& account) const {
    return head().state.at(account).balance;
}

}  // namespace chela::test::fake_node
