#pragma once

#include "tests/redteam/folders.hpp"
#include "tests/redteam/mutate/operators.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace chela::redteam {

/// What came of the mutants of one operator.
struct Tally {
    std::string_view name;
    std::size_t mutants{};
    std::size_t killed{};     ///< denied, or held for people
    std::size_t equal{};      ///< allowed, and it does exactly what the original does
    std::size_t less{};       ///< allowed, and it does a part of that
    std::size_t survivors{};  ///< allowed, and it does something else
};

struct Report {
    std::size_t subjects{};
    std::vector<Tally> tallies;          ///< one an operator
    std::vector<std::string> survivors;  ///< a text each, with what it does
    [[nodiscard]] Tally total() const;
};

/// Every operator on every case of the folders that is expected to be allowed, and is.
[[nodiscard]] Report attack(std::span<const Folder> folders, std::span<const Operator> operators);

/// Of every family.
[[nodiscard]] std::vector<Operator> all_operators();

/// For people: a line an operator, the kill rate, and every survivor.
[[nodiscard]] std::string to_text(const Report& report);

}  // namespace chela::redteam
