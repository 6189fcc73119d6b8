#include "tests/mcp/node.hpp"

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace chela::test {

std::string installed(const char* variable) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets one while the tests run
    const char* path = std::getenv(variable);
    if (path == nullptr)
        throw std::runtime_error{std::string{variable} + " is not set; ./run test sets it"};
    return path;
}

std::string new_node() {
    return installed("CHELA_NODE");
}

Listener start_listener(std::vector<std::string> argv) {
    ProcessOptions options;
    options.argv = std::move(argv);
    auto started = Process::start(std::move(options));
    if (!started) throw std::runtime_error{started.error().detail};
    Listener listener{std::move(*started), 0};
    const bool is_there = eventually(
        [&listener] { return listener.process->out().ends_with('\n'); }, std::chrono::seconds{30});
    if (!is_there) throw std::runtime_error{"no port was printed: " + listener.process->err()};
    listener.port = static_cast<std::uint16_t>(std::stoul(listener.process->out()));
    return listener;
}

Output conformance(std::uint16_t port, std::vector<std::string> arguments) {
    const TempDir home;
    ProcessOptions options;
    options.argv = {
        new_node(),
        installed("CHELA_NODE_MODULES") + "/@modelcontextprotocol/conformance/dist/index.js",
        "server", "--url", "http://127.0.0.1:" + std::to_string(port) + "/mcp"};
    options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
    options.environment = {{"HOME", home.path().string()}};
    options.dir = home.path();
    auto output = run(std::move(options), std::chrono::seconds{180});
    if (!output) throw std::runtime_error{output.error().detail};
    return *std::move(output);
}

}  // namespace chela::test
