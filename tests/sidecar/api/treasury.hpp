#pragma once

#include <string>

namespace chela::sidecar::api {

/// A document that lets native payments through out of a budget of 5 ETH a day; over 1 ETH so many
/// operators have to agree.
inline std::string treasury(unsigned operators) {
    return R"(
schema: chela.policy/1
id: treasury
version: 1
budgets:
  eth-day: {asset: native@8453, limit: "5 ETH", window: 24h}
envelope: {chains: [8453], tx_types: [2], max_total_fee: "0.1 ETH"}
permit:
  - {id: pay, effect: transfer, where: {asset: native@8453, from: self}, charge: eth-day}
review:
  - {id: big, effect: transfer, where: {asset: native@8453, amount: {gt: "1 ETH"}}, quorum: {of: operators, m: )" +
           std::to_string(operators) + R"(, ttl: 15m}}
)";
}

}  // namespace chela::sidecar::api
