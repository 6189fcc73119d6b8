#include "tests/support/anvil.hpp"

#include <cstdlib>

namespace chela::test {

Result<std::unique_ptr<Anvil>> Anvil::start(const std::vector<std::string>& options) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no test changes its environment while it starts a node
    const char* const program = std::getenv("CHELA_ANVIL");
    if (program == nullptr || *program == '\0')
        return fail(
            ErrorCode::invalid_input, "CHELA_ANVIL is not set; start the tests with ./run test");
    std::unique_ptr<Anvil> anvil{new Anvil};
    ProcessOptions process{
        .argv = {program, "--host", "127.0.0.1", "--port", "0"},
        .environment = {},
        .unset = {},
        .dir = {},
        .input = {}};
    process.argv.insert(process.argv.end(), options.begin(), options.end());
    process.environment["HOME"] = anvil->home_.path().string();
    process.environment["NO_COLOR"] = "1";
    if (auto begun = anvil->begin(std::move(process)); !begun)
        return std::unexpected{begun.error()};
    return anvil;
}

}  // namespace chela::test
