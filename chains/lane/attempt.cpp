#include "chains/lane/attempt.hpp"

#include "chains/base/result.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace chela::chains::lane {
namespace {

constexpr std::array kWords{
    std::pair{AttemptKind::normal, std::string_view{"normal"}},
    std::pair{AttemptKind::bump, std::string_view{"bump"}},
    std::pair{AttemptKind::cancel, std::string_view{"cancel"}},
    std::pair{AttemptKind::noop, std::string_view{"noop"}},
};

}  // namespace

std::string_view to_string(AttemptKind kind) {
    for (const auto& [value, word] : kWords)
        if (value == kind) return word;
    bug("an AttemptKind that does not exist");
}

std::optional<AttemptKind> parse_attempt_kind(std::string_view word) {
    for (const auto& [value, known] : kWords)
        if (known == word) return value;
    return std::nullopt;
}

bool carries_the_intent(AttemptKind kind) {
    switch (kind) {
        case AttemptKind::normal:
        case AttemptKind::bump:
            return true;
        case AttemptKind::cancel:
        case AttemptKind::noop:
            return false;
    }
    bug("an AttemptKind that does not exist");
}

}  // namespace chela::chains::lane
