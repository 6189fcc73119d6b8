#pragma once

#include "tests/bench/submit/meter.hpp"
#include "tests/support/fake_node/endpoint.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace chela::bench {

/// The fake node of a benchmark, in the I/O thread. What is the same until the next block it works
/// out once: a node elsewhere would take none of our thread's time for it.
/// Threads: one at a time.
class BenchNode {
public:
    [[nodiscard]] test::fake_node::FakeChain& chain() { return *chain_; }
    [[nodiscard]] Result<sidecar::node::RpcAnswer> answer(
        const std::string& method, const Json& parameters);
    void mine();

    Nanoseconds busy{};  ///< all the time that it took

private:
    std::shared_ptr<test::fake_node::FakeChain> chain_ =
        std::make_shared<test::fake_node::FakeChain>();
    test::fake_node::FakeEndpoint endpoint_{chain_, {}};
    std::map<std::pair<std::string, std::string>, Result<sidecar::node::RpcAnswer>> of_this_block_;
};

}  // namespace chela::bench
