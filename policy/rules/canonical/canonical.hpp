#pragma once

#include "chains/base/json.hpp"
#include "policy/rules/document.hpp"

#include <string>

namespace chela::policy::canonical {

/// Completes a policy whose parts are read: everything in its one order, lists without doubles,
/// each clause's text, the contracts that decoding may rely on, canonical text and digest.
void finish(Policy& policy);

/// Is the policy one that a document, or compiled guardrails, can be? Every clause's field belongs
/// to its effects and its operand to its comparison, every charge to a budget …
/// @return invalid_input: which rule it is, and why
[[nodiscard]] Status check(const Policy& policy);

// The steps of finish().

/// One order for everything whose order means nothing, and one form for what can be said in two.
void normalise(Policy& policy);
enum class Detail : std::uint8_t { shortened, all };
/// The clause as text, in the units of the policy's assets: "to in payees", "amount > 50 USDC".
/// @param detail  shortened: long lists and texts are cut, with a count of what is left out
[[nodiscard]] std::string expected_text(
    const Clause& clause, const Policy& policy, Detail detail = Detail::shortened);
[[nodiscard]] Json to_json(const Policy& policy);
[[nodiscard]] Json to_json(const Clause& clause);
[[nodiscard]] Json to_json(const Condition& condition);

/// "8453/native", "8453/0x…".
[[nodiscard]] std::string asset_key(const Asset& asset);
/// "function mint(address to,uint256 id)": with names, so that it reads back.
[[nodiscard]] std::string signature_text(const chains::abi::Signature& signature);

}  // namespace chela::policy::canonical
