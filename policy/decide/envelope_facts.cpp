#include "policy/decide/envelope_facts.hpp"

#include "policy/decode/user_operation_parts.hpp"

#include <array>

namespace chela::policy {
namespace {

using chains::UserOperationV06;
using chains::UserOperationV07;
using chains::UserOperationV08;

/// The gas of all of an operation's parts; empty: over 64 bits, which is over every cap.
std::optional<Gas> gas_of(std::span<const U256> parts) {
    U256 sum;
    for (const auto& part : parts) {
        const auto next = add(sum, part);
        if (!next) return std::nullopt;
        sum = *next;
    }
    const auto gas = sum.to_uint64();
    return gas ? std::optional{Gas{*gas}} : std::nullopt;
}

struct GasOf {
    std::optional<Gas> operator()(const UserOperationV06& operation) const {
        return gas_of(std::array{
            operation.call_gas_limit, operation.verification_gas_limit,
            operation.pre_verification_gas});
    }
    std::optional<Gas> operator()(const UserOperationV07& operation) const {
        const auto& paymaster = operation.paymaster;
        return gas_of(std::array{
            operation.call_gas_limit, operation.verification_gas_limit,
            operation.pre_verification_gas, paymaster ? paymaster->verification_gas_limit : U256{},
            paymaster ? paymaster->post_op_gas_limit : U256{}});
    }
    std::optional<Gas> operator()(const UserOperationV08& operation) const {
        return (*this)(operation.parts);
    }
};

struct PriceOf {
    Wei operator()(const UserOperationV06& operation) const { return {operation.max_fee_per_gas}; }
    Wei operator()(const UserOperationV07& operation) const { return {operation.max_fee_per_gas}; }
    Wei operator()(const UserOperationV08& operation) const { return (*this)(operation.parts); }
};

struct FactsOf {
    EnvelopeFacts operator()(const chains::Transaction& transaction) const {
        const auto fee = chains::max_fee(transaction);
        EnvelopeFacts out;
        out.operation = Operation::transaction;
        out.chain = chains::chain_id(transaction);
        out.tx_type = static_cast<unsigned>(chains::type_of(transaction));
        if (fee) out.max_fee = *fee;
        out.max_fee_per_gas = chains::max_gas_price(transaction);
        out.gas = chains::gas_limit(transaction);
        return out;
    }
    EnvelopeFacts operator()(const chains::PersonalMessage& /*message*/) const {
        EnvelopeFacts out;
        out.operation = Operation::personal_message;
        return out;
    }
    EnvelopeFacts operator()(const chains::ValidatorMessage& /*message*/) const {
        EnvelopeFacts out;
        out.operation = Operation::personal_message;
        return out;
    }
    EnvelopeFacts operator()(const chains::TypedData& data) const {
        EnvelopeFacts out;
        out.operation = Operation::typed_data;
        const auto id = data.domain().chain_id ? data.domain().chain_id->to_uint64() : std::nullopt;
        if (id) out.chain = ChainId{*id};
        return out;
    }
    EnvelopeFacts operator()(const chains::Authorization& authorization) const {
        EnvelopeFacts out;
        out.operation = Operation::authorization;
        out.chain = authorization.chain_id;
        return out;
    }
    EnvelopeFacts operator()(const chains::UserOperationToSign& to_sign) const {
        const auto& operation = to_sign.operation;
        EnvelopeFacts out;
        out.operation = Operation::user_operation;
        out.chain = operation.chain_id;
        // Parts that do not fit have no fee that is known, and are refused for that.
        if (const auto parts = parts_of(operation)) out.max_fee = parts->prefund;
        out.max_fee_per_gas = std::visit(PriceOf{}, operation.operation);
        out.gas = std::visit(GasOf{}, operation.operation);
        return out;
    }
};

}  // namespace

EnvelopeFacts envelope_facts(const chains::Preimage::Content& content) {
    return std::visit(FactsOf{}, content);
}

Result<Contracts> contracts_of(std::span<const BoundPolicy> policies) {
    Contracts out;
    for (const auto& bound : policies) {
        if (auto merged = out.merge(bound.policy->contracts); !merged) {
            return std::unexpected{merged.error()};
        }
    }
    return out;
}

}  // namespace chela::policy
