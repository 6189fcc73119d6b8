#include "chains/base/rfc3339.hpp"
#include "policy/decide/judgement.hpp"
#include "policy/rules/hint.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::policy {
namespace {

template <class Items, class ToText>
std::string list_of(const Items& items, const ToText& to_text) {
    std::string out;
    for (const auto& item : items)
        out += fmt::format("{}{}", out.empty() ? "" : ", ", to_text(item));
    return out.empty() ? "none" : out;
}

void check_time(Judgement& of) {
    const auto& policy = of.policy();
    // A clock that was moved back does not bring an expired document back.
    const auto latest = std::max(of.facts.now, of.facts.ledger.high_water);
    if (policy.expires) {
        const bool is_over = latest >= *policy.expires;
        of.trace.envelope.push_back(
            {.name = "expires",
             .expected = to_rfc3339(*policy.expires),
             .actual = to_rfc3339(latest),
             .truth = is_over ? Truth::no : Truth::yes});
        if (is_over) {
            const auto text = fmt::format("the policy {} has expired", policy.id);
            of.refusals.push_back({.code = "E_POLICY_EXPIRED", .detail = text, .limits = text});
        }
    }
    if (!policy.not_before) return;
    const bool is_early = of.facts.now < *policy.not_before;
    of.trace.envelope.push_back(
        {.name = "not_before",
         .expected = to_rfc3339(*policy.not_before),
         .actual = to_rfc3339(of.facts.now),
         .truth = is_early ? Truth::no : Truth::yes});
    if (!is_early) return;
    const auto text = fmt::format("the policy {} is not valid yet", policy.id);
    of.refusals.push_back({.code = "E_POLICY_NOT_YET", .detail = text, .limits = text});
}

void check_operation(Judgement& of) {
    const auto& listed = of.policy().envelope.operations;
    const auto operation = of.facts.envelope.operation;
    const bool is_listed = covers(listed, operation);
    const auto expected = listed.empty()
                              ? std::string{"any"}
                              : list_of(listed, [](Operation each) { return to_string(each); });
    of.trace.envelope.push_back(
        {.name = "operation",
         .expected = expected,
         .actual = std::string{to_string(operation)},
         .truth = is_listed ? Truth::yes : Truth::no});
    if (is_listed) return;
    auto text = fmt::format(
        "the policy {} does not let an agent sign this way ({})", of.policy().id,
        to_string(operation));
    auto limits = fmt::format("{}; it lists {}", text, expected);
    of.refusals.push_back(
        {.code = "E_OPERATION_NOT_ALLOWED",
         .detail = std::move(text),
         .limits = std::move(limits)});
}

/// A message names no chain, so that its signature counts on all of them. A document must have
/// asked for messages by name; "every operation" is not enough.
bool may_name_no_chain(const Judgement& of) {
    const auto& listed = of.policy().envelope.operations;
    return of.facts.envelope.operation == Operation::personal_message &&
           std::ranges::find(listed, Operation::personal_message) != listed.end();
}

std::string chain_refusal(const Judgement& of) {
    const auto& chain = of.facts.envelope.chain;
    if (!chain) {
        return fmt::format(
            "the signature names no chain; the policy {} must list it under envelope.operations by "
            "name",
            of.policy().id);
    }
    const auto& hint = of.policy().envelope.chain_hint;
    if (!hint.empty()) return fill_hint(hint, "chain", fmt::format("{}", chain->value));
    return fmt::format(
        "chain {} is not one that the policy {} lists", chain->value, of.policy().id);
}

void check_chain(Judgement& of) {
    const auto& envelope = of.policy().envelope;
    const auto& chain = of.facts.envelope.chain;
    const bool is_listed = chain
                               ? envelope.any_chain || std::ranges::find(envelope.chains, *chain) !=
                                                           envelope.chains.end()
                               : may_name_no_chain(of);
    const auto expected = envelope.any_chain
                              ? std::string{"any"}
                              : list_of(envelope.chains, [](ChainId each) { return each.value; });
    of.trace.envelope.push_back(
        {.name = "chain",
         .expected = expected,
         .actual = chain ? fmt::format("{}", chain->value) : "none",
         .truth = is_listed ? Truth::yes : Truth::no});
    if (is_listed) return;
    auto text = chain_refusal(of);
    auto limits = fmt::format("{}; it lists {}", text, expected);
    of.refusals.push_back(
        {.code = "E_CHAIN_NOT_ALLOWED", .detail = std::move(text), .limits = std::move(limits)});
}

std::string type_refusal(const Judgement& of) {
    const auto& type = of.facts.envelope.tx_type;
    if (!type) return "the type of the transaction is not known";
    const auto* carries = "";
    if (*type == 3) carries = " (it carries blobs, EIP-4844)";
    if (*type == 4) carries = " (it sets the code of accounts, EIP-7702)";
    return fmt::format(
        "transactions of type {}{} are not listed by the policy {}", *type, carries,
        of.policy().id);
}

void check_type(Judgement& of) {
    if (of.facts.envelope.operation != Operation::transaction) return;
    const auto& listed = of.policy().envelope.tx_types;
    const auto& type = of.facts.envelope.tx_type;
    const bool is_listed = type && std::ranges::find(listed, *type) != listed.end();
    const auto expected = list_of(listed, [](unsigned each) { return each; });
    of.trace.envelope.push_back(
        {.name = "tx_type",
         .expected = expected,
         .actual = type ? fmt::format("{}", *type) : "unknown",
         .truth = is_listed ? Truth::yes : Truth::no});
    if (is_listed) return;
    auto text = type_refusal(of);
    auto limits = fmt::format("{}; it lists {}", text, expected);
    of.refusals.push_back(
        {.code = "E_TX_TYPE", .detail = std::move(text), .limits = std::move(limits)});
}

}  // namespace

void check_document(Judgement& of) {
    check_time(of);
    check_operation(of);
    check_chain(of);
    check_type(of);
}

}  // namespace chela::policy
