#pragma once

#include "sidecar/store/store.hpp"
#include "tests/soak/chain_view.hpp"
#include "tests/soak/payments.hpp"

#include <string>
#include <vector>

namespace chela::test::soak {

/// What a soak has proved, in numbers.
struct Summary {
    unsigned payments{};
    unsigned keys{};
    unsigned confirmed{};
    unsigned cancelled{};
    unsigned refused{};  ///< keys that ended before they held a nonce
    unsigned attempts{};
    unsigned replaced{};  ///< intents of more than one attempt
    unsigned transactions{};
    U256 spent;    ///< value on the chain
    U256 fees;     ///< paid on the chain
    U256 charged;  ///< of the fee budgets
    /// Cancelled ones whose fee is charged above every attempt that is known: a bump that was
    /// approved, and made way for the cancellation before it was signed.
    unsigned charged_above{};
};

/// Everything about one agent that must agree: what it was told, what is stored, what the chain
/// has, and what its budgets say. What does not is a trouble.
class Verdict {
public:
    Verdict(sidecar::store::Store& store, const ChainView& chain) : store_{store}, chain_{chain} {}

    void judge(const Account& account);
    /// The audit chain is whole, and no intent belongs to nobody.
    void judge_store();
    /// @param transactions  eth_getTransactionCount  @param balance  now  @param before  at first
    void judge_account(const Account& account, Nonce transactions, Wei balance, Wei before);

    [[nodiscard]] const Summary& summary() const { return summary_; }
    [[nodiscard]] const std::vector<std::string>& troubles() const { return troubles_; }

private:
    struct Known {
        const Payment* payment{};
        const Try* attempt{};
    };

    void judge_payments(const Account& account, const Address& signer);
    void judge_intent(const sidecar::store::IntentRecord& intent, const Known& known);
    void judge_without_nonce(const sidecar::store::IntentRecord& intent, const Known& known);
    void judge_place(
        const sidecar::store::IntentRecord& intent,
        const Known& known,
        const std::vector<sidecar::store::AttemptRecord>& attempts);
    void judge_budgets(
        const std::string& agent_id, const std::vector<sidecar::store::IntentRecord>& intents);
    void judge_nonces(
        const Address& signer, const std::vector<sidecar::store::IntentRecord>& intents);
    void trouble(std::string what) { troubles_.push_back(std::move(what)); }

    sidecar::store::Store& store_;
    const ChainView& chain_;
    Summary summary_;
    std::vector<std::string> troubles_;
    std::size_t known_intents_ = 0;
};

/// Throws: it is none.
[[nodiscard]] Address address_of(const TestAgent& agent);

/// All of an agent's intents, and with "" everybody's.
[[nodiscard]] std::vector<sidecar::store::IntentRecord> all_intents(
    sidecar::store::Store& store, const std::string& agent_id);

}  // namespace chela::test::soak
