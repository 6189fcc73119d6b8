#pragma once

#include "chains/abi/signature.hpp"

#include <string_view>
#include <vector>

namespace chela::chains::abi {

/// [A-Za-z_$][A-Za-z0-9_$]*. Source: Solidity grammar, "Identifier".
[[nodiscard]] bool is_identifier(std::string_view text);

/// A tuple of the parameters, with their names; none may be indexed.
[[nodiscard]] Result<Type> make_tuple(std::vector<Parameter> members);

/// Only parameters of an event may be indexed, and no more than a log has topics.
[[nodiscard]] Status check_indexed(const Signature& signature);

/// Reads types and parameters from the left of a text that must outlive it.
class Parser {
public:
    /// bare: types alone, no space. with_names: spaces, names, "tuple", "indexed" and where a
    /// parameter is stored are accepted too.
    enum class Style : std::uint8_t { bare, with_names };

    Parser(std::string_view text, Style style) : rest_{text}, style_{style} {}

    [[nodiscard]] Result<Type> read_type(std::size_t depth = 0);
    /// The "[3][]" that may follow `type`.
    [[nodiscard]] Result<Type> read_suffixes(Type type);
    /// Parameters in parentheses.
    [[nodiscard]] Result<std::vector<Parameter>> read_parameters(std::size_t depth = 0);
    /// The next run of identifier characters, or "".
    [[nodiscard]] std::string_view read_word();
    void skip_spaces();
    [[nodiscard]] bool take(char c);
    [[nodiscard]] bool is_at_end() const { return rest_.empty(); }
    [[nodiscard]] char peek() const { return rest_.empty() ? '\0' : rest_.front(); }

private:
    [[nodiscard]] Result<Type> read_base(std::size_t depth);
    [[nodiscard]] Result<Parameter> read_parameter(std::size_t depth);
    [[nodiscard]] std::string_view read_next_word();

    std::string_view rest_;
    Style style_;
};

}  // namespace chela::chains::abi
