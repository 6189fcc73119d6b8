// From the call of flow::Intents::submit until the signed transaction is durable: until
// Store::store_signature has returned, after which only these bytes are ever sent.
#include "sidecar/flow/token_source.hpp"
#include "tests/bench/raw_module.hpp"
#include "tests/bench/submit/bare_rows.hpp"
#include "tests/bench/submit/submit_world.hpp"
#include "tests/integration/signer/soft_token.hpp"
#include "tests/support/temp_dir.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <dlfcn.h>
#include <fstream>
#include <functional>
#include <string>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

namespace {

std::atomic<std::int64_t> g_flushed_ns = 0;
std::atomic<std::int64_t> g_sqlite_ns = 0;
std::atomic<unsigned> g_flushes = 0;

chela::bench::Nanoseconds read_clock(clockid_t clock) {
    timespec now{};
    if (::clock_gettime(clock, &now) != 0) chela::bug("clock_gettime failed");
    return std::chrono::seconds{now.tv_sec} + chela::bench::Nanoseconds{now.tv_nsec};
}

}  // namespace

/// Stands before the C library's, for SQLite as well.
extern "C" int fdatasync(int file) {
    const auto from = chela::bench::SteadyClock::now();
    const auto status = static_cast<int>(::syscall(SYS_fdatasync, file));
    g_flushed_ns += chela::bench::Nanoseconds{chela::bench::SteadyClock::now() - from}.count();
    ++g_flushes;
    return status;
}

/// The same; what SQLite does for a statement, its waiting for the disk included.
extern "C" int sqlite3_step(void* statement) {
    using Step = int (*)(void*);
    static const auto real = reinterpret_cast<Step>(::dlsym(RTLD_NEXT, "sqlite3_step"));
    chela::bench::BareRows::saw(static_cast<sqlite3_stmt*>(statement));
    const auto from = chela::bench::SteadyClock::now();
    const auto status = real(statement);
    g_sqlite_ns += chela::bench::Nanoseconds{chela::bench::SteadyClock::now() - from}.count();
    return status;
}

