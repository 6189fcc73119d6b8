#include "tests/support/fake_node/request.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

// Whatever a client sends, the fake node answers, and a chain without accounts takes nothing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace chela::test::fake_node;
    const auto chain = std::make_shared<FakeChain>();
    chain->mine_empty(2);
    FakeEndpoint endpoint{chain, {}};
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes as text
    const std::string_view body{reinterpret_cast<const char*>(data), size};
    const auto reply = serve_body(endpoint, body);
    if (!std::holds_alternative<std::string>(reply) || chain->pool().size() != 0) std::abort();
    return 0;
}
