#pragma once

#include "tests/policy/guardrails/judge.hpp"

namespace chela::policy {

struct Lists {
    std::vector<Address> to = {};
    std::vector<Address> token = {};
    std::vector<Address> chain_to = {};
    std::vector<Address> chain_token = {};
};

inline Guardrails rules_of(const Lists& lists) {
    Guardrails rules;
    rules.everywhere.to_allowlist = lists.to;
    rules.everywhere.token_allowlist = lists.token;
    if (!lists.chain_to.empty() || !lists.chain_token.empty()) {
        auto& limits = rules.per_chain[kChain.value].second;
        limits.to_allowlist = lists.chain_to;
        limits.token_allowlist = lists.chain_token;
    }
    return rules;
}

struct ListLine {
    const char* fact;
    Lists lists;
    chains::Transaction transaction;
    Codes codes;
};

inline void expect_lines(const std::vector<ListLine>& lines) {
    for (const auto& line : lines) {
        EXPECT_EQ(
            codes_of({.rules = rules_of(line.lists), .transaction = line.transaction}), line.codes)
            << line.fact;
    }
}

inline std::string transfer(const Address& to) {
    return "a9059cbb" + word(to) + word(9);
}
inline std::string approve(const Address& spender, std::uint64_t amount) {
    return "095ea7b3" + word(spender) + word(amount);
}

}  // namespace chela::policy
