#pragma once

#include "chains/base/result.hpp"

#include <string>
#include <string_view>

namespace chela::chains {

/// invalid_input, "typed data: <path> <problem>".
/// @param reason  what follows "E_TYPED_DATA_"
[[nodiscard]] std::unexpected<Error> refuse_typed_data(
    std::string_view path, std::string_view problem, std::string_view reason);

/// too_large with reason E_TYPED_DATA_LIMIT.
[[nodiscard]] std::unexpected<Error> typed_data_too_large(
    std::string_view path, std::string_view problem);

/// A name out of the input as a message may show it: printable and cut.
[[nodiscard]] std::string path_of(std::string_view parent, std::string_view name);

}  // namespace chela::chains
