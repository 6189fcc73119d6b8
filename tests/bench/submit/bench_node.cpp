#include "tests/bench/submit/bench_node.hpp"

#include <nlohmann/json.hpp>

namespace chela::bench {
namespace {

bool changes_with_blocks_only(const std::string& method) {
    return method == "eth_getBlockByNumber" || method == "eth_getBlockByHash" ||
           method == "eth_feeHistory";
}

}  // namespace

Result<sidecar::node::RpcAnswer> BenchNode::answer(
    const std::string& method, const Json& parameters) {
    const auto ask = [&] {
        return endpoint_.as_seen_by_client(endpoint_.serve(method, parameters));
    };
    if (!changes_with_blocks_only(method)) return ask();
    const std::pair key{method, parameters.dump()};
    const auto known = of_this_block_.find(key);
    return known != of_this_block_.end() ? known->second
                                         : of_this_block_.emplace(key, ask()).first->second;
}

void BenchNode::mine() {
    const auto from = SteadyClock::now();
    chain_->mine();
    of_this_block_.clear();
    busy += SteadyClock::now() - from;
}

}  // namespace chela::bench
