// The same effects elsewhere, dearer, or in another kind of transaction.
#include "tests/redteam/mutate/parts.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace chela::redteam {
namespace {

using Mutants = std::vector<Mutant>;
using chains::Eip1559Transaction;
using chains::Eip2930Transaction;
using chains::Eip4844Transaction;
using chains::Eip7702Transaction;
using chains::LegacyTransaction;
using chains::Transaction;

template <class Change>
Content changed(const Transaction& transaction, const Change& change) {
    auto copy = transaction;
    std::visit(change, copy);
    return Content{std::move(copy)};
}

Mutants other_chain(const Subject& subject) {
    Mutants out;
    for (const std::uint64_t id : {std::uint64_t{0}, kOtherChain.value, ~std::uint64_t{0}}) {
        const auto what = fmt::format("chain {}", id);
        if (const auto* transaction = transaction_of(*subject.content)) {
            out.push_back(
                {what, changed(*transaction, [id](auto& typed) { typed.chain_id = ChainId{id}; })});
        } else if (
            const auto* authorization = std::get_if<chains::Authorization>(subject.content)) {
            auto copy = *authorization;
            copy.chain_id = ChainId{id};
            out.push_back({what, Content{copy}});
        }
    }
    return out;
}

Mutants other_delegate(const Subject& subject) {
    const auto* authorization = std::get_if<chains::Authorization>(subject.content);
    if (authorization == nullptr) return {};
    auto copy = *authorization;
    copy.address = stranger();
    return {{"a stranger", Content{copy}}};
}

U256 a_thousand_times(const U256& value) {
    return multiply(value, U256{1000}).value_or(U256::max());
}

void raise_price(auto& typed) {
    if constexpr (requires { typed.gas_price; }) {
        typed.gas_price.value = a_thousand_times(typed.gas_price.value);
    } else {
        typed.max_fee_per_gas.value = a_thousand_times(typed.max_fee_per_gas.value);
        typed.max_priority_fee_per_gas = typed.max_fee_per_gas;
    }
}

Mutants dearer(const Subject& subject) {
    const auto* transaction = transaction_of(*subject.content);
    if (transaction == nullptr) return {};
    return {
        {"a thousand times the price",
         changed(*transaction, [](auto& typed) { raise_price(typed); })},
        {"a thousand times the gas",
         changed(*transaction, [](auto& typed) { typed.gas_limit.value *= 1000; })},
        {"the most gas there is",
         changed(*transaction, [](auto& typed) { typed.gas_limit.value = ~std::uint64_t{0}; })}};
}

template <class To>
To as(const Transaction& transaction) {
    To out;
    out.chain_id = chains::chain_id(transaction);
    out.nonce = chains::nonce(transaction);
    out.gas_limit = chains::gas_limit(transaction);
    if constexpr (requires { out.gas_price; }) {
        out.gas_price = chains::max_gas_price(transaction);
    } else {
        out.max_fee_per_gas = chains::max_gas_price(transaction);
    }
    if constexpr (std::is_same_v<decltype(out.to), Address>) {
        out.to = chains::to(transaction).value_or(Address{});
    } else {
        out.to = chains::to(transaction);
    }
    out.value = chains::value(transaction);
    out.data = chains::data(transaction);
    return out;
}

Transaction with_a_blob(const Transaction& transaction) {
    auto out = as<Eip4844Transaction>(transaction);
    out.max_fee_per_blob_gas = Wei{U256{1}};
    out.blob_versioned_hashes.resize(1);
    out.blob_versioned_hashes[0].bytes[0] = chains::kVersionedHashVersion;
    return out;
}

Transaction with_an_authorization(const Transaction& transaction) {
    auto out = as<Eip7702Transaction>(transaction);
    out.authorization_list.push_back(
        {.authorization = {out.chain_id, stranger(), Nonce{0}},
         .y_parity = 0,
         .r = U256{1},
         .s = U256{1}});
    return out;
}

/// Types that a policy does not list: another one that it does is no attack.
Mutants other_type(const Subject& subject) {
    const auto* transaction = transaction_of(*subject.content);
    if (transaction == nullptr) return {};
    const std::array<Transaction, 5> all{
        as<LegacyTransaction>(*transaction), as<Eip2930Transaction>(*transaction),
        as<Eip1559Transaction>(*transaction), with_a_blob(*transaction),
        with_an_authorization(*transaction)};
    const auto& listed = subject.fixture->policies.front().policy->envelope.tx_types;
    Mutants out;
    for (const auto& other : all) {
        const auto type = static_cast<unsigned>(chains::type_of(other));
        if (std::ranges::find(listed, type) != listed.end()) continue;
        out.push_back({fmt::format("type {}", type), Content{other}});
    }
    return out;
}

constexpr std::array kOperators{
    Operator{"another chain", other_chain},
    Operator{"another delegate", other_delegate},
    Operator{"a higher fee", dearer},
    Operator{"another type of transaction", other_type},
};

}  // namespace

std::span<const Operator> envelope_operators() {
    return kOperators;
}

}  // namespace chela::redteam
