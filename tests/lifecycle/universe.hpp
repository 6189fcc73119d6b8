#pragma once

#include "sidecar/edge/clock.hpp"
#include "tests/lifecycle/mortal.hpp"
#include "tests/policy/build.hpp"
#include "tests/sidecar/flow/fake_token.hpp"
#include "tests/support/fake_node/endpoint.hpp"
#include "tests/support/temp_dir.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace chela::test::lifecycle {

/// Everything of a life that a process does not take with it.
struct Universe {
    explicit Universe(std::uint64_t seed);

    class FixedClock final : public sidecar::Clock {
    public:
        TimePoint time = kNow;
        [[nodiscard]] TimePoint now() const override { return time; }
    };

    /// 0 … bound-1
    [[nodiscard]] unsigned draw(unsigned bound);
    [[nodiscard]] bool happens(unsigned per_cent) { return draw(100) < per_cent; }
    /// From now on calls to the nodes go wrong now and then, or not any more.
    void trouble(unsigned per_thousand);

    [[nodiscard]] std::filesystem::path database() const { return folder.path() / "chela.db"; }

    static constexpr std::uint64_t kConfirmations = 3;
    std::uint64_t seed;
    std::mt19937_64 random;
    TempDir folder;
    FakeToken token;
    FixedClock clock;
    Mortality mortality;
    std::shared_ptr<fake_node::FakeChain> chain;
    std::vector<std::shared_ptr<fake_node::FakeEndpoint>> endpoints;
    std::size_t liar = 0;
    std::vector<std::string> troubles;  ///< what was seen to be wrong
};

}  // namespace chela::test::lifecycle
