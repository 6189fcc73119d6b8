#include "tests/support/fake_node/chain/refusal.hpp"

namespace chela::test::fake_node {
namespace {

using sidecar::node::RpcError;

constexpr std::int64_t kServerError = -32000;

std::string_view geth_text(RefusalKind kind) {
    switch (kind) {
        using enum RefusalKind;
        case undecodable:
            return "rlp: value size exceeds available input length";
        case unprotected:
            return "only replay-protected (EIP-155) transactions allowed over RPC";
        case wrong_chain:
            return "invalid sender: invalid chain id for signer";
        case bad_signature:
            return "invalid sender: invalid transaction v, r, s values";
        case over_fee_cap:
            return "tx fee";
        case oversized:
            return "oversized data";
        case over_transaction_gas:
            return "transaction gas limit too high";
        case over_block_gas:
            return "exceeds block gas limit";
        case below_intrinsic_gas:
            return "intrinsic gas too low";
        case below_floor_gas:
            return "insufficient gas for floor data gas cost";
        case below_minimum_tip:
            return "transaction gas price below minimum";
        case no_sidecar:
            return "missing sidecar in blob transaction";
        case already_known:
            return "already known";
        case nonce_too_low:
            return "nonce too low";
        case nonce_gap:
            return "nonce too high";
        case insufficient_funds:
            return "insufficient funds for gas * price + value";
        case account_limit:
            return "account limit exceeded";
        case address_reserved:
            return "address already reserved";
        case authority_reserved:
            return "authority already reserved";
        case delegated_gap:
            return "gapped-nonce tx from delegated accounts";
        case delegated_in_flight:
            return "in-flight transaction limit reached for delegated accounts";
        case replacement_underpriced:
            return "replacement transaction underpriced";
        case underpriced:
            return "transaction underpriced";
        case pool_full:
            return "txpool is full";
        case future_replaces_pending:
            return "future transaction tries to replace pending";
    }
    bug("RefusalKind outside its list");
}

RpcError geth_error(const Refusal& refusal) {
    return {kServerError, std::string{geth_text(refusal.kind)} + refusal.detail, {}};
}

// Source: Besu, RpcErrorType.
RpcError besu_error(const Refusal& refusal) {
    switch (refusal.kind) {
        using enum RefusalKind;
        case already_known:
            return {kServerError, "Known transaction", {}};
        case nonce_too_low:
            return {-32001, "Nonce too low", {}};
        case nonce_gap:
        case delegated_gap:
            return {-32006, "Nonce too high", {}};
        case replacement_underpriced:
            return {kServerError, "Replacement transaction underpriced", {}};
        case insufficient_funds:
            return {-32004, "Upfront cost exceeds account balance", {}};
        case below_intrinsic_gas:
        case below_floor_gas:
            return {-32003, "Intrinsic gas exceeds gas limit", {}};
        case over_block_gas:
        case over_transaction_gas:
            return {-32005, "Transaction gas limit exceeds block gas limit", {}};
        case below_minimum_tip:
        case underpriced:
            return {-32009, "Gas price below configured minimum gas price", {}};
        case wrong_chain:
            return {kServerError, "Wrong chainId in transaction signature", {}};
        case bad_signature:
            return {-32002, "Invalid signature", {}};
        case undecodable:
        case no_sidecar:
            return {-32602, "Invalid params", {}};
        case over_fee_cap:
            return {kServerError, "Transaction fee cap exceeded", {}};
        case unprotected:
            return {kServerError, "ChainId is required", {}};
        case oversized:
        case account_limit:
        case address_reserved:
        case authority_reserved:
        case delegated_in_flight:
        case pool_full:
        case future_replaces_pending:
            return {kServerError, "Transaction pool is full", {}};
    }
    bug("RefusalKind outside its list");
}

// Source: Nethermind, AcceptTxResult.
std::string_view nethermind_text(RefusalKind kind) {
    switch (kind) {
        using enum RefusalKind;
        case already_known:
            return "AlreadyKnown";
        case nonce_too_low:
            return "OldNonce";
        case nonce_gap:
        case delegated_gap:
            return "NonceGap";
        case replacement_underpriced:
            return "ReplacementNotAllowed";
        case insufficient_funds:
            return "InsufficientFunds";
        case underpriced:
        case pool_full:
        case future_replaces_pending:
            return "FeeTooLowToCompete";
        case below_minimum_tip:
            return "FeeTooLow";
        case over_block_gas:
        case over_transaction_gas:
            return "GasLimitExceeded";
        case bad_signature:
            return "FailedToResolveSender";
        case oversized:
            return "MaxTxSizeExceeded";
        case account_limit:
        case address_reserved:
        case authority_reserved:
        case delegated_in_flight:
            return "NonceTooFarInFuture";
        case undecodable:
        case unprotected:
        case wrong_chain:
        case over_fee_cap:
        case below_intrinsic_gas:
        case below_floor_gas:
        case no_sidecar:
            return "Invalid";
    }
    bug("RefusalKind outside its list");
}

// Source: anvil 1.7.1, as it answers.
RpcError anvil_error(const Refusal& refusal) {
    constexpr std::int64_t kRejected = -32003;
    switch (refusal.kind) {
        using enum RefusalKind;
        case already_known:
            return {kRejected, "transaction already imported", {}};
        case insufficient_funds:
            return {kRejected, "Insufficient funds for gas * price + value", {}};
        case undecodable:
            return {-32602, "Failed to decode transaction", {}};
        case wrong_chain:
            return {kRejected, "invalid chain id for signer", {}};
        case below_intrinsic_gas:
        case below_floor_gas:
            return {kServerError, "intrinsic gas too low", {}};
        case over_block_gas:
        case over_transaction_gas:
            return {kServerError, "intrinsic gas too high", {}};
        case unprotected:
        case bad_signature:
        case over_fee_cap:
        case oversized:
        case below_minimum_tip:
        case no_sidecar:
        case nonce_too_low:
        case nonce_gap:
        case account_limit:
        case address_reserved:
        case authority_reserved:
        case delegated_gap:
        case delegated_in_flight:
        case replacement_underpriced:
        case underpriced:
        case pool_full:
        case future_replaces_pending:
            return {kRejected, std::string{geth_text(refusal.kind)}, {}};
    }
    bug("RefusalKind outside its list");
}

}  // namespace

RpcError to_error(const Refusal& refusal, Flavour flavour) {
    switch (flavour) {
        case Flavour::geth:
            return geth_error(refusal);
        case Flavour::besu:
            return besu_error(refusal);
        case Flavour::nethermind:
            return {-32010, std::string{nethermind_text(refusal.kind)}, {}};
        case Flavour::anvil:
            return anvil_error(refusal);
    }
    bug("Flavour outside its list");
}

}  // namespace chela::test::fake_node
