// The same parties and amounts in other words: an approval for a payment, a permit for an approval.
#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "tests/redteam/mutate/caps.hpp"
#include "tests/redteam/mutate/json_leaves.hpp"
#include "tests/redteam/mutate/parts.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace chela::redteam {
namespace {

using Mutants = std::vector<Mutant>;
using chains::abi::Value;

/// A token, who gives, who gets, and how much: of a transfer or a grant of a token.
struct Deal {
    Address token;
    ChainId chain;
    Address from;
    Address to;
    U256 amount;
    bool is_nft{};    ///< the amount counts tokens, and is no id
    bool is_brief{};  ///< it ends by itself
};

std::optional<Deal> deal_of(const policy::Effect& effect) {
    const auto amount = amount_of(effect);
    if (!amount) return std::nullopt;
    if (const auto* transfer = std::get_if<policy::Transfer>(&effect)) {
        if (!transfer->asset.contract) return std::nullopt;
        return Deal{
            *transfer->asset.contract,
            transfer->asset.chain,
            transfer->from,
            transfer->to,
            *amount,
            transfer->token_id.has_value(),
            false};
    }
    if (const auto* grant = std::get_if<policy::Grant>(&effect)) {
        if (!grant->asset.contract) return std::nullopt;
        return Deal{*grant->asset.contract,
                    grant->asset.chain,
                    grant->owner,
                    grant->spender,
                    *amount,
                    false,
                    grant->expires_at.has_value()};
    }
    return std::nullopt;
}

std::vector<Deal> deals_of(const Subject& subject) {
    std::vector<Deal> out;
    for (const auto* node : policy::effects_of(subject.original->tree))
        if (const auto deal = deal_of(policy::effect_of(*node))) out.push_back(*deal);
    return out;
}

/// A transaction of the token in the subject's own envelope.
Mutants at_the_token(
    const Subject& subject, std::string_view signature, Value::List (*arguments)(const Deal&)) {
    const auto* transaction = transaction_of(*subject.content);
    if (transaction == nullptr) return {};
    Mutants out;
    for (const auto& deal : deals_of(subject)) {
        out.push_back(
            {std::string{signature},
             redirected(*transaction, deal.token, call_of(signature, arguments(deal)), Wei{})});
    }
    return out;
}

Value::List to_and_amount(const Deal& deal) {
    return {Value{deal.to}, number(deal.amount)};
}
Value::List from_to_amount(const Deal& deal) {
    return {Value{deal.from}, Value{deal.to}, number(deal.amount)};
}
Value::List to_and_yes(const Deal& deal) {
    return {Value{deal.to}, Value{true}};
}
Value::List only_to(const Deal& deal) {
    return {Value{deal.to}};
}
Value::List to_amount_hook(const Deal& deal) {
    return {Value{deal.to}, number(deal.amount), Value{Bytes{1}}};
}

void append(Mutants& out, Mutants more) {
    for (auto& mutant : more)
        out.push_back(std::move(mutant));
}

/// To whom it was paid may take it instead: under every name.
Mutants grants(const Subject& subject) {
    Mutants out;
    for (const auto* signature :
         {"approve(address,uint256)", "increaseAllowance(address,uint256)",
          "increaseApproval(address,uint256)"})
        append(out, at_the_token(subject, signature, to_and_amount));
    append(out, at_the_token(subject, "setApprovalForAll(address,bool)", to_and_yes));
    append(out, at_the_token(subject, "authorizeOperator(address)", only_to));
    append(out, at_the_token(subject, "approveAndCall(address,uint256,bytes)", to_amount_hook));
    return out;
}

/// Who may take it is paid instead. Only the owner's own coins move by transfer, and no token's id
/// is known here.
Mutants payments(const Subject& subject) {
    const auto deals = deals_of(subject);
    if (std::ranges::any_of(deals, &Deal::is_nft)) return {};
    auto out = at_the_token(subject, "transferFrom(address,address,uint256)", from_to_amount);
    const auto is_own = [&](const Deal& deal) { return deal.from == subject.of->signer; };
    if (!std::ranges::all_of(deals, is_own)) return out;
    append(out, at_the_token(subject, "transfer(address,uint256)", to_and_amount));
    append(out, at_the_token(subject, "transferAndCall(address,uint256,bytes)", to_amount_hook));
    return out;
}

Json field(const char* name, const char* type) {
    return {{"name", name}, {"type", type}};
}

Json permit_of(const Deal& deal, const U256& amount) {
    return {
        {"types",
         {{"Permit",
           {field("owner", "address"), field("spender", "address"), field("value", "uint256"),
            field("nonce", "uint256"), field("deadline", "uint256")}}}},
        {"primaryType", "Permit"},
        {"domain",
         {{"name", "T"},
          {"chainId", std::to_string(deal.chain.value)},
          {"verifyingContract", to_checksum(deal.token)}}},
        {"message",
         {{"owner", to_checksum(deal.from)},
          {"spender", to_checksum(deal.to)},
          {"value", to_decimal(amount)},
          {"nonce", "0"},
          {"deadline", "99999999999"}}}};
}

/// Source: ERC-3009.
Json authorization_of(const Deal& deal) {
    return {
        {"types",
         {{"TransferWithAuthorization",
           {field("from", "address"), field("to", "address"), field("value", "uint256"),
            field("validAfter", "uint256"), field("validBefore", "uint256"),
            field("nonce", "bytes32")}}}},
        {"primaryType", "TransferWithAuthorization"},
        {"domain",
         {{"name", "T"},
          {"chainId", std::to_string(deal.chain.value)},
          {"verifyingContract", to_checksum(deal.token)}}},
        {"message",
         {{"from", to_checksum(deal.from)},
          {"to", to_checksum(deal.to)},
          {"value", to_decimal(deal.amount)},
          {"validAfter", "0"},
          {"validBefore", "99999999999"},
          {"nonce", to_hex(Hash256{})}}}};
}

/// Without a transaction, for the same amount and for all of it. An allowance that ends is not the
/// same as one that does not, where no rule tells them apart.
Mutants signatures(const Subject& subject) {
    Mutants out;
    for (const auto& deal : deals_of(subject)) {
        if (!deal.is_brief || bounds_expiry(subject))
            out.push_back({"EIP-2612", content_of(permit_of(deal, deal.amount))});
        out.push_back({"EIP-2612 without a limit", content_of(permit_of(deal, U256::max()))});
        out.push_back({"ERC-3009", content_of(authorization_of(deal))});
    }
    return out;
}

constexpr std::array kOperators{
    Operator{"an allowance instead", grants},
    Operator{"a payment instead", payments},
    Operator{"a signature instead", signatures},
};

}  // namespace

std::span<const Operator> disguise_operators() {
    return kOperators;
}

}  // namespace chela::redteam
