#include "tests/chains/node/answers.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

std::filesystem::path root() {
    return std::filesystem::path{CHELA_VECTORS_DIR} / "node";
}

}  // namespace

Json node_vector(std::string_view name) {
    const auto path = root() / (std::string{name} + ".json");
    std::ifstream in{path};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    auto parsed = parse_json(text, {.max_depth = 64});
    EXPECT_TRUE(parsed) << path;
    return parsed ? *parsed : Json{};
}

Json node_result(std::string_view name) {
    const Json vector = node_vector(name);
    EXPECT_TRUE(vector.contains("answer") && vector["answer"].contains("result")) << name;
    return vector.value(Json::json_pointer{"/answer/result"}, Json{});
}

std::vector<std::string> node_vectors(const std::string& folder) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(root() / folder)) {
        if (entry.path().extension() == ".json")
            names.push_back(folder + "/" + entry.path().stem().string());
    }
    std::ranges::sort(names);
    EXPECT_FALSE(names.empty()) << folder;
    return names;
}

}  // namespace chela::test
