#include "sidecar/telemetry/log.hpp"
#include "tests/lifecycle/story.hpp"

#include <cstdlib>
#include <iostream>
#include <string>

#include <gtest/gtest.h>

namespace chela::test::lifecycle {
namespace {

std::uint64_t number(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
    return text == nullptr ? otherwise : std::stoull(text);
}

/// @return did a stranger use an agent's key?
bool live(std::uint64_t seed) {
    Story story{seed};
    for (const auto& trouble : story.tell())
        ADD_FAILURE() << trouble << "\n  replay: CHELA_SEED=" << seed << " lifecycle_test";
    return story.had_intruder();
}

/// CHELA_SEED lives one, CHELA_SEEDS so many from CHELA_FIRST_SEED on.
TEST(lifecycle, whatever_happens_the_invariants_hold) {
    const auto one = number("CHELA_SEED", 0);
    using sidecar::log::Level;
    sidecar::log::set_level(one == 0 ? Level::error : Level::debug);
    if (one != 0) {
        live(one);
        return;
    }
    const auto first = number("CHELA_FIRST_SEED", 1);
    const auto count = number("CHELA_SEEDS", 60);
    std::uint64_t intruded = 0;
    for (auto seed = first; seed < first + count; ++seed) {
        intruded += live(seed) ? 1 : 0;
        if (HasFailure()) return;
        if ((seed - first + 1) % 500 == 0)
            std::cout << seed - first + 1 << " of " << count << " seeds\n" << std::flush;
    }
    constexpr std::uint64_t kEnough = 50;
    if (count >= kEnough) EXPECT_GT(intruded, 0U) << "no stranger came: that was not tested";
}

}  // namespace
}  // namespace chela::test::lifecycle
