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

Json load_lines(std::string_view path) {
    std::ifstream file{std::string{CHELA_VECTORS_DIR} + "/" + std::string{path}};
    Json cases = Json::array();
    for (std::string line; std::getline(file, line);) {
        cases.push_back(Json::parse(line, nullptr, /*allow_exceptions=*/false));
        if (!cases.back().is_object()) bug("a line that is no object in " + std::string{path});
    }
    if (cases.empty()) bug("no vectors in " + std::string{path});
    return cases;
}

}  // namespace chela::test
