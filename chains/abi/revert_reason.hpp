#pragma once

#include "chains/abi/signature.hpp"
#include "chains/base/bytes.hpp"
#include "chains/base/result.hpp"

#include <map>
#include <string>

namespace chela::chains::abi {

/// Custom errors of contracts, by their selector.
class KnownErrors {
public:
    /// @return invalid_input with reason E_ABI_ERROR: not an error, or a selector that Solidity
    /// keeps for itself; conflict with E_ABI_ERROR: another error has the selector
    /// Source: Solidity, "Errors and the Revert Statement".
    [[nodiscard]] Status add(Signature error);
    /// @return nullptr when none is known
    [[nodiscard]] const Signature* find(const Selector& selector) const;

private:
    std::map<Selector, Signature> errors_;
};

/// What a contract said when it reverted, for a person: the text of "Error(string)", the meaning of
/// "Panic(uint256)", a known custom error with its arguments ("Short(available=1, required=2)"),
/// "custom error 0x…" for others, "" for empty data. Contracts that build their answer by hand are
/// heard too: missing padding, gaps and trailing bytes of an Error or a custom error are accepted
/// (decode_for_display). Text is made printable and cut.
/// Source: Solidity ABI specification, "Errors"; Solidity, "Panic via assert and Error via
/// require".
[[nodiscard]] std::string revert_reason(BytesView return_data, const KnownErrors& known = {});

}  // namespace chela::chains::abi
