// Exactly once, come what may: agents pay through a sidecar that is killed every few seconds, on a
// chain that misbehaves, and afterwards everything must agree.
#include "tests/soak/soak.hpp"

#include <charconv>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <random>
#include <span>
#include <string_view>

namespace {

using chela::test::soak::Options;
using chela::test::soak::Soak;

constexpr std::uint64_t kLeastSeconds = 20;
constexpr std::size_t kMostPrinted = 20;

std::optional<std::uint64_t> read_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<Options> read_options(std::span<char*> arguments) {
    Options options;
    if (arguments.size() > 2) return std::nullopt;
    if (arguments.size() == 2) {
        const auto seconds = read_number(arguments[1]);
        if (!seconds || *seconds < kLeastSeconds) return std::nullopt;
        options.time = std::chrono::seconds{*seconds};
    }
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread runs yet
    const char* const seed = std::getenv("CHELA_SEED");
    const auto given =
        seed == nullptr ? std::optional<std::uint64_t>{std::random_device{}()} : read_number(seed);
    if (!given) return std::nullopt;
    options.seed = *given;
    return options;
}

int tell(Soak& soak, std::vector<std::string> troubles) {
    troubles.insert(troubles.end(), soak.troubles().begin(), soak.troubles().end());
    if (troubles.empty()) {
        soak.print_report();
        std::cout << "soak: ok\n";
        return 0;
    }
    std::cout << "soak: FAILED, " << troubles.size() << " troubles\n";
    for (std::size_t i = 0; i < std::min(troubles.size(), kMostPrinted); ++i)
        std::cout << "  " << troubles[i] << '\n';
    std::cout << "  logs and state directory are kept in " << soak.keep().string() << '\n';
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = read_options({argv, static_cast<std::size_t>(argc)});
    if (!options) {
        std::cerr << "usage: soak [SECONDS]  (at least " << kLeastSeconds
                  << "; CHELA_SEED, a number, repeats a run's choices)\n";
        return 64;
    }
    Soak soak{*options};
    std::vector<std::string> troubles;
    try {
        soak.run();
    } catch (const std::exception& error) {
        troubles.emplace_back(error.what());
    }
    return tell(soak, std::move(troubles));
}
