#include "chains/node/send_outcome.hpp"

#include "chains/base/result.hpp"
#include "chains/node/printable.hpp"

#include <algorithm>
#include <array>

namespace chela::chains::node {
namespace {

struct Meaning {
    std::string_view text;  ///< lower case
    SendOutcome outcome;
};

using enum SendOutcome;

// The first entry that occurs decides. never_accepted stands last, because it alone may free a
// nonce: a text that could also mean "I have it" must be read that way.
constexpr std::array kMeanings{
    Meaning{"already known", known},               // geth, reth, Nethermind, Erigon
    Meaning{"alreadyknown", known},                // Nethermind before 1.14
    Meaning{"already imported", known},            // anvil "transaction already imported"; Frontier
    Meaning{"hash was already imported", known},   // OpenEthereum
    Meaning{"existing tx with same hash", known},  // Erigon
    Meaning{"tx already in mempool", known},       // CometBFT chains (Cronos, Evmos)

    Meaning{
        "replacement transaction underpriced", replacement_underpriced},  // geth, reth, anvil, Besu
    Meaning{"could not replace existing tx", replacement_underpriced},    // Erigon
    Meaning{"replacementnotallowed", replacement_underpriced},            // Nethermind
    Meaning{"feetoolowtocompete", replacement_underpriced},               // Nethermind
    Meaning{
        "another transaction with same nonce in the queue",
        replacement_underpriced},  // OpenEthereum

    Meaning{"nonce too low", nonce_low},               // geth, reth, Besu, Erigon, anvil, Hardhat
    Meaning{"nonce is too low", nonce_low},            // OpenEthereum
    Meaning{"oldnonce", nonce_low},                    // Nethermind
    Meaning{"below sender account nonce", nonce_low},  // Besu

    Meaning{"nonce too high", nonce_high},               // geth, Besu, Hardhat, anvil
    Meaning{"nonce too far in the future", nonce_high},  // Besu
    Meaning{"nonce is too distant", nonce_high},         // Besu
    Meaning{"nonce gap", nonce_high},                    // Nethermind, CometBFT chains
    Meaning{"noncegap", nonce_high},                     // Nethermind
    Meaning{"noncetoofarinfuture", nonce_high},          // Nethermind
    Meaning{"exceeds next nonce", nonce_high},           // Nethermind
    Meaning{"gapped-nonce", nonce_high},                 // geth, delegated accounts (EIP-7702)
    Meaning{"nonce out of range", nonce_high},           // OP Stack and other L2s

    Meaning{"txpool is full", pool_full},          // geth, reth
    Meaning{"pool is full", pool_full},            // Erigon "pending sub-pool is full", Besu
    Meaning{"account limit exceeded", pool_full},  // geth before 1.14
    Meaning{"exceeds max number", pool_full},      // reth "… of transactions for the sender"
    Meaning{
        "in-flight transaction limit reached", pool_full},  // geth, delegated accounts (EIP-7702)
    Meaning{"future transaction tries to replace", pool_full},  // geth, full pool
    Meaning{
        "address already reserved", pool_full},  // geth, blob and other transactions of one sender

    Meaning{"transaction underpriced", underpriced},             // geth, reth, Nethermind
    Meaning{"feetoolow", underpriced},                           // Nethermind
    Meaning{"gas price below minimum", underpriced},             // geth
    Meaning{"gas price below configured minimum", underpriced},  // Besu
    Meaning{"below current base fee", underpriced},              // Besu
    Meaning{
        "less than block base fee", underpriced},  // geth "fee cap …", anvil "max fee per gas …"

    Meaning{"insufficient funds", never_accepted},       // geth, reth, Erigon, anvil
    Meaning{"insufficientfunds", never_accepted},        // Nethermind
    Meaning{"exceeds account balance", never_accepted},  // Besu "upfront cost …"
    Meaning{"exceeds transaction sender account balance", never_accepted},  // Besu
    Meaning{"intrinsic gas too low", never_accepted},            // geth, reth, Erigon, anvil
    Meaning{"intrinsic gas exceeds gas limit", never_accepted},  // Besu
    Meaning{"exceeds block gas limit", never_accepted},          // geth, reth, Besu
    Meaning{"intrinsic gas too high", never_accepted},           // anvil: over the block gas limit
    Meaning{"gaslimitexceeded", never_accepted},                 // Nethermind
    Meaning{"floor data gas", never_accepted},                   // geth, EIP-7623
    Meaning{"invalid sender", never_accepted},                   // geth
    Meaning{"invalid transaction v, r, s", never_accepted},      // geth
    Meaning{"invalid signature", never_accepted},                // Besu
    Meaning{"invalid transaction signature", never_accepted},    // reth
    Meaning{"failedtoresolvesender", never_accepted},            // Nethermind
    Meaning{"invalid chain id", never_accepted},                 // geth, reth, anvil
    Meaning{"wrong chainid", never_accepted},                    // Besu
    Meaning{"only replay-protected", never_accepted},            // geth
    Meaning{"transaction type not supported", never_accepted},   // geth, reth
    Meaning{"oversized data", never_accepted},                   // geth, reth
    Meaning{"maxtxsizeexceeded", never_accepted},                // Nethermind
    Meaning{"max initcode size exceeded", never_accepted},       // geth, reth
    Meaning{"exceeds the configured cap", never_accepted},       // geth "tx fee (…)", reth
    Meaning{"higher than max fee per gas", never_accepted},   // geth "max priority fee per gas …"
    Meaning{"nonce has max value", never_accepted},           // geth, EIP-2681
    Meaning{"sender not an eoa", never_accepted},             // geth, EIP-3607
    Meaning{"senderiscontract", never_accepted},              // Nethermind
    Meaning{"failed to decode transaction", never_accepted},  // anvil
    Meaning{"failed to decode signed transaction", never_accepted},  // reth
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
