#include "tests/bench/comparison.hpp"
#include "tests/bench/reservations.hpp"
#include "tests/support/temp_dir.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <linux/magic.h>
#include <mutex>
#include <string>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

#include <benchmark/benchmark.h>

namespace {

/// What every flush takes longer: this machine's disk may have a cache that it does not wait for.
std::atomic<std::int64_t> g_extra_flush_ms = 0;

}  // namespace

/// Stands before the C library's, for SQLite as well.
extern "C" int fdatasync(int file) {
    std::this_thread::sleep_for(std::chrono::milliseconds{g_extra_flush_ms});
    return static_cast<int>(::syscall(SYS_fdatasync, file));
}

namespace chela::bench {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::size_t kBatch = 16;
constexpr std::int64_t kBatches = 64;

[[noreturn]] void system_bug(const std::string& what) {
    bug(what + ": " + std::generic_category().message(errno));
}

/// What the disk can do: one block after another of a file that has its full size already, so that
/// nothing but the block has to reach the disk.
class Disk {
public:
    explicit Disk(const fs::path& path)
        : file_{::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)} {
        if (file_ < 0) system_bug("open");
        for (std::size_t i = 0; i < kBlocks; ++i)
            write();
        if (::fsync(file_) != 0) system_bug("fsync");
    }
    ~Disk() { ::close(file_); }
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;

    void write_durably() {
        write();
        if (::fdatasync(file_) != 0) system_bug("fdatasync");
    }

private:
    static constexpr std::size_t kBlocks = 1024;

    void write() {
        const auto offset = static_cast<off_t>((count_++ % kBlocks) * block_.size());
        block_.fill(static_cast<std::uint8_t>(count_));
        if (::pwrite(file_, block_.data(), block_.size(), offset) !=
            static_cast<ssize_t>(block_.size())) {
            system_bug("pwrite");
        }
    }

    int file_;
    std::size_t count_ = 0;
    std::array<std::uint8_t, 4096> block_{};
};

std::string durability_of(const fs::path& path) {
    struct statfs facts{};
    if (::statfs(path.c_str(), &facts) != 0) system_bug("statfs");
    return facts.f_type == TMPFS_MAGIC ? "tmpfs: nothing here is durable, set TMPDIR" : "";
}

// The gate adds up the agent's last 24 h each time, so their number is part of the cost; it stays
// the same throughout.
void reserve_durably(benchmark::State& state) {
    const auto in_window = static_cast<std::size_t>(state.range(0));
    const test::TempDir folder;
    Disk disk{folder.path() / "blocks"};
    Reservations reservations{
        folder.path() / "chela.db", std::chrono::milliseconds{24h} / state.range(0)};
    reservations.prepare(in_window);
    for (std::size_t i = 0; i < in_window; ++i)
        reservations.reserve();
    reservations.settle();

    Comparison comparison{state, kBatch};
    for (auto _ : state) {
        reservations.prepare(kBatch);
        comparison.time_ours([&](std::size_t) { reservations.reserve(); });
        comparison.time_baseline([&](std::size_t) { disk.write_durably(); });
        reservations.settle();
    }
    comparison.report("disk");
    reservations.check();
    state.SetLabel(durability_of(folder.path()));
}
BENCHMARK(reserve_durably)
    ->ArgName("in_24h")
    ->Arg(10)
    ->Arg(1000)
    ->Iterations(kBatches)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

// An owner looks at its lane with every round: what is open counts, not what ever was.
void look_at_lane(benchmark::State& state) {
    constexpr std::size_t kOpen = 16;
    const auto history = static_cast<std::size_t>(state.range(0));
    const test::TempDir folder;
    Reservations reservations{folder.path() / "chela.db", 1s};
    reservations.prepare(history + kOpen);
    for (std::size_t i = 0; i < history; ++i)
        reservations.reserve();
    reservations.settle();
    for (std::size_t i = 0; i < kOpen; ++i)
        reservations.reserve();
    for (auto _ : state)
        if (reservations.look_at_lane() != kOpen) bug("a slot is missing");
}
BENCHMARK(look_at_lane)->ArgName("history")->Arg(0)->Arg(1000)->Unit(benchmark::kMicrosecond);

/// Many requesters at once. @param call  made `each` times by each of them
template <class Call>
void run_together(std::size_t requesters, std::size_t each, const Call& call) {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < requesters; ++i) {
        threads.emplace_back([&] {
            for (std::size_t turn = 0; turn < each; ++turn)
                call();
        });
    }
    for (auto& thread : threads)
        thread.join();
}

// The baseline is the same store with its callers let in one by one, which makes each commit its
// own. A cloud volume takes about 2 ms to flush.
void reserve_together(benchmark::State& state) {
    g_extra_flush_ms = state.range(0);
    constexpr std::size_t kRequesters = 64;
    constexpr std::size_t kEach = 4;
    const test::TempDir folder;
    Reservations reservations{folder.path() / "chela.db", std::chrono::milliseconds{24h} / 10};
    std::mutex one_by_one;

    Comparison comparison{state, 1};
    for (auto _ : state) {
        reservations.prepare(2 * kRequesters * kEach);
        comparison.time_ours([&](std::size_t) {
            run_together(kRequesters, kEach, [&] { reservations.reserve(); });
        });
        reservations.settle();
        comparison.time_baseline([&](std::size_t) {
            run_together(kRequesters, kEach, [&] {
                const std::lock_guard lock{one_by_one};
                reservations.reserve();
            });
        });
        reservations.settle();
    }
    comparison.report("one_by_one");
    state.counters["reservations_per_call"] = kRequesters * kEach;
    reservations.check();
    state.SetLabel(durability_of(folder.path()) + " goal: ratio_to_one_by_one >= 5");
    g_extra_flush_ms = 0;
}
BENCHMARK(reserve_together)
    ->ArgName("extra_flush_ms")
    ->Arg(0)
    ->Arg(2)
    ->Iterations(8)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace chela::bench
