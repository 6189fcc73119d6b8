#pragma once

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace chela::test {

/// The first block of that language below a heading of the README.
inline std::string readme_block(const std::string& heading, const std::string& language) {
    std::ifstream in{CHELA_README};
    const std::string readme{std::istreambuf_iterator<char>{in}, {}};
    const auto section = readme.find("\n## " + heading + "\n");
    const std::string opening = "```" + language + "\n";
    const auto begin = readme.find(opening, section);
    const auto end = readme.find("\n```\n", begin);
    if (section == std::string::npos || end == std::string::npos)
        throw std::runtime_error{"the README has no such block"};
    return readme.substr(begin + opening.size(), end + 1 - begin - opening.size());
}

}  // namespace chela::test
