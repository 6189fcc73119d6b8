#include "policy/rules/hint.hpp"

#include "chains/base/result.hpp"

namespace chela::policy {
namespace {

/// Calls `on_text` and `on_word` for what stands outside and inside of braces.
/// @return false: a brace does not close, or closes nothing
template <class OnText, class OnWord>
bool split(std::string_view hint, const OnText& on_text, const OnWord& on_word) {
    while (!hint.empty()) {
        const auto open = hint.find('{');
        const auto outside = hint.substr(0, open);
        if (outside.find('}') != std::string_view::npos) return false;
        on_text(outside);
        if (open == std::string_view::npos) return true;
        const auto close = hint.find('}', open);
        if (close == std::string_view::npos) return false;
        on_word(hint.substr(open + 1, close - open - 1));
        hint.remove_prefix(close + 1);
    }
    return true;
}

}  // namespace

std::optional<std::vector<Field>> fields_of_hint(std::string_view hint) {
    std::vector<Field> fields;
    bool is_known = true;
    const auto is_closed = split(
        hint, [](std::string_view) {},
        [&](std::string_view word) {
            const auto field = parse_field(word);
            // An argument has no name of its own that a hint could say.
            is_known = is_known && field && *field != Field::argument;
            if (is_known) fields.push_back(*field);
        });
    if (!is_closed || !is_known) return std::nullopt;
    return fields;
}

std::string fill_hint(std::string_view hint, const std::function<std::string(Field)>& text_of) {
    std::string out;
    const auto is_closed = split(
        hint, [&](std::string_view text) { out += text; },
        [&](std::string_view word) {
            const auto field = parse_field(word);
            if (!field) bug("a hint names a field that does not exist");
            out += text_of(*field);
        });
    if (!is_closed) bug("a hint has a brace that does not close");
    return out;
}

bool names_only(std::string_view hint, std::string_view word) {
    bool is_only = true;
    const auto is_closed = split(
        hint, [](std::string_view) {},
        [&](std::string_view found) { is_only = is_only && found == word; });
    return is_closed && is_only;
}

std::string fill_hint(std::string_view hint, std::string_view word, std::string_view text) {
    std::string out;
    const auto is_closed = split(
        hint, [&](std::string_view outside) { out += outside; },
        [&](std::string_view found) {
            if (found != word) bug("a hint names a word that it cannot have");
            out += text;
        });
    if (!is_closed) bug("a hint has a brace that does not close");
    return out;
}

}  // namespace chela::policy
