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

void live(std::uint64_t seed) {
    for (const auto& trouble : Story{seed}.tell())
        ADD_FAILURE() << trouble << "\n  replay: CHELA_SEED=" << seed << " lifecycle_test";
}

/// CHELA_SEED lives one, CHELA_SEEDS so many from CHELA_FIRST_SEED on.
TEST(lifecycle, whatever_happens_the_invariants_hold) {
    sidecar::log::set_level(
        std::getenv("CHELA_SEED") == nullptr ? sidecar::log::Level::error
                                             : sidecar::log::Level::debug);
    if (const auto one = number("CHELA_SEED", 0); one != 0) return live(one);
    const auto first = number("CHELA_FIRST_SEED", 1);
    const auto count = number("CHELA_SEEDS", 60);
    for (auto seed = first; seed < first + count; ++seed) {
        live(seed);
        if (HasFailure()) return;
        if ((seed - first + 1) % 500 == 0)
            std::cout << seed - first + 1 << " of " << count << " seeds\n" << std::flush;
    }
}

}  // namespace
}  // namespace chela::test::lifecycle
