#include "sidecar/flow/speed_up.hpp"

#include <algorithm>

namespace chela::sidecar::flow {
namespace {

constexpr std::string_view kMarket = "market";

}  // namespace

std::string to_speed_up(const std::optional<chains::fees::Eip1559Fees>& fees) {
    if (!fees) return std::string{kMarket};
    return to_decimal(fees->max_fee_per_gas.value) + '/' +
           to_decimal(fees->max_priority_fee_per_gas.value);
}

Result<chains::fees::Market> raised(chains::fees::Market market, std::string_view speed_up) {
    if (speed_up == kMarket) return market;
    const auto slash = speed_up.find('/');
    const auto cap = parse_decimal(speed_up.substr(0, slash));
    const auto tip = slash == std::string_view::npos ? Result<U256>{std::unexpected{Error{}}}
                                                     : parse_decimal(speed_up.substr(slash + 1));
    if (!cap || !tip) return fail(ErrorCode::internal, "a stored wish for other fees is damaged");
    market.gas_price = std::max(market.gas_price, Wei{*cap});
    auto& typed = market.eip1559;
    if (!typed) typed.emplace();
    typed->max_fee_per_gas = std::max(typed->max_fee_per_gas, Wei{*cap});
    typed->max_priority_fee_per_gas = std::max(typed->max_priority_fee_per_gas, Wei{*tip});
    return market;
}

}  // namespace chela::sidecar::flow