namespace chela::bench {

Nanoseconds in_sqlite() {
    return Nanoseconds{g_sqlite_ns.load()} - flushed().time;
}
Flushed flushed() {
    return {g_flushes.load(), Nanoseconds{g_flushed_ns.load()}};
}
Moment this_moment() {
    return {SteadyClock::now(), read_clock(CLOCK_THREAD_CPUTIME_ID)};
}
Nanoseconds processor_time() {
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

namespace {

using Pick = Nanoseconds (*)(const Parts&);

constexpr unsigned kSessions = 2;  // token.sessions, as it is unless set
constexpr std::size_t kWarmUp = 10;
constexpr std::size_t kSubmissions = 480;  // of all clients of a run
constexpr double kGoalOurs = 150.0;        // µs
constexpr double kGoalThroughput = 0.9;    // of the token's own

unsigned cores() {
    return std::max(1U, std::thread::hardware_concurrency());
}

double in_us(Nanoseconds time) {
    return static_cast<double>(time.count()) / 1'000.0;
}

/// @param at  0 … 1
double percentile(const std::vector<Parts>& submissions, double at, Pick pick) {
    std::vector<double> times;
    times.reserve(submissions.size());
    for (const auto& one : submissions)
        times.push_back(in_us(pick(one)));
    std::ranges::sort(times);
    return times.at(static_cast<std::size_t>(at * static_cast<double>(times.size() - 1)));
}

double mean(const std::vector<Parts>& submissions, Pick pick) {
    double sum = 0;
    for (const auto& one : submissions)
        sum += in_us(pick(one));
    return sum / static_cast<double>(submissions.size());
}

Nanoseconds total(const Parts& parts) {
    return parts.total;
}

double per_second(const SubmitWorld::Run& run) {
    return static_cast<double>(run.submissions.size()) /
           std::chrono::duration<double>{run.took}.count();
}

/// One kind of key, fresh for each run.
struct Keys {
    const char* name;
    unsigned threads;
    std::function<std::shared_ptr<sidecar::flow::KeySource>()> make;
};

struct Rate {
    double per_second = 0;
    double allowed = 0;  ///< by the processors, if nothing ever waited
};

Rate measure(const Keys& keys, std::size_t clients) {
    SubmitWorld world{keys.make(), keys.threads, clients};
    static_cast<void>(world.run(kWarmUp, Pace::at_once));
    const auto before = processor_time();
    const auto run =
        world.run(std::max<std::size_t>(kSubmissions / clients, kWarmUp), Pace::at_once);
    const auto each =
        in_us(processor_time() - before) / static_cast<double>(run.submissions.size());
    fmt::print(
        "  {:<14}{:>9}{:>12.2f}{:>12.2f}{:>12.0f}{:>16.2f}{:>14.0f} %\n", keys.name, clients,
        percentile(run.submissions, 0.5, total) / 1'000,
        percentile(run.submissions, 0.99, total) / 1'000, per_second(run), each / 1'000,
        100.0 * in_us(run.node) / in_us(run.took));
    std::fflush(stdout);
    return {per_second(run), std::thread::hardware_concurrency() * 1e6 / each};
}

struct Row {
    const char* name;
    Pick pick;
};

constexpr Row kRows[] = {
    {"token: probe, sign, check", [](const Parts& one) { return one.token; }},
    {"store: disk", [](const Parts& one) { return one.flush; }},
    {"store: SQLite, without disk", [](const Parts& one) { return one.sqlite; }},
    {"store: ours, with the policy", [](const Parts& one) { return one.store - one.sqlite; }},
    {"store: wait for a thread", [](const Parts& one) { return one.store_queue; }},
    {"signing job, without key", [](const Parts& one) { return one.sign_job; }},
    {"fake node", [](const Parts& one) { return one.node; }},
    {"the rest, hand-overs included", [](const Parts& one) { return one.rest(); }},
    {"in all", total},
    {"processor time, of all threads", [](const Parts& one) { return one.processor; }},
};

void report_goal(const std::string& goal, const std::string& figure, bool is_met) {
    fmt::print("  goal: {}: {}, {}\n", goal, figure, is_met ? "met" : "missed");
}

/// Of a world with one client. @return the median of a submission
Nanoseconds bare_rows(SubmitWorld& world) {
    const test::TempDir folder;
    BareRows rows{world.database(), folder.path() / "copy.db"};
    static_cast<void>(world.run(kSubmissions, Pace::at_once));
    return rows.replay();
}

/// One client that waits until all is quiet: the parts add up.
void measure_shares(const Keys& keys) {
    SubmitWorld world{keys.make(), keys.threads, 1};
    static_cast<void>(world.run(kWarmUp, Pace::when_quiet));
    const auto run = world.run(kSubmissions, Pace::when_quiet).submissions;
    fmt::print("\n  {}, one client           p50 µs    mean µs    share\n", keys.name);
    const auto whole = mean(run, total);
    for (const auto& [name, pick] : kRows) {
        fmt::print(
            "    {:<31}{:>8.0f}{:>11.0f}{:>8.0f} %\n", name, percentile(run, 0.5, pick),
            mean(run, pick), 100.0 * mean(run, pick) / whole);
    }
    const auto& typical = run[run.size() / 2];
    fmt::print("    {} jobs of the store, {} flushes\n", typical.store_jobs, typical.flushes);
    const auto ours = percentile(run, 0.5, [](const Parts& one) { return one.ours(); });
    report_goal(
        "our own code without token and fsync under 150 µs p50", fmt::format("{:.0f} µs", ours),
        ours < kGoalOurs);
    const auto without_sqlite =
        percentile(run, 0.5, [](const Parts& one) { return one.ours() - one.sqlite; });
    fmt::print(
        "        without SQLite too: {:.0f} µs; SQLite alone for the rows of a submission, without "
        "the disk: {:.0f} µs\n",
        without_sqlite, in_us(bare_rows(world)));
    std::fflush(stdout);
}

/// C_SignInit and C_Sign from as many sessions, and nothing else. @return signatures a second
double token_alone() {
    constexpr std::size_t kEach = 1'000;
    const test::SoftToken soft;
    auto config = soft.config();
    config.max_sessions = kSessions;
    const auto token = test::open_token(config);
    const auto made = test::make_key(*token, "bench");
    RawModule module{soft.label(), made.info.id, kSessions};
    const auto began = SteadyClock::now();
    {
        std::vector<std::jthread> threads;
        threads.reserve(kSessions);
        for (unsigned session = 0; session < kSessions; ++session) {
            threads.emplace_back([&module, session] {
                for (std::size_t i = 0; i < kEach; ++i)
                    static_cast<void>(module.sign(session, SigningHash{{1, 2, 3}}));
            });
        }
    }
    return static_cast<double>(kEach * kSessions) /
           std::chrono::duration<double>{SteadyClock::now() - began}.count();
}

/// A SoftHSM token and what opens its keys.
struct Soft {
    Soft() {
        auto config = soft.config();
        config.max_sessions = kSessions;
        token = test::open_token(config);
        source = std::make_shared<sidecar::flow::TokenSource>(*token);
    }
    test::SoftToken soft;
    std::unique_ptr<signer::pkcs11::Token> token;
    std::shared_ptr<sidecar::flow::KeySource> source;
};

/// Does the token ever wait for chela? One that signs on these processors would not tell.
void measure_away(std::chrono::milliseconds pause) {
    constexpr std::size_t kClients = 64;
    constexpr std::size_t kEach = 20;  // beside them filling and emptying the queue is little
    SubmitWorld world{
        std::make_shared<MemorySource>(kSessions, pause), kSessions + cores(), kClients};
    static_cast<void>(world.run(kWarmUp, Pace::at_once));
    const auto got = per_second(world.run(kEach, Pace::at_once));
    const auto own = kSessions / std::chrono::duration<double>{pause}.count();
    report_goal(
        fmt::format(
            "the same with a token elsewhere that takes {} ms a signature and a tenth of it a "
            "probe, {} sessions: {:.0f} signatures a second",
            pause.count(), kSessions, own),
        fmt::format("{:.0f} a second, {:.2f} of it", got, got / own), got >= kGoalThroughput * own);
}

void run() {
    const Keys software{"software key", cores(), [] { return std::make_shared<MemorySource>(); }};
    const Keys softhsm{"SoftHSM", kSessions + cores(), [] {
                           const auto soft = std::make_shared<Soft>();
                           return std::shared_ptr<sidecar::flow::KeySource>{
                               soft, soft->source.get()};
                       }};
    const auto before = token_alone();
    std::string load;
    std::getline(std::ifstream{"/proc/loadavg"}, load);
    fmt::print(
        "{} cores, load {}: what others run here meanwhile makes everything slower\n",
        std::thread::hardware_concurrency(), load.substr(0, load.find(' ')));
    fmt::print(
        "submit until durable (store_signature has returned), each client an agent with its own "
        "lane; the processor's time is that of the whole way of a transaction, until it is "
        "confirmed; what is the same until the next block the fake node works out once\n"
        "  key             clients      p50 ms      p99 ms       per s    processor ms   in fake "
        "node\n");
    Rate most;
    for (const std::size_t clients : {1U, 8U, 64U})
        measure(software, clients);
    for (const std::size_t clients : {1U, 8U, 64U})
        most = std::max(most, measure(softhsm, clients), [](const Rate& a, const Rate& b) {
            return a.per_second < b.per_second;
        });
    measure_shares(software);
    measure_shares(softhsm);
    const auto own = (before + token_alone()) / 2;
    fmt::print("\n  SoftHSM alone, {} sessions: {:.0f} signatures a second\n", kSessions, own);
    report_goal(
        "sustained throughput with SoftHSM at least 0.9 of the token's own",
        fmt::format("{:.0f} a second, {:.2f} of it", most.per_second, most.per_second / own),
        most.per_second >= kGoalThroughput * own);
    fmt::print(
        "        SoftHSM signs on these same processors, which allow {:.0f} submissions a second: "
        "{:.2f} of that\n",
        most.allowed, most.per_second / most.allowed);
    for (const auto pause : {std::chrono::milliseconds{5}, std::chrono::milliseconds{10}})
        measure_away(pause);
}

}  // namespace
}  // namespace chela::bench

/// Arguments are those of the other benchmarks; none of them means anything here.
int main() {
    chela::bench::run();
    return 0;
}
