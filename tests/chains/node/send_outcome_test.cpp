#include "chains/node/send_outcome.hpp"

#include "tests/chains/node/answers.hpp"

#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains::node {
namespace {

using enum SendOutcome;

struct Line {
    const char* text;
    SendOutcome outcome;
};

constexpr Line kLines[] = {
    // geth, reth
    {"already known", known},
    {"nonce too low: next nonce 82, tx nonce 81", nonce_low},
    {"nonce too high", nonce_high},
    {"replacement transaction underpriced", replacement_underpriced},
    {"transaction underpriced", underpriced},
    {"transaction underpriced: gas tip cap 1, minimum needed 1000000", underpriced},
    {"transaction gas price below minimum: gas tip cap 0, minimum needed 1", underpriced},
    {"max fee per gas less than block base fee: address 0x…, maxFeePerGas: 1, baseFee: 7",
     underpriced},
    {"insufficient funds for gas * price + value: balance 0, tx cost 21000, overshot 21000",
     never_accepted},
    {"intrinsic gas too low: gas 20000, minimum needed 21000", never_accepted},
    {"insufficient gas for floor data gas cost: gas 1, minimum needed 2", never_accepted},
    {"exceeds block gas limit", never_accepted},
    {"invalid sender", never_accepted},
    {"invalid chain id for signer: have 1 want 5", never_accepted},
    {"only replay-protected (EIP-155) transactions allowed over RPC", never_accepted},
    {"oversized data: transaction size 200000, limit 131072", never_accepted},
    {"max initcode size exceeded: code size 50000, limit 49152", never_accepted},
    {"tx fee (2.10 ether) exceeds the configured cap (1.00 ether)", never_accepted},
    {"transaction type not supported", never_accepted},
    {"max priority fee per gas higher than max fee per gas", never_accepted},
    {"nonce has max value: address 0x…, nonce: 18446744073709551615", never_accepted},
    {"txpool is full", pool_full},
    {"account limit exceeded: pooled 16 txs", pool_full},
    {"future transaction tries to replace pending", pool_full},
    {"address already reserved", pool_full},
    {"in-flight transaction limit reached for delegated accounts", pool_full},
    {"gapped-nonce tx from delegated accounts", nonce_high},
    // Besu
    {"Known transaction", known},
    {"Nonce too low", nonce_low},
    {"transaction nonce 3 below sender account nonce 9", nonce_low},
    {"Nonce too far in the future", nonce_high},
    {"Upfront cost exceeds account balance", never_accepted},
    {"transaction up-front cost 0x5 exceeds transaction sender account balance 0x1",
     never_accepted},
    {"Transaction gas limit exceeds block gas limit", never_accepted},
    {"Wrong chainId", never_accepted},
    {"Gas price below configured minimum gas price", underpriced},
    // older geth, OpenEthereum, Frontier
    {"known transaction: 0x1234", known},
    {"Transaction with the same hash was already imported.", known},
    {"submit transaction to pool failed: Pool(AlreadyImported): already imported", known},
    // Nethermind
    {"AlreadyKnown", known},
    {"OldNonce, Current nonce: 9, nonce of rejected tx: 3", nonce_low},
    {"InsufficientFunds, Account balance: 0, cumulative cost: 5", never_accepted},
    {"FeeTooLowToCompete", replacement_underpriced},
    {"FeeTooLow, EffectivePriorityFeePerGas too low 0 < 1", underpriced},
    {"tx nonce 12 exceeds next nonce 9", nonce_high},
    // Erigon
    {"ALREADY_EXISTS: already known", known},
    {"INTERNAL_ERROR: existing tx with same hash", known},
    {"could not replace existing tx", replacement_underpriced},
    {"pending sub-pool is full", pool_full},
    // Hardhat
    {"Nonce too high. Expected nonce to be 0 but got 5.", nonce_high},
    {"Transaction nonce too low. Expected nonce to be at least 9 but got 3.", nonce_low},
    {"Transaction nonce is too low. Expected nonce to be at least: 9, but received 3.", nonce_low},
    {"Known transaction: 0x77aa", known},
    {"Replacement transaction underpriced. A gasPrice/maxFeePerGas of at least 9 is necessary to "
     "replace the existing transaction with nonce 3.",
     replacement_underpriced},
    {"Sender doesn't have enough funds to send tx. The max upfront cost is: 9 and the sender's "
     "balance is: 3.",
     never_accepted},
    {"Transaction gas limit is 90000000 and exceeds block gas limit of 60000000", never_accepted},
    {"Transaction maxFeePerGas (1) is too low for the next block, which has a baseFeePerGas of 7",
     underpriced},
    // Besu, as its list of errors has them
    {"Replacement transaction underpriced", replacement_underpriced},
    {"Nonce too high", nonce_high},
    {"Transaction nonce is too distant from current sender nonce", nonce_high},
    {"An invalid transaction with a lower nonce exists", nonce_high},
    {"Gas price below current base fee", underpriced},
    {"blob gas price below current blob base fee", underpriced},
    {"Intrinsic gas exceeds gas limit", never_accepted},
    {"Invalid signature", never_accepted},
    {"ChainId is required", never_accepted},
    {"Transaction fee cap exceeded", never_accepted},
    {"Max priority fee per gas exceeds max fee per gas", never_accepted},
    {"Sender account not authorized to send transactions", ambiguous},
    {"Initial sync is still in progress", ambiguous},
    {"Plugin has marked the transaction as invalid", ambiguous},
    // Nethermind since 1.37 has geth's words, and some of its own
    {"nonce too far in future", nonce_high},
    {"failed to recover sender", never_accepted},
    {"NonceGap, Future nonce. Expected nonce: 4", nonce_high},
    {"OwnNonceAlreadyUsed", replacement_underpriced},
    {"SenderIsContract", never_accepted},
    {"GasLimitExceeded, Gas limit: 30000000, gas limit of rejected tx: 30000001", never_accepted},
    {"transaction invalid", ambiguous},
    // Erigon, as its discard reasons read
    {"existing txn with same hash", known},
    {"fee too low", underpriced},
    {"underpriced", ambiguous},
    {"baseFee sub-pool is full", pool_full},
    {"queued sub-pool is full", pool_full},
    {"blobs limit in txpool is full", pool_full},
    {"IntrinsicGas", never_accepted},
    {"RLPTooLong", never_accepted},
    {"initcode too large", never_accepted},
    {"can't replace blob-txn with a non-blob-txn", replacement_underpriced},
    {"replaced by transaction with higher tip", ambiguous},
    {"mined", ambiguous},
    {"spammer", ambiguous},
    // OpenEthereum
    {"Transaction nonce is too low. Try incrementing the nonce.", nonce_low},
    {"Transaction gas price 5gwei is too low. There is another transaction with same nonce in the "
     "queue with gas price: 6gwei. Try increasing the gas price or incrementing the nonce.",
     replacement_underpriced},
    {"There are too many transactions in the queue. Your transaction was dropped due to limit. Try "
     "increasing the fee.",
     pool_full},
    {"Transaction gas price is too low. It does not satisfy your node's minimal gas price "
     "(minimal: "
     "5, got: 3). Try increasing the gas price.",
     underpriced},
    {"Insufficient funds. The account you tried to send transaction from does not have enough "
     "funds.",
     never_accepted},
    {"Insufficient balance for transaction.", never_accepted},
    {"Transaction gas is too low. There is not enough gas to cover minimal cost of the transaction",
     never_accepted},
    {"Transaction cost exceeds current gas limit. Limit: 5, got: 9.", never_accepted},
    // Arbitrum, ZKsync, Metis, Celo, Substrate, CometBFT
    {"sequencer pending tx pool full, please try again", pool_full},
    {"queue full", pool_full},
    {"gas price too low", underpriced},
    {"max fee per gas less than block base fee: address 0x1, maxFeePerGas: 1 baseFee: 7",
     underpriced},
    {"known transaction. transaction with hash 0x77 is already in the system", known},
    {"nonce too high. allowed nonce range: 1 - 51, actual: 99", nonce_high},
    {"gas price too low: 1 wei, use at least tx.gasPrice = 7 wei", underpriced},
    {"gasprice is less than gas price minimum floor", underpriced},
    {"submit transaction to pool failed: Pool(Stale)", nonce_low},
    {"tx already exists in cache", known},
    {"502 Bad Gateway: <html>", ambiguous},
    // nothing that anybody knows
    {"an unknown transaction type", ambiguous},
    {"transaction unknown", ambiguous},
    {"execution reverted", ambiguous},
    {"", ambiguous},
    {"unknown transaction", ambiguous},
    {"Unknown Transaction", ambiguous},
    {"internal error", ambiguous},
    {"request timed out", ambiguous},
    {"too many requests", ambiguous},
    {"header not found", ambiguous},
    {"connection reset by peer", ambiguous},
};

TEST(send_outcome, every_known_text_has_its_meaning) {
    for (const Line& line : kLines) {
        EXPECT_EQ(to_string(classify_send_error(line.text)), to_string(line.outcome)) << line.text;
    }
}

TEST(send_outcome, case_does_not_matter) {
    for (const Line& line : kLines) {
        std::string upper = line.text;
        for (char& c : upper) {
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        }
        EXPECT_EQ(classify_send_error(upper), line.outcome) << upper;
    }
}

TEST(send_outcome, known_is_found_behind_an_unknown) {
    EXPECT_EQ(classify_send_error("unknown transaction; known transaction: 0x1"), known);
}

TEST(send_outcome, a_text_that_may_mean_acceptance_never_frees_the_nonce) {
    EXPECT_EQ(classify_send_error("already known (insufficient funds for another)"), known);
    EXPECT_EQ(classify_send_error("insufficient funds; nonce too low"), nonce_low);
}

TEST(send_outcome, anvil_1_7_1_is_understood) {
    const std::pair<const char*, SendOutcome> expected[] = {
        {"send_known", known},
        {"send_mined_again", nonce_low},
        {"send_nonce_too_low", nonce_low},
        {"send_replacement_underpriced", replacement_underpriced},
        {"send_below_base_fee", underpriced},
        {"send_insufficient_funds", never_accepted},
        {"send_intrinsic_gas", never_accepted},
        {"send_over_block_gas", never_accepted},
        {"send_garbage", never_accepted},
    };
    for (const auto& [name, outcome] : expected) {
        const Json vector = test::node_vector(std::string{"anvil-1.7.1/"} + name);
        const auto message = vector.at("answer").at("error").at("message").get<std::string>();
        EXPECT_EQ(to_string(classify_send_error(message)), to_string(outcome)) << message;
    }
}

TEST(send_outcome, every_outcome_has_a_name_of_its_own) {
    std::set<std::string_view> names;
    for (const auto outcome :
         {accepted, known, ambiguous, never_accepted, nonce_low, nonce_high, underpriced,
          replacement_underpriced, pool_full}) {
        names.insert(to_string(outcome));
    }
    EXPECT_EQ(names.size(), 9U);
}

}  // namespace
}  // namespace chela::chains::node
