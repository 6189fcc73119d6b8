#include "tests/support/temp_dir.hpp"

#include "chains/base/result.hpp"

#include <cstdlib>
#include <iostream>
#include <string>
#include <system_error>

namespace chela::test {

TempDir::TempDir() {
    std::error_code error;
    const auto base = std::filesystem::temp_directory_path(error);
    // Short: a unix socket's path below it must fit 107 bytes.
    auto pattern = ((error ? std::filesystem::path{"/tmp"} : base) / "chela.XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) bug("no temporary folder can be made: " + pattern);
    path_ = pattern;
}

TempDir::~TempDir() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
    if (error) std::cerr << path_ << " is left behind: " << error.message() << '\n';
}

}  // namespace chela::test
