#include "chains/abi/parser.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace chela::chains::abi {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '$';
}

bool is_location(std::string_view word) {
    return word == "memory" || word == "calldata" || word == "storage";
}

/// Words of a parameter that cannot be its name too.
bool is_keyword(std::string_view word) {
    return is_location(word) || word == "indexed" || word == "payable";
}

std::unexpected<Error> refuse(std::string_view problem) {
    return fail(ErrorCode::invalid_input, "ABI text: " + std::string{problem}, "E_ABI_TYPE");
}

}  // namespace

bool is_identifier(std::string_view text) {
    return !text.empty() && !is_digit(text.front()) && std::ranges::all_of(text, is_word);
}

Result<Type> make_tuple(std::vector<Parameter> members) {
    std::vector<Type> types;
    std::vector<std::string> names;
    for (Parameter& member : members) {
        if (member.is_indexed) return refuse("a member of a tuple cannot be indexed");
        types.push_back(std::move(member.type));
        names.push_back(std::move(member.name));
    }
    return Type::tuple_of(std::move(types), std::move(names));
}

void Parser::skip_spaces() {
    if (style_ == Style::bare) return;
    while (!rest_.empty() && rest_.front() == ' ')
        rest_.remove_prefix(1);
}

bool Parser::take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
}

std::string_view Parser::read_word() {
    const auto* const end = std::ranges::find_if_not(rest_, is_word);
    const auto length = static_cast<std::size_t>(end - rest_.begin());
    const std::string_view word = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return word;
}

std::string_view Parser::read_next_word() {
    skip_spaces();
    return read_word();
}

Result<Type> Parser::read_type(std::size_t depth) {
    auto base = read_base(depth);
    if (!base) return base;
    return read_suffixes(*std::move(base));
}

Result<Type> Parser::read_base(std::size_t depth) {
    const std::string_view word = read_word();
    const bool is_tuple = word.empty() || (style_ == Style::with_names && word == "tuple");
    if (!is_tuple) return Type::elementary(word);
    auto members = read_parameters(depth + 1);
    if (!members) return std::unexpected{members.error()};
    return make_tuple(*std::move(members));
}

Result<Type> Parser::read_suffixes(Type type) {
    while (take('[')) {
        const std::string_view digits = read_word();
        std::optional<std::size_t> length;
        if (!digits.empty()) {
            std::size_t number = 0;
            const auto [end, error] = std::from_chars(digits.begin(), digits.end(), number);
            if (error != std::errc{} || end != digits.end() || digits.front() == '0')
                return refuse("not the length of an array");
            length = number;
        }
        if (!take(']')) return refuse("']' is missing");
        auto array = Type::array_of(std::move(type), length);
        if (!array) return array;
        type = *std::move(array);
    }
    return type;
}

Result<Parameter> Parser::read_parameter(std::size_t depth) {
    skip_spaces();
    auto type = read_type(depth);
    if (!type) return std::unexpected{type.error()};
    Parameter out{.type = *std::move(type), .name = {}, .is_indexed = false};
    if (style_ == Style::bare) return out;
    std::string_view word = read_next_word();
    if (word == "payable" && out.type.kind() == Type::Kind::address) word = read_next_word();
    if (is_location(word)) {
        word = read_next_word();
    } else if (word == "indexed") {
        out.is_indexed = true;
        word = read_next_word();
    }
    if (!word.empty() && (!is_identifier(word) || is_keyword(word))) {
        return refuse("not the name of a parameter");
    }
    out.name = word;
    skip_spaces();
    return out;
}

Result<std::vector<Parameter>> Parser::read_parameters(std::size_t depth) {
    if (depth > kMaxTypeDepth) {
        return fail(ErrorCode::too_large, "an ABI type is too large: too deep", "E_ABI_LIMIT");
    }
    if (!take('(')) return refuse("a type or '(' is missing");
    std::vector<Parameter> out;
    skip_spaces();
    if (take(')')) return out;
    do {
        auto parameter = read_parameter(depth);
        if (!parameter) return std::unexpected{parameter.error()};
        out.push_back(*std::move(parameter));
    } while (take(','));
    if (!take(')')) return refuse("',' or ')' is missing");
    return out;
}

Result<Type> parse_type(std::string_view text) {
    if (text.size() > kMaxTypeText) {
        return fail(ErrorCode::too_large, "an ABI type is too large: its text", "E_ABI_LIMIT");
    }
    Parser parser{text, Parser::Style::bare};
    auto type = parser.read_type();
    if (type && !parser.is_at_end()) return refuse("something follows the type");
    return type;
}

}  // namespace chela::chains::abi
