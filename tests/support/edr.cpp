#include "tests/support/edr.hpp"

#include <cstdlib>

namespace chela::test {

Result<std::unique_ptr<Edr>> Edr::start(const std::vector<std::string>& options) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no test changes its environment while it starts a node
    const char* const package = std::getenv("CHELA_EDR");
    if (package == nullptr || *package == '\0')
        return fail(
            ErrorCode::invalid_input, "CHELA_EDR is not set; start the tests with ./run test");
    std::unique_ptr<Edr> edr{new Edr};
    ProcessOptions process{
        .argv = {"node", CHELA_EDR_SCRIPT, package},
        .environment = {},
        .unset = {},
        .dir = {},
        .input = {}};
    process.argv.insert(process.argv.end(), options.begin(), options.end());
    if (auto begun = edr->begin(std::move(process)); !begun) return std::unexpected{begun.error()};
    return edr;
}

}  // namespace chela::test
