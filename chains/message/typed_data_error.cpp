#include "chains/message/typed_data_error.hpp"

#include "chains/node/printable.hpp"

#include <fmt/format.h>

namespace chela::chains {
namespace {

constexpr std::size_t kShownName = 64;

std::string detail_of(std::string_view path, std::string_view problem) {
    return fmt::format("typed data: {} {}", node::printable(path), problem);
}

}  // namespace

std::unexpected<Error> refuse_typed_data(
    std::string_view path, std::string_view problem, std::string_view reason) {
    return fail(
        ErrorCode::invalid_input, detail_of(path, problem), fmt::format("E_TYPED_DATA_{}", reason));
}

std::unexpected<Error> typed_data_too_large(std::string_view path, std::string_view problem) {
    return fail(ErrorCode::too_large, detail_of(path, problem), "E_TYPED_DATA_LIMIT");
}

std::string path_of(std::string_view parent, std::string_view name) {
    return fmt::format("{}.{}", parent, node::printable(name, kShownName));
}

}  // namespace chela::chains
