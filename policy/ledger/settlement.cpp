#include "policy/ledger/settlement.hpp"

namespace chela::policy {
namespace {

U256 settled(const Charge& charge, const Settlement& settlement) {
    switch (charge.counts) {
        case Budget::Counts::amount:
        case Budget::Counts::effects:
            return settlement.took_effect ? charge.amount : U256{};
        case Budget::Counts::max_fee:
            return settlement.fee.value;
        case Budget::Counts::signatures:
            return charge.amount;
    }
    bug("a kind of counting that does not exist");
}

}  // namespace

std::vector<Charge> settled(std::vector<Charge> charges, const Settlement& settlement) {
    for (auto& charge : charges)
        charge.amount = settled(charge, settlement);
    return charges;
}

}  // namespace chela::policy
