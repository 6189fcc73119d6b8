// More than the rules allow, and less than the trade is worth.
#include "tests/redteam/mutate/caps.hpp"
#include "tests/redteam/mutate/json_leaves.hpp"
#include "tests/redteam/mutate/parts.hpp"

#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::redteam {
namespace {

using Mutants = std::vector<Mutant>;

// A smaller number may stand anywhere by chance.
constexpr U256 kTelling{256};

/// One mutant for each place where the number stands, in calldata or typed data.
void replace_number(const Subject& subject, const U256& was, const U256& by, Mutants& out) {
    if (was == by || was < kTelling) return;
    const auto what = fmt::format("{} for {}", to_decimal(by), to_decimal(was));
    if (const auto data = calldata_of(*subject.content)) {
        for (const auto at : positions_of(was.to_big_endian(), *data))
            out.push_back(
                {what, with_calldata(*subject.content, replaced(*data, at, by.to_big_endian()))});
    }
    const auto* typed = std::get_if<chains::TypedData>(subject.content);
    if (typed == nullptr) return;
    const auto change = [&](const std::string&, Json& leaf) {
        if (leaf != to_decimal(was)) return false;
        leaf = to_decimal(by);
        return true;
    };
    for (auto& mutant : with_each_leaf(*typed, change)) {
        mutant.what += " " + what;
        out.push_back(std::move(mutant));
    }
}

Content with_value(const chains::Transaction& transaction, const U256& value) {
    auto copy = transaction;
    std::visit([&value](auto& typed) { typed.value = Wei{value}; }, copy);
    return Content{std::move(copy)};
}

Mutants over_the_cap(const Subject& subject) {
    Mutants out;
    for (const auto& cap : caps_of(subject)) {
        const auto over = plus(cap.most, 1);
        replace_number(subject, cap.amount, over, out);
        const auto* transaction = transaction_of(*subject.content);
        if (transaction != nullptr && chains::value(*transaction).value == cap.amount)
            out.push_back({"coins " + to_decimal(over), with_value(*transaction, over)});
    }
    return out;
}

/// 2^256-1, 2^160-1, 2^255, 2^128: words for "all" somewhere.
Mutants unlimited(const Subject& subject) {
    const std::array words{
        U256::max(), shift_right(U256::max(), 96), shift_left(U256{1}, 255).value(),
        shift_left(U256{1}, 128).value()};
    Mutants out;
    for (const auto* node : policy::effects_of(subject.original->tree)) {
        const auto amount = amount_of(policy::effect_of(*node));
        for (const auto& word : words)
            if (amount) replace_number(subject, *amount, word, out);
    }
    return out;
}

Mutants no_minimum(const Subject& subject) {
    Mutants out;
    for (const auto* node : policy::effects_of(subject.original->tree)) {
        const auto* swap = std::get_if<policy::Swap>(&policy::effect_of(*node));
        if (swap != nullptr) replace_number(subject, swap->min_out, U256{}, out);
    }
    return out;
}

/// Of what has a rule about its end.
Mutants later_deadline(const Subject& subject) {
    Mutants out;
    for (const auto* node : policy::effects_of(subject.original->tree)) {
        const auto* swap = std::get_if<policy::Swap>(&policy::effect_of(*node));
        if (swap == nullptr || !swap->deadline) continue;
        replace_number(subject, *swap->deadline, plus(*swap->deadline, 31'536'000), out);
        replace_number(subject, *swap->deadline, U256::max(), out);
    }
    return out;
}

/// A wei where none belongs; where coins may be sent, one more than may be.
Mutants coins_along(const Subject& subject) {
    const auto* transaction = transaction_of(*subject.content);
    if (transaction == nullptr) return {};
    const auto cap = native_cap(subject);
    const auto more = cap ? plus(*cap, 1) : plus(chains::value(*transaction).value, 1);
    return {{to_decimal(more) + " wei", with_value(*transaction, more)}};
}

/// The numbers of a pinned function that a rule bounds, at their largest.
Mutants largest_argument(const Subject& subject) {
    const auto data = calldata_of(*subject.content).value_or(Bytes{});
    Mutants out;
    for (const auto* node : policy::effects_of(subject.original->tree)) {
        const auto* call = std::get_if<policy::Call>(&policy::effect_of(*node));
        if (call == nullptr) continue;
        for (std::size_t i = 0; i < call->arguments.size(); ++i) {
            const auto at = node->range.begin + 4 + 32 * i;
            if (!std::holds_alternative<U256>(call->arguments[i].data) || at + 32 > data.size())
                continue;
            const auto word = U256::max().to_big_endian();
            out.push_back(
                {fmt::format("argument {}", i),
                 with_calldata(*subject.content, replaced(data, at, word))});
        }
    }
    return out;
}

constexpr std::array kOperators{
    Operator{"one over the cap", over_the_cap}, Operator{"an unlimited amount", unlimited},
    Operator{"no minimum", no_minimum},         Operator{"a later deadline", later_deadline},
    Operator{"coins along", coins_along},       Operator{"the largest argument", largest_argument},
};

}  // namespace

std::span<const Operator> amount_operators() {
    return kOperators;
}

}  // namespace chela::redteam
