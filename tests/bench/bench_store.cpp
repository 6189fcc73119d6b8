#include "policy/gate/gate.hpp"
#include "sidecar/store/store.hpp"
#include "tests/bench/comparison.hpp"
#include "tests/policy/build.hpp"
#include "tests/support/temp_dir.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <linux/magic.h>
#include <memory>
#include <string>
#include <sys/vfs.h>
#include <system_error>
#include <unistd.h>

#include <benchmark/benchmark.h>

namespace chela::bench {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using sidecar::store::AgentRecord;
using sidecar::store::IntentRecord;
using sidecar::store::OpenMode;
using sidecar::store::Store;

constexpr std::size_t kBatch = 16;
constexpr std::int64_t kBatches = 64;
constexpr const char* kAgent = "agent-1";
const Address kSigner = test::address(0x51);
const Address kAlice = test::address(0xa1);

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

/// A store with one agent, whose reservations come `step` apart.
class Reservations {
public:
    Reservations(const fs::path& path, std::chrono::milliseconds step)
        : store_{open(path)},
          step_{step} {
        AgentRecord agent;
        agent.id = agent.name = kAgent;
        agent.intents_api_enabled = true;
        agent.guardrails.everywhere.to_allowlist = {kAlice};
        agent.guardrails.everywhere.daily_limit = test::ether("1000000");
        agent.api_key_prefix = "ck_bench";
        agent.created_by = "operator";
        agent.created_at = test::kNow;
        expect(
            store_->insert_agent(agent, {test::kNow, "operator", "agent.created", kAgent, "{}"}));
    }

    /// Stores the intents of the next `count` reservations.
    void prepare(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            IntentRecord intent;
            intent.id = intent.idempotency_hash = intent.fingerprint = std::to_string(prepared_++);
            intent.agent_id = kAgent;
            intent.chain = "base";
            intent.chain_id = test::kChain;
            intent.signing_key_id = "key-1";
            intent.from = kSigner;
            intent.to = kAlice;
            intent.value = test::ether("1");
            intent.created_at = intent.updated_at = test::kNow;
            expect(store_->insert_intent(intent));
        }
    }
    void reserve() {
        const auto number = reserved_++;
        const auto outcome = gate_.approve(
            {.intent_id = std::to_string(number),
             .agent_id = kAgent,
             .signer = kSigner,
             .transaction = test::transaction_to(kAlice, test::ether("1")),
             .requested_nonce = {},
             .chain_nonce = Nonce{0},
             .chain_max_fee = test::ether("1"),
             .now = test::kNow + step_ * number,
             .simulation_id = {}});
        expect(outcome);
        if (!outcome->approved) bug("the gate denied what is measured");
    }
    /// Ends the program unless everything reserved is in the store, in an unbroken audit chain.
    void check() {
        const auto open = store_->open_intents();
        expect(open);
        if (open->size() != static_cast<std::size_t>(reserved_)) bug("reservations are missing");
        expect(store_->verify_audit_chain());
    }

private:
    static std::unique_ptr<Store> open(const fs::path& path) {
        auto store = sidecar::store::open_sqlite(path, OpenMode::create);
        expect(store);
        return *std::move(store);
    }
    template <class T>
    static void expect(const Result<T>& result) {
        if (!result) bug(result.error().detail);
    }

    std::unique_ptr<Store> store_;
    policy::Gate gate_{*store_};
    std::chrono::milliseconds step_;
    int prepared_ = 0;
    int reserved_ = 0;
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

    Comparison comparison{state, kBatch};
    for (auto _ : state) {
        reservations.prepare(kBatch);
        comparison.time_ours([&](std::size_t) { reservations.reserve(); });
        comparison.time_baseline([&](std::size_t) { disk.write_durably(); });
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

}  // namespace
}  // namespace chela::bench
