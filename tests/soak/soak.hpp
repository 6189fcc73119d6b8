#pragma once

#include "tests/soak/careful_agent.hpp"
#include "tests/soak/memory.hpp"
#include "tests/soak/server.hpp"
#include "tests/soak/trouble.hpp"
#include "tests/soak/verdict.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>
#include <thread>
#include <vector>

namespace chela::test::soak {

struct Options {
    std::chrono::seconds time{600};
    std::uint64_t seed{};
};

/// A sidecar that is killed again and again while agents pay through it, and what must hold
/// afterwards. Threads: one, which starts every process.
class Soak {
public:
    explicit Soak(Options options);
    ~Soak();
    Soak(const Soak&) = delete;
    Soak& operator=(const Soak&) = delete;

    /// Lives it and judges it. Throws: it could not go on.
    void run();

    [[nodiscard]] const std::vector<std::string>& troubles() const { return troubles_; }
    void print_report() const;
    /// Copies what explains a failure. @return where it is
    [[nodiscard]] std::filesystem::path keep();

private:
    void begin();
    void storm();
    void calm();
    void end();
    void judge();
    void judge_api_budgets(const Account& account);
    void progress();
    void print_requests() const;
    [[nodiscard]] std::chrono::seconds elapsed() const;

    Options options_;
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    std::chrono::seconds next_progress_{15};
    std::mt19937_64 random_;
    TempDir work_;
    std::unique_ptr<Anvil> anvil_;
    Door door_;
    std::unique_ptr<Sidecar> sidecar_;
    std::unique_ptr<Server> server_;
    std::unique_ptr<Trouble> trouble_;
    std::vector<std::unique_ptr<CarefulAgent>> agents_;
    std::vector<std::jthread> working_;
    std::jthread disturbing_;
    unsigned kills_ = 0;
    std::chrono::sys_days day_{};  ///< when it began, UTC
    MemoryCurve memory_;
    Summary summary_;
    std::uint64_t blocks_ = 0;
    std::vector<std::string> troubles_;
};

}  // namespace chela::test::soak
