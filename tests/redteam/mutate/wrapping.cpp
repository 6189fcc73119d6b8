// The same call carried by somebody else's call, which changes who acts.
#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "tests/redteam/mutate/caps.hpp"
#include "tests/redteam/mutate/parts.hpp"

#include <array>

#include <fmt/format.h>

namespace chela::redteam {
namespace {

using Mutants = std::vector<Mutant>;
using chains::abi::Value;

/// What the subject's transaction does, as one call. Creations are not wrapped.
struct Call {
    const chains::Transaction* transaction{};
    Address to;
    Bytes data;
    Wei value;
};
std::optional<Call> call_in(const Subject& subject) {
    const auto* transaction = transaction_of(*subject.content);
    const auto to = transaction == nullptr ? std::nullopt : chains::to(*transaction);
    if (!to) return std::nullopt;
    return Call{transaction, *to, chains::data(*transaction), chains::value(*transaction)};
}

Address multicall3() {
    return parse_address("0xcA11bde05977b3631167028862bE2a173976CA11").value();
}

/// Each call with its value, or as a call of the account's own coins.
Content carried(const Call& call, const Address& carrier, Bytes data) {
    return redirected(*call.transaction, carrier, std::move(data), call.value);
}

Mutants in_multicall(const Subject& subject) {
    const auto call = call_in(subject);
    if (!call || call->data.empty()) return {};
    const auto wrapped = call_of("multicall(bytes[])", {list({Value{call->data}})});
    return {
        {"at the target", carried(*call, call->to, wrapped)},
        {"at a stranger", carried(*call, stranger(), wrapped)}};
}

/// As often as it takes to go over the budget; what is carried 200 times is enough. Coins that are
/// sent along are sent once, however often the call is repeated.
Mutants repeated(const Subject& subject) {
    constexpr std::uint64_t kMost = 200;
    const auto call = call_in(subject);
    Mutants out;
    for (const auto& cap : budgets_of(subject)) {
        if (!call || call->data.empty() || cap.amount.is_zero()) continue;
        if (cap.amount == call->value.value) continue;
        const auto times = plus(divide(cap.most, cap.amount).quotient, 1).to_uint64();
        if (!times || *times > kMost) continue;
        const Value::List parts(*times, Value{call->data});
        out.push_back(
            {fmt::format("{} times", *times),
             carried(*call, call->to, call_of("multicall(bytes[])", {list(parts)}))});
    }
    return out;
}

Mutants in_multicall3(const Subject& subject) {
    const auto call = call_in(subject);
    if (!call) return {};
    const auto plain = list({Value{call->to}, Value{false}, Value{call->data}});
    const auto with_value =
        list({Value{call->to}, Value{true}, number(call->value.value), Value{call->data}});
    return {
        {"aggregate3",
         carried(
             *call, multicall3(), call_of("aggregate3((address,bool,bytes)[])", {list({plain})}))},
        {"aggregate3Value",
         carried(
             *call, multicall3(),
             call_of("aggregate3Value((address,bool,uint256,bytes)[])", {list({with_value})}))}};
}

Bytes safe_call(const Call& call, std::uint64_t operation) {
    return call_of(
        "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,"
        "bytes)",
        {Value{call.to}, number(call.value.value), Value{call.data}, number(U256{operation}),
         number({}), number({}), number({}), Value{Address{}}, Value{Address{}}, Value{Bytes{}}});
}

Mutants in_a_safe(const Subject& subject) {
    const auto call = call_in(subject);
    if (!call) return {};
    Mutants out;
    for (const auto& [whose, safe] :
         {std::pair{"a stranger's Safe", stranger()}, std::pair{"the target", call->to}}) {
        out.push_back({whose, carried(*call, safe, safe_call(*call, 0))});
    }
    return out;
}

Mutants in_a_safes_delegatecall(const Subject& subject) {
    const auto call = call_in(subject);
    if (!call) return {};
    Mutants out;
    for (const auto& safe : {stranger(), call->to, subject.of->signer})
        out.push_back({to_hex(safe.view()), carried(*call, safe, safe_call(*call, 1))});
    for (const auto& bound : subject.fixture->policies)
        for (const auto& contract : bound.policy->declared_contracts)
            out.push_back({contract.name, carried(*call, contract.address, safe_call(*call, 1))});
    return out;
}

/// Of an account in the ERC-7579 mode: packed target, value, calldata.
Bytes execution(const Call& call, std::uint8_t call_type) {
    Bytes mode(32);
    mode[0] = call_type;
    Bytes packed{call.to.bytes.begin(), call.to.bytes.end()};
    if (call_type == 0) {
        const auto value = call.value.value.to_big_endian();
        packed.insert(packed.end(), value.begin(), value.end());
    }
    packed.insert(packed.end(), call.data.begin(), call.data.end());
    return call_of("execute(bytes32,bytes)", {Value{mode}, Value{packed}});
}

Mutants in_an_account(const Subject& subject) {
    const auto call = call_in(subject);
    if (!call) return {};
    const Value::List parts{Value{call->to}, number(call->value.value), Value{call->data}};
    const auto one = call_of("execute(address,uint256,bytes)", parts);
    const auto batch = call_of("executeBatch((address,uint256,bytes)[])", {list({list(parts)})});
    Mutants out;
    for (const auto& [who, account] :
         {std::pair{"the target: ", call->to}, std::pair{"oneself: ", subject.of->signer},
          std::pair{"a stranger: ", stranger()}}) {
        const std::string name = who;
        out.push_back({name + "execute", carried(*call, account, one)});
        out.push_back({name + "executeBatch", carried(*call, account, batch)});
        out.push_back({name + "ERC-7579", carried(*call, account, execution(*call, 0))});
        out.push_back({name + "delegatecall", carried(*call, account, execution(*call, 0xff))});
    }
    return out;
}

/// The account calls somebody, who carries the call.
Mutants in_an_operation(const Subject& subject) {
    const auto* to_sign = std::get_if<chains::UserOperationToSign>(subject.content);
    if (to_sign == nullptr) return {};
    const auto data = calldata_of(*subject.content).value_or(Bytes{});
    const auto wrapped = [&](const Address& target) {
        return with_calldata(
            *subject.content,
            call_of("execute(address,uint256,bytes)", {Value{target}, number({}), Value{data}}));
    };
    return {{"a stranger's account", wrapped(stranger())}, {"Multicall3", wrapped(multicall3())}};
}

constexpr std::array kOperators{
    Operator{"wrap in multicall(bytes[])", in_multicall},
    Operator{"repeat until over the budget", repeated},
    Operator{"wrap in Multicall3", in_multicall3},
    Operator{"wrap in a Safe's call", in_a_safe},
    Operator{"wrap in a Safe's delegatecall", in_a_safes_delegatecall},
    Operator{"wrap in an account's execute", in_an_account},
    Operator{"wrap in an operation's execute", in_an_operation},
};

}  // namespace

std::span<const Operator> wrapping_operators() {
    return kOperators;
}

}  // namespace chela::redteam
