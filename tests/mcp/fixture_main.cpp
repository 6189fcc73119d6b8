// A server on chela's engine with what the conformance suite wants to find. Prints its port, and
// runs until it is ended.
#include "sidecar/edge/clock.hpp"
#include "sidecar/http/server.hpp"
#include "tests/mcp/fixture.hpp"

#include <algorithm>
#include <iostream>
#include <iterator>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

namespace asio = boost::asio;
namespace http = chela::sidecar::http;
namespace mcp = chela::sidecar::mcp;

namespace {

std::vector<mcp::Method> methods() {
    auto tools = chela::test::answering_tools();
    std::ranges::move(chela::test::asking_tools(), std::back_inserter(tools));
    auto all = mcp::tool_methods(std::move(tools));
    std::ranges::move(chela::test::other_methods(), std::back_inserter(all));
    return all;
}

}  // namespace

int main() {
    const chela::sidecar::SystemClock clock;
    const chela::Json none = chela::Json::object();
    mcp::Engine engine{
        {.name = "fixture",
         .title = "Fixture",
         .version = "1.0.0",
         .instructions = "for tests",
         .capabilities =
             {{"tools", none},
              {"prompts", none},
              {"resources", none},
              {"completions", none},
              {"logging", none}}},
        methods(),
        clock};
    asio::io_context context{1};
    const auto router = std::make_shared<http::Router>();
    router->add("POST", "/mcp", [&engine](http::Request request) {
        return engine.post(std::move(request), {.id = "anybody"});
    });
    http::Server server{context, router, {}};
    const auto port = server.listen_tcp("127.0.0.1:0");
    if (!port) {
        std::cerr << port.error().detail << "\n";
        return 1;
    }
    std::cout << *port << std::endl;
    context.run();
}
