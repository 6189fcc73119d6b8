#include "tests/soak/budgets.hpp"

#include "chains/tx/transaction.hpp"
#include "policy/rules/compile.hpp"
#include "tests/e2e/support/sidecar.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace chela::test::soak {
namespace {

using chela::policy::Budget;
using chela::policy::MeterKey;

/// Of "tx/<chain>/<address>/<nonce>".
Nonce nonce_of(const std::string& slot) {
    const auto at = slot.rfind('/');
    std::uint64_t nonce = 0;
    const auto* end = slot.data() + slot.size();
    const auto [rest, error] = std::from_chars(slot.data() + at + 1, end, nonce);
    if (at == std::string::npos || error != std::errc{} || rest != end)
        throw std::runtime_error{"a charge's slot is no nonce's: " + slot};
    return Nonce{nonce};
}

U256& member(Taken& taken, std::string_view meter) {
    if (meter == chela::policy::kGuardrailValueBudget) return taken.value;
    if (meter == chela::policy::kGuardrailFeeBudget) return taken.fee;
    return taken.count;
}

}  // namespace

std::map<Nonce, Taken> charged(
    sidecar::store::Store& store, const std::string& agent_id, std::vector<std::string>& troubles) {
    std::map<Nonce, Taken> out;
    for (const auto meter :
         {chela::policy::kGuardrailValueBudget, chela::policy::kGuardrailFeeBudget,
          chela::policy::kGuardrailCountBudget}) {
        const MeterKey key{Budget::Scope::agent, agent_id, std::string{meter}};
        for (const auto& [charge, slot, at] : must(store.charges({key}, TimePoint{}))) {
            auto& amount = member(out[nonce_of(slot)], meter);
            if (!amount.is_zero())
                troubles.push_back(fmt::format("budgets: {} is charged twice on {}", slot, meter));
            if (at == chela::policy::kStillOpen)
                troubles.push_back(fmt::format("budgets: {} is not settled on {}", slot, meter));
            amount = charge.amount;
        }
    }
    return out;
}

Taken worst_case(
    const std::vector<sidecar::store::AttemptRecord>& attempts,
    const chela::policy::Reservation& reserved) {
    Taken out{.value = reserved.value.value, .fee = reserved.max_fee.value, .count = U256{1}};
    for (const auto& attempt : attempts) {
        const auto transaction = must(chains::decode_signed(attempt.signed_bytes)).transaction;
        out.value = std::max(out.value, chains::value(transaction).value);
        out.fee = std::max(out.fee, must(chains::max_fee(transaction)).value);
    }
    return out;
}

}  // namespace chela::test::soak
