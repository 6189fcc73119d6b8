#include "chains/node/send_outcome.hpp"

#include "chains/base/result.hpp"
#include "chains/node/printable.hpp"

#include <algorithm>
#include <array>

namespace chela::chains::node {
namespace {

/// The programs whose words are known. "l2" are the sequencers of OP Stack, Arbitrum and ZKsync.
enum class Client : std::uint16_t {
    geth = 1,
    reth = 2,
    besu = 4,
    nethermind = 8,
    erigon = 16,
    anvil = 32,
    hardhat = 64,  ///< and EDR
    open_ethereum = 128,
    l2 = 256,
    other = 512
};

struct Clients {
    unsigned bits = 0;
};

constexpr Clients of(Client client) {
    return {static_cast<unsigned>(client)};
}

constexpr Clients operator|(Client a, Client b) {
    return {of(a).bits | of(b).bits};
}

constexpr Clients operator|(Clients some, Client one) {
    return {some.bits | of(one).bits};
}

struct Meaning {
    std::string_view text;  ///< lower case
    SendOutcome outcome;
    Clients clients;  ///< who says so
};

using enum SendOutcome;
using enum Client;

// The first entry that occurs decides. never_accepted stands last, because it alone may free a
// nonce: a text that could also mean "I have it" must be read that way. A text that is not here is
// ambiguous. "known transaction" has a function of its own below.
constexpr std::array kMeanings{
    Meaning{"already known", known, geth | reth | nethermind | erigon},
    Meaning{"alreadyknown", known, of(nethermind)},  // before 1.37
    Meaning{"ownnoncealreadyused", replacement_underpriced, of(nethermind)},
    Meaning{"already imported", known, anvil | other},  // "transaction …"; Frontier
    Meaning{"alreadyimported", known, of(other)},       // Substrate "Pool(…)"
    Meaning{"hash was already imported", known, of(open_ethereum)},
    Meaning{"existing tx with same hash", known, of(erigon)},  // before 3.0
    Meaning{"existing txn with same hash", known, of(erigon)},
    Meaning{"tx already in mempool", known, of(other)},       // CometBFT
    Meaning{"tx already exists in cache", known, of(other)},  // CometBFT
    Meaning{"is already in the system", known, of(l2)},       // ZKsync

    Meaning{
        "replacement transaction underpriced", replacement_underpriced,
        geth | reth | besu | anvil | hardhat | nethermind},
    Meaning{"insufficient gas price to replace", replacement_underpriced, of(reth)},
    Meaning{"could not replace existing tx", replacement_underpriced, of(erigon)},
    Meaning{"replacementnotallowed", replacement_underpriced, of(nethermind)},
    Meaning{"feetoolowtocompete", replacement_underpriced, of(nethermind)},  // before 1.37
    Meaning{
        "another transaction with same nonce in the queue", replacement_underpriced,
        of(open_ethereum)},
    Meaning{"another tx which has the same nonce", replacement_underpriced, of(other)},  // Klaytn
    Meaning{"can't replace blob-txn", replacement_underpriced, of(erigon)},

    Meaning{"nonce too low", nonce_low, geth | reth | besu | erigon | anvil | hardhat | l2},
    Meaning{"nonce is too low", nonce_low, open_ethereum | hardhat},
    Meaning{"oldnonce", nonce_low, of(nethermind)},
    Meaning{"below sender account nonce", nonce_low, of(besu)},
    Meaning{"pool(stale)", nonce_low, of(other)},  // Substrate

    Meaning{"nonce too high", nonce_high, geth | besu | anvil | hardhat | nethermind | l2},
    Meaning{"nonce too far in the future", nonce_high, of(besu)},
    Meaning{"nonce too far in future", nonce_high, of(nethermind)},
    Meaning{"nonce is too distant", nonce_high, of(besu)},
    Meaning{"nonce gap", nonce_high, nethermind | other},
    Meaning{"noncegap", nonce_high, of(nethermind)},
    Meaning{"noncetoofarinfuture", nonce_high, of(nethermind)},
    Meaning{"exceeds next nonce", nonce_high, of(nethermind)},
    Meaning{"gapped-nonce", nonce_high, of(geth)},  // delegated accounts, EIP-7702
    Meaning{"nonce out of range", nonce_high, of(l2)},
    Meaning{"invalid transaction with a lower nonce exists", nonce_high, of(besu)},

    Meaning{"txpool is full", pool_full, geth | reth | l2},
    Meaning{"pool is full", pool_full, erigon | besu},  // "pending sub-pool is full"
    Meaning{"blobs limit in txpool is full", pool_full, of(erigon)},
    Meaning{"pool full", pool_full, of(l2)},   // Arbitrum "sequencer pending tx pool full"
    Meaning{"queue full", pool_full, of(l2)},  // Arbitrum
    Meaning{"too many transactions in the queue", pool_full, of(open_ethereum)},
    Meaning{"account limit exceeded", pool_full, of(geth)},  // before 1.14
    Meaning{"exceeds max number", pool_full, of(reth)},      // "… of transactions for the sender"
    Meaning{"in-flight transaction limit reached", pool_full, of(geth)},  // EIP-7702
    Meaning{"future transaction tries to replace", pool_full, of(geth)},
    Meaning{"address already reserved", pool_full, geth | reth},  // blob and others of one sender

    Meaning{"transaction underpriced", underpriced, geth | reth | nethermind},
    Meaning{"feetoolow", underpriced, of(nethermind)},  // before 1.37
    Meaning{"fee too low", underpriced, of(erigon)},
    Meaning{"gas price is too low", underpriced, of(open_ethereum)},
    Meaning{"gas price too low", underpriced, of(l2)},           // Arbitrum, Metis
    Meaning{"gas price minimum floor", underpriced, of(other)},  // Celo
    Meaning{"gas price below minimum", underpriced, of(geth)},
    Meaning{"gas price below configured minimum", underpriced, of(besu)},
    Meaning{"below current base fee", underpriced, of(besu)},
    Meaning{"below current blob base fee", underpriced, of(besu)},
    Meaning{"less than block base fee", underpriced, geth | reth | anvil | l2},
    Meaning{"too low for the next block", underpriced, of(hardhat)},

    Meaning{"insufficient funds", never_accepted, geth | reth | erigon | anvil | l2},
    Meaning{"insufficientfunds", never_accepted, of(nethermind)},
    Meaning{"doesn't have enough funds", never_accepted, of(hardhat)},
    Meaning{"does not have enough funds", never_accepted, of(open_ethereum)},
    Meaning{"insufficient balance for trans", never_accepted, open_ethereum | l2},
    Meaning{"exceeds account balance", never_accepted, of(besu)},  // "upfront cost …"
    Meaning{"exceeds transaction sender account balance", never_accepted, of(besu)},
    Meaning{"intrinsic gas too low", never_accepted, geth | reth | erigon | anvil | l2},
    Meaning{"intrinsicgas", never_accepted, of(erigon)},
    Meaning{"intrinsic gas exceeds gas limit", never_accepted, of(besu)},
    Meaning{"transaction gas is too low", never_accepted, of(open_ethereum)},
    Meaning{"floor data gas", never_accepted, geth | reth},  // EIP-7623
    Meaning{"exceeds block gas limit", never_accepted, geth | reth | besu | hardhat | l2},
    Meaning{"exceeds current gas limit", never_accepted, of(open_ethereum)},
    Meaning{"intrinsic gas too high", never_accepted, of(anvil)},  // over the block gas limit
    Meaning{"gaslimitexceeded", never_accepted, of(nethermind)},
    Meaning{"invalid sender", never_accepted, geth | erigon},
    Meaning{"failed to recover sender", never_accepted, of(nethermind)},
    Meaning{"failedtoresolvesender", never_accepted, of(nethermind)},  // before 1.37
    Meaning{"invalid transaction v, r, s", never_accepted, of(geth)},
    Meaning{"invalid signature", never_accepted, besu | open_ethereum},
    Meaning{"invalid transaction signature", never_accepted, of(reth)},
    Meaning{"invalid chain id", never_accepted, geth | reth | anvil},
    Meaning{"wrong chainid", never_accepted, of(besu)},
    Meaning{"only replay-protected", never_accepted, of(geth)},
    Meaning{"chainid is required", never_accepted, of(besu)},
    Meaning{"transaction type not supported", never_accepted, geth | reth},
    Meaning{"oversized data", never_accepted, geth | reth | erigon | l2},
    Meaning{"maxtxsizeexceeded", never_accepted, of(nethermind)},
    Meaning{"rlptoolong", never_accepted, of(erigon)},
    Meaning{"max initcode size exceeded", never_accepted, geth | reth},
    Meaning{"initcode too large", never_accepted, of(erigon)},
    Meaning{"exceeds the configured cap", never_accepted, geth | reth},  // "tx fee (…)"
    Meaning{"transaction fee cap exceeded", never_accepted, of(besu)},
    Meaning{"higher than max fee per gas", never_accepted, geth | reth | l2},
    Meaning{"max priority fee per gas exceeds max fee per gas", never_accepted, of(besu)},
    Meaning{"nonce has max value", never_accepted, of(geth)},         // EIP-2681
    Meaning{"sender not an eoa", never_accepted, geth | nethermind},  // EIP-3607
    Meaning{"senderiscontract", never_accepted, of(nethermind)},      // before 1.37
    Meaning{"failed to decode transaction", never_accepted, of(anvil)},
    Meaning{"failed to decode signed transaction", never_accepted, of(reth)},
};

bool is_letter(char c) {
    return c >= 'a' && c <= 'z';
}

/// Besu and older geth say "known transaction"; "unknown transaction" means the opposite.
bool says_known_transaction(std::string_view text) {
    constexpr std::string_view kPhrase = "known transaction";
    for (auto at = text.find(kPhrase); at != std::string_view::npos;
         at = text.find(kPhrase, at + 1)) {
        if (at == 0 || !is_letter(text[at - 1])) return true;
    }
    return false;
}

static_assert(std::ranges::all_of(kMeanings, [](const Meaning& meaning) {
    return meaning.clients.bits != 0 && meaning.outcome != accepted && meaning.outcome != ambiguous;
}));

}  // namespace

std::string_view to_string(SendOutcome outcome) {
    switch (outcome) {
        case accepted:
            return "accepted";
        case known:
            return "known";
        case ambiguous:
            return "ambiguous";
        case never_accepted:
            return "never_accepted";
        case nonce_low:
            return "nonce_low";
        case nonce_high:
            return "nonce_high";
        case underpriced:
            return "underpriced";
        case replacement_underpriced:
            return "replacement_underpriced";
        case pool_full:
            return "pool_full";
    }
    bug("unknown send outcome");
}

SendOutcome classify_send_error(std::string_view message) {
    const std::string text = lower_case(message);
    if (says_known_transaction(text)) return known;
    const auto found = std::ranges::find_if(kMeanings, [&](const Meaning& meaning) {
        return text.find(meaning.text) != std::string::npos;
    });
    return found == kMeanings.end() ? ambiguous : found->outcome;
}

}  // namespace chela::chains::node
