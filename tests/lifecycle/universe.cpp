#include "tests/lifecycle/universe.hpp"

namespace chela::test::lifecycle {
namespace {

constexpr unsigned kLies = 40;  // in a thousand calls, each of three

fake_node::ChainOptions chain_options() {
    fake_node::ChainOptions options;
    options.chain_id = kChain;
    options.finalized_lag = Universe::kConfirmations;
    return options;
}

}  // namespace

Universe::Universe(std::uint64_t of)
    : seed{of},
      random{of},
      chain{std::make_shared<fake_node::FakeChain>(chain_options())} {
    // Some have one node whose word must do, some two that can be compared.
    const auto count = 1 + draw(2);
    liar = draw(count);
    for (unsigned i = 0; i < count; ++i) {
        fake_node::EndpointOptions options;
        options.name = i == 0 ? "one" : "two";
        endpoints.push_back(std::make_shared<fake_node::FakeEndpoint>(chain, options));
    }
    // So that nothing that is drawn is deeper than the chain.
    chain->mine_empty(20);
}

unsigned Universe::draw(unsigned bound) {
    return static_cast<unsigned>(random() % bound);
}

void Universe::trouble(unsigned per_thousand) {
    for (const auto& endpoint : endpoints) {
        endpoint->faults().clear();
        if (per_thousand == 0) continue;
        auto rates = fake_node::FaultRates::all(per_thousand);
        // Where there is another one to compare it with, one node lies as well.
        if (endpoints.size() > 1 && endpoint == endpoints[liar]) rates = rates.with_lies(kLies);
        endpoint->faults().draw_from(std::mt19937_64{random()}, rates);
    }
}

}  // namespace chela::test::lifecycle
