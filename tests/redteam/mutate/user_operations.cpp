// Everything of a user operation that is not its call.
#include "tests/redteam/mutate/parts.hpp"

#include <array>
#include <utility>

namespace chela::redteam {
namespace {

using Mutants = std::vector<Mutant>;
using chains::UserOperationToSign;
using chains::UserOperationV06;
using chains::UserOperationV07;
using chains::UserOperationV08;

/// What all versions have in common, under the same names.
template <class Change>
Content changed(const UserOperationToSign& to_sign, const Change& change) {
    auto copy = to_sign;
    if (auto* v06 = std::get_if<UserOperationV06>(&copy.operation.operation)) change(*v06);
    if (auto* v07 = std::get_if<UserOperationV07>(&copy.operation.operation)) change(*v07);
    if (auto* v08 = std::get_if<UserOperationV08>(&copy.operation.operation)) change(v08->parts);
    return Content{std::move(copy)};
}

void set_factory(auto& operation) {
    if constexpr (requires { operation.init_code; }) {
        operation.init_code = Bytes(24, 0xde);
    } else {
        operation.factory = {stranger(), Bytes(4, 0xde)};
    }
}

void set_paymaster(auto& operation) {
    if constexpr (requires { operation.paymaster_and_data; }) {
        operation.paymaster_and_data = Bytes(20, 0xde);
    } else {
        operation.paymaster = {stranger(), U256{1}, U256{1}, {}};
    }
}

const UserOperationToSign* operation_of(const Subject& subject) {
    return std::get_if<UserOperationToSign>(subject.content);
}

Mutants other_parties(const Subject& subject) {
    const auto* to_sign = operation_of(subject);
    if (to_sign == nullptr) return {};
    auto elsewhere = *to_sign;
    elsewhere.operation.entry_point = stranger();
    return {
        {"sender", changed(*to_sign, [](auto& each) { each.sender = stranger(); })},
        {"factory", changed(*to_sign, [](auto& each) { set_factory(each); })},
        {"paymaster", changed(*to_sign, [](auto& each) { set_paymaster(each); })},
        {"entry point", Content{elsewhere}}};
}

Mutants other_gas(const Subject& subject) {
    const auto* to_sign = operation_of(subject);
    if (to_sign == nullptr) return {};
    const U256 much{1'000'000'000};
    return {
        {"call gas", changed(*to_sign, [&](auto& each) { each.call_gas_limit = much; })},
        {"verification gas",
         changed(*to_sign, [&](auto& each) { each.verification_gas_limit = much; })},
        {"pre-verification gas",
         changed(*to_sign, [&](auto& each) { each.pre_verification_gas = much; })},
        {"price", changed(*to_sign, [](auto& each) { each.max_fee_per_gas = U256{~0ULL}; })},
        {"no number", changed(*to_sign, [](auto& each) { each.call_gas_limit = U256::max(); })}};
}

Mutants other_operation(const Subject& subject) {
    const auto* to_sign = operation_of(subject);
    if (to_sign == nullptr) return {};
    Mutants out;
    for (const std::uint64_t chain : {0ULL, 1ULL, 10ULL}) {
        auto copy = *to_sign;
        copy.operation.chain_id = ChainId{chain};
        out.push_back({"chain " + std::to_string(chain), Content{copy}});
    }
    // Source: ERC-4337, IAccountExecute.executeUserOp.
    out.push_back({"executeUserOp", changed(*to_sign, [](auto& each) {
                       each.call_data = Bytes{0x8d, 0xd7, 0x71, 0x2f};
                   })});
    out.push_back({"a token's function", changed(*to_sign, [](auto& each) {
                       each.call_data = call_of(
                           "transfer(address,uint256)",
                           {chains::abi::Value{stranger()}, number(U256{1})});
                   })});
    return out;
}

constexpr std::array kOperators{
    Operator{"other parties of an operation", other_parties},
    Operator{"more gas of an operation", other_gas},
    Operator{"another operation", other_operation},
};

}  // namespace

std::span<const Operator> user_operation_operators() {
    return kOperators;
}

}  // namespace chela::redteam
