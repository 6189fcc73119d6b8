#include "chains/abi/parser.hpp"
#include "chains/abi/signature.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace chela::chains::abi {
namespace {

using Kind = Signature::Kind;

std::unexpected<Error> refuse(std::string_view problem) {
    return fail(
        ErrorCode::invalid_input, "ABI signature: " + std::string{problem}, "E_ABI_SIGNATURE");
}

std::optional<Kind> kind_of(std::string_view keyword) {
    if (keyword == "function") return Kind::function;
    if (keyword == "event") return Kind::event;
    if (keyword == "error") return Kind::error;
    return std::nullopt;
}

bool is_modifier(std::string_view word) {
    constexpr std::array<std::string_view, 8> kModifiers{
        "external", "public", "internal", "private", "view", "pure", "payable", "nonpayable"};
    return std::ranges::find(kModifiers, word) != kModifiers.end();
}

/// What stands behind the inputs: modifiers and returns of a function, "anonymous" of an event.
Status read_ending(Parser& parser, Signature& out) {
    bool has_returns = false;
    for (parser.skip_spaces(); !parser.is_at_end(); parser.skip_spaces()) {
        const std::string_view word = parser.read_word();
        if (out.kind == Kind::event && word == "anonymous" && !out.is_anonymous) {
            out.is_anonymous = true;
        } else if (out.kind == Kind::function && word == "returns" && !has_returns) {
            has_returns = true;
            parser.skip_spaces();
            auto outputs = parser.read_parameters();
            if (!outputs) return std::unexpected{outputs.error()};
            if (outputs->empty()) return refuse("returns nothing");
            out.outputs = *std::move(outputs);
        } else if (out.kind != Kind::function || !is_modifier(word) || has_returns) {
            return refuse("something follows the parameters");
        }
    }
    return {};
}

}  // namespace

Status check_indexed(const Signature& signature) {
    const auto count = std::ranges::count_if(signature.inputs, &Parameter::is_indexed);
    const bool is_other = std::ranges::any_of(signature.outputs, &Parameter::is_indexed);
    if (is_other || (count > 0 && signature.kind != Kind::event)) {
        return refuse("only parameters of an event can be indexed");
    }
    // A log has four topics, of which an event that is not anonymous takes the first.
    if (count > (signature.is_anonymous ? 4 : 3)) return refuse("too many indexed parameters");
    return {};
}

Result<Signature> parse_signature(std::string_view text, Kind bare_kind) {
    if (text.size() > kMaxTypeText) {
        return fail(ErrorCode::too_large, "an ABI signature is too long", "E_ABI_LIMIT");
    }
    Parser parser{text, Parser::Style::with_names};
    Signature out{
        .kind = bare_kind, .name = {}, .inputs = {}, .outputs = {}, .is_anonymous = false};
    std::string_view word = parser.read_word();
    if (const auto kind = kind_of(word); kind && parser.peek() == ' ') {
        out.kind = *kind;
        parser.skip_spaces();
        word = parser.read_word();
    }
    if (!is_identifier(word)) return refuse("the name is missing or no identifier");
    out.name = word;
    auto inputs = parser.read_parameters();
    if (!inputs) return std::unexpected{inputs.error()};
    out.inputs = *std::move(inputs);
    if (const auto read = read_ending(parser, out); !read) return std::unexpected{read.error()};
    if (const auto checked = check_indexed(out); !checked) return std::unexpected{checked.error()};
    return out;
}

}  // namespace chela::chains::abi
