#include "policy/decide/judgement.hpp"

#include <array>

#include <fmt/format.h>

namespace chela::policy {
namespace {

constexpr unsigned kGweiDecimals = 9;

std::string coins(const Wei& wei) {
    return format_units(wei.value, kNativeDecimals);
}
std::string gwei(const Wei& wei) {
    return fmt::format("{} gwei", format_units(wei.value, kGweiDecimals));
}
std::string count(const Gas& gas) {
    return fmt::format("{}", gas.value);
}

/// Records one cap and tells whether it holds; a value that is not known is over every cap.
template <class T, class ToText>
bool holds(
    Judgement& of,
    std::string_view name,
    const std::optional<T>& value,
    const T& cap,
    const ToText& to_text) {
    const bool is_under = value && *value <= cap;
    of.trace.envelope.push_back(
        {.name = name,
         .expected = fmt::format("at most {}", to_text(cap)),
         .actual = value ? to_text(*value) : "unknown",
         .truth = !value     ? Truth::unknown
                  : is_under ? Truth::yes
                             : Truth::no});
    return is_under;
}

void refuse(Judgement& of, std::string code, std::string detail, const std::string& cap) {
    auto limits = cap.empty() ? detail : fmt::format("{} (at most {})", detail, cap);
    of.refusals.push_back(
        {.code = std::move(code), .detail = std::move(detail), .limits = std::move(limits)});
}

void check_total(Judgement& of) {
    const auto& facts = of.facts.envelope;
    const auto& cap = of.policy().envelope.max_total_fee;
    const auto fee = facts.max_fee ? coins(*facts.max_fee) : "more than 2^256 wei";
    const auto lower = "lower the gas limit or the fee per gas";
    if (facts.operator_max_fee &&
        !holds(of, "operator_max_fee", facts.max_fee, *facts.operator_max_fee, coins)) {
        refuse(
            of, "E_FEE_OVER_LIMIT",
            fmt::format(
                "a fee of up to {} is over what one signature may cost on this chain; {}", fee,
                lower),
            coins(*facts.operator_max_fee));
    }
    if (cap) {
        if (!holds(of, "max_total_fee", facts.max_fee, *cap, coins)) {
            refuse(
                of, "E_FEE_OVER_LIMIT",
                fmt::format(
                    "a fee of up to {} is over what the policy {} lets one signature cost; "
                    "{}",
                    fee, of.policy().id, lower),
                coins(*cap));
        }
        return;
    }
    if (of.policy().is_compiled) {
        if (facts.max_fee || facts.operator_max_fee) return;
        refuse(of, "E_FEE_OVER_LIMIT", fmt::format("a fee of up to {} is never signed", fee), {});
        return;
    }
    of.trace.envelope.push_back(
        {.name = "max_total_fee", .expected = "a limit", .actual = "none", .truth = Truth::no});
    refuse(
        of, "E_FEE_OVER_LIMIT",
        fmt::format(
            "the policy {} sets no limit for fees (envelope.max_total_fee), and what is "
            "not limited is not allowed",
            of.policy().id),
        {});
}

using GasCaps = std::pair<std::optional<Wei>, std::optional<Gas>>;

/// The caps that hold on the signature's chain: those of all chains, then those of its own.
std::vector<GasCaps> gas_caps(const Judgement& of) {
    const auto& envelope = of.policy().envelope;
    std::vector<GasCaps> out{{envelope.max_fee_per_gas, envelope.max_gas}};
    if (const auto& chain = of.facts.envelope.chain) {
        const auto own = envelope.per_chain.find(chain->value);
        if (own != envelope.per_chain.end()) out.push_back(own->second);
    }
    return out;
}

void check_gas(Judgement& of) {
    const auto& facts = of.facts.envelope;
    for (const auto& [price, gas] : gas_caps(of)) {
        if (price && !holds(of, "max_fee_per_gas", facts.max_fee_per_gas, *price, gwei)) {
            refuse(
                of, "E_FEE_OVER_LIMIT",
                fmt::format(
                    "a price of {} for a unit of gas is over the agent's limit; offer less",
                    facts.max_fee_per_gas ? gwei(*facts.max_fee_per_gas) : "unknown gwei"),
                gwei(*price));
        }
        if (gas && !holds(of, "max_gas", facts.gas, *gas, count)) {
            refuse(
                of, "E_GAS_OVER_LIMIT",
                fmt::format(
                    "a gas limit of {} is over the agent's limit; lower it",
                    facts.gas ? count(*facts.gas) : "unknown size"),
                count(*gas));
        }
    }
}

}  // namespace

void check_fees(Judgement& of) {
    switch (of.facts.envelope.operation) {
        case Operation::transaction:
        case Operation::user_operation:
            check_total(of);
            check_gas(of);
            return;
        // Whoever uses such a signature pays for it.
        case Operation::typed_data:
        case Operation::personal_message:
        case Operation::authorization:
            return;
    }
    bug("an operation that does not exist");
}

}  // namespace chela::policy
