#include "tests/chains/vectors.hpp"

#include <fstream>
#include <string>

#include <nlohmann/json.hpp>

namespace chela::test {

Json load_cases(std::string_view path) {
    std::ifstream file{std::string{CHELA_VECTORS_DIR} + "/" + std::string{path}};
    Json cases = Json::parse(file, nullptr, /*allow_exceptions=*/false);
    if (!cases.is_array() || cases.empty()) bug("no vectors in " + std::string{path});
    return cases;
}

}  // namespace chela::test
