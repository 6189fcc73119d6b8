// The whole door, as a program: HTTP, who is calling, policy, durable reservation, software key.
#include "tests/bench/door/keep_alive.hpp"
#include "tests/bench/submit/meter.hpp"
#include "tests/e2e/support/sidecar.hpp"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <functional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::bench {
namespace {

using chela::test::Anvil;
using chela::test::must;
using chela::test::Sidecar;
using chela::test::TestAgent;

constexpr std::size_t kClients = 8;
constexpr std::size_t kSignaturesEach = 60;  // an account has room for 64 that are not mined
constexpr std::size_t kAgentsOfAClient = 3;
constexpr std::size_t kReads = 20'000;
constexpr std::size_t kMillion = 1'000'000;
constexpr std::size_t kIdle = 1'000;

struct Run {
    double per_second = 0;
    double p50_ms = 0;
    double p99_ms = 0;
    double longest_ms = 0;
};

Run summary(std::vector<double> times, std::chrono::duration<double> took) {
    std::ranges::sort(times);
    const auto at = [&times](double share) {
        return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
    };
    return {static_cast<double>(times.size()) / took.count(), at(0.5), at(0.99), at(1)};
}

/// @return how long each call took, in milliseconds
std::vector<double> timed(std::size_t count, const std::function<void(std::size_t)>& call) {
    std::vector<double> times;
    times.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto from = SteadyClock::now();
        call(i);
        times.push_back(
            std::chrono::duration<double, std::milli>{SteadyClock::now() - from}.count());
    }
    return times;
}

/// One client a thread; `call(client, i)` is one request.
Run measure(std::size_t each, const std::function<void(std::size_t, std::size_t)>& call) {
    std::vector<std::vector<double>> times(kClients);
    const auto began = SteadyClock::now();
    {
        std::vector<std::jthread> threads;
        threads.reserve(kClients);
        for (std::size_t client = 0; client < kClients; ++client) {
            threads.emplace_back([&, client] {
                times[client] = timed(each, [&](std::size_t i) { call(client, i); });
            });
        }
    }
    const std::chrono::duration<double> took = SteadyClock::now() - began;
    std::vector<double> all;
    for (const auto& one : times)
        all.insert(all.end(), one.begin(), one.end());
    return summary(std::move(all), took);
}

/// One client, call after call.
Run measure_for(std::chrono::seconds span, const std::function<void()>& call) {
    std::vector<double> times;
    const auto began = SteadyClock::now();
    while (SteadyClock::now() - began < span)
        times.push_back(timed(1, [&](std::size_t) { call(); }).front());
    return summary(std::move(times), SteadyClock::now() - began);
}

void print(const char* what, const Run& run) {
    fmt::print(
        "  {:<44}{:>9.0f} a second{:>9.2f} ms p50{:>9.2f} ms p99{:>9.2f} ms at most\n", what,
        run.per_second, run.p50_ms, run.p99_ms, run.longest_ms);
    std::fflush(stdout);
}

void report_goal(const std::string& goal, const std::string& figure, bool is_met) {
    fmt::print("  goal: {}: {}, {}\n", goal, figure, is_met ? "met" : "missed");
    std::fflush(stdout);
}

void compare(const char* what, const Run& ours, const Run& theirs) {
    report_goal(
        fmt::format("{}: at least anvil's throughput, p99 no worse", what),
        fmt::format(
            "{:.2f} of it, p99 {:.2f} of it", ours.per_second / theirs.per_second,
            ours.p99_ms / theirs.p99_ms),
        ours.per_second >= theirs.per_second && ours.p99_ms <= theirs.p99_ms);
}

/// In MiB. @param field  of /proc/PID/status, in kB there
double memory(pid_t process, const std::string& field) {
    std::ifstream in{fmt::format("/proc/{}/status", process)};
    for (std::string line; std::getline(in, line);)
        if (line.starts_with(field + ":")) return std::stod(line.substr(field.size() + 1)) / 1'024;
    bug("no " + field);
}

void check(const std::string& answer) {
    if (answer.find("\"result\"") == std::string::npos) bug("no result: " + answer);
}

std::string request(const std::string& method, const Json& parameters) {
    return Json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", parameters}}.dump();
}

Json transfer(const std::string& from, std::size_t value) {
    return Json::array(
        {{{"from", from},
          {"to", test::kPayee},
          {"value", fmt::format("0x{:x}", value + 1)},
          {"gas", "0x5208"},
          {"maxFeePerGas", "0x77359400"},
          {"maxPriorityFeePerGas", "0x1"}}});
}

/// chela with a keystore in front of anvil, and agents with tokens that outlive the run.
struct Door {
    Door() {
        // What is measured is chela, not how often it lets one caller call.
        chela.edit_config(
            "server:\n",
            "server:\n  rate_limits: {requests: off, signatures: off}\n"
            "  max_connections: 2000\n  max_connections_per_peer: 2000\n");
        for (std::size_t i = 0; i < kClients * kAgentsOfAClient; ++i)
            agents.push_back(chela.create_agent(
                *anvil, {"--to", test::kPayee, "--max-value", "1", "--token-ttl", "86400"}));
        chela.start();
        for (const auto& agent : agents)
            headers.push_back("Authorization: Bearer " + chela.token_for(agent) + "\r\n");
        for (std::size_t i = 0; i < kClients; ++i) {
            ours.emplace_back(chela.port());
            theirs.emplace_back(anvil->port());
        }
    }

    std::unique_ptr<Anvil> anvil = must(Anvil::start());
    Sidecar chela{anvil->url(), {"--keystore"}};
    std::vector<TestAgent> agents;
    std::vector<std::string> headers;
    std::vector<KeepAlive> ours;
    std::vector<KeepAlive> theirs;
};

void measure_signatures(Door& door) {
    const auto signer = [](std::size_t client, std::size_t i) {
        return client * kAgentsOfAClient + i / kSignaturesEach;
    };
    const auto sign = [&](std::size_t client, std::size_t who, std::size_t value) {
        check(door.ours[client].post(
            "/rpc/anvil", door.headers[who],
            request("eth_signTransaction", transfer(door.agents[who].address, value))));
    };
    // A keystore's key is opened for its first signature, which takes scrypt a second.
    for (std::size_t who = 0; who < door.agents.size(); ++who)
        sign(0, who, kSignaturesEach * kAgentsOfAClient);
    const auto ours = measure(
        kSignaturesEach * kAgentsOfAClient,
        [&](std::size_t client, std::size_t i) { sign(client, signer(client, i), i); });
    const auto accounts = must(door.anvil->rpc("eth_accounts", Json::array()));
    const auto theirs =
        measure(kSignaturesEach * kAgentsOfAClient, [&](std::size_t client, std::size_t i) {
            auto call = transfer(accounts.at(client).get<std::string>(), i);
            call[0]["nonce"] = fmt::format("0x{:x}", i);
            call[0]["chainId"] = "0x7a69";
            check(door.theirs[client].post("/", "", request("eth_signTransaction", call)));
        });
    print("eth_signTransaction, chela", ours);
    print("eth_signTransaction, anvil", theirs);
    compare("eth_signTransaction", ours, theirs);
}

void measure_reads(Door& door) {
    const auto body = request("eth_chainId", Json::array());
    const auto ours = measure(kReads, [&](std::size_t client, std::size_t) {
        check(door.ours[client].post("/rpc/anvil", door.headers[client], body));
    });
    const auto theirs = measure(kReads, [&](std::size_t client, std::size_t) {
        check(door.theirs[client].post("/", "", body));
    });
    print("eth_chainId, chela", ours);
    print("eth_chainId, anvil", theirs);
    report_goal(
        "eth_chainId at least anvil's throughput",
        fmt::format("{:.2f} of it", ours.per_second / theirs.per_second),
        ours.per_second >= theirs.per_second);
}

/// @return the call that 15,000 logs answer, some five megabytes
std::string long_answer(const Anvil& anvil) {
    // PUSH2 15000; then LOG0 of nothing until that has come down to zero.
    const auto* const code = "0x613a985b60006000a0600190038060035700";
    static_cast<void>(must(anvil.rpc("anvil_setCode", Json::array({test::kStranger, code}))));
    const auto accounts = must(anvil.rpc("eth_accounts", Json::array()));
    const Json call = {{"from", accounts.at(9)}, {"to", test::kStranger}, {"gas", "0x1000000"}};
    static_cast<void>(must(anvil.rpc("eth_sendTransaction", Json::array({call}))));
    return request(
        "eth_getLogs", Json::array({{{"address", test::kStranger}, {"fromBlock", "0x0"}}}));
}

/// What it is like to call beside callers whose answers are long.
void measure_neighbour(Door& door) {
    constexpr std::chrono::seconds kSpan{6};
    const auto look = long_answer(*door.anvil);
    const auto ask = [&door, body = request("eth_chainId", Json::array())] {
        check(door.ours[0].post("/rpc/anvil", door.headers[0], body));
    };
    const auto quiet = measure_for(kSpan, ask);
    Run beside;
    std::atomic<std::size_t> read = 0;
    {
        std::vector<std::jthread> readers;
        for (std::size_t client = 1; client < kClients; ++client) {
            readers.emplace_back([&, client](const std::stop_token& enough) {
                // Each is another agent: one alone may not have so many reads under way.
                const auto& header = door.headers[client * kAgentsOfAClient];
                while (!enough.stop_requested()) {
                    check(door.ours[client].post("/rpc/anvil", header, look));
                    ++read;
                }
            });
        }
        beside = measure_for(kSpan, ask);
    }
    print("eth_chainId, alone", quiet);
    print("eth_chainId, beside 7 readers of 15,000 logs", beside);
    fmt::print(
        "  {:.2f} of its calls are answered while {} of them are read\n",
        beside.per_second / quiet.per_second, read.load());
}

void measure_memory(Door& door) {
    const auto body = request("eth_chainId", Json::array());
    const auto before = memory(door.chela.process().pid(), "VmRSS");
    static_cast<void>(measure(kMillion / kClients, [&](std::size_t client, std::size_t) {
        check(door.ours[client].post("/rpc/anvil", door.headers[client], body));
    }));
    const auto after = memory(door.chela.process().pid(), "VmRSS");
    report_goal(
        "resident memory under 40 MiB after a million requests",
        fmt::format("{:.1f} MiB, {:.1f} before them", after, before), after < 40);
}

void measure_idle(Door& door) {
    const auto before = memory(door.chela.process().pid(), "VmRSS");
    std::vector<KeepAlive> idle;
    idle.reserve(kIdle);
    for (std::size_t i = 0; i < kIdle; ++i)
        idle.emplace_back(door.chela.port());
    const auto body = request("eth_chainId", Json::array());
    for (auto& one : idle)
        check(one.post("/rpc/anvil", door.headers[0], body));
    const auto after = memory(door.chela.process().pid(), "VmRSS");
    report_goal(
        "1,000 idle connections under 60 MiB",
        fmt::format("{:.1f} MiB, {:.1f} before them", after, before), after < 60);
}

void measure_start() {
    constexpr std::size_t kTimes = 7;
    const auto anvil = must(Anvil::start());
    Sidecar chela{anvil->url()};
    static_cast<void>(chela.create_agent(*anvil, {"--to", test::kPayee}));
    std::vector<double> times;
    for (std::size_t i = 0; i < kTimes; ++i) {
        const auto from = SteadyClock::now();
        chela.start();
        times.push_back(
            std::chrono::duration<double, std::milli>{SteadyClock::now() - from}.count());
        chela.stop();
    }
    std::ranges::sort(times);
    report_goal(
        "start to ready under 300 ms with SoftHSM",
        fmt::format("{:.0f} ms (median of {})", times[kTimes / 2], kTimes),
        times[kTimes / 2] < 300);
}

void run() {
    std::string load;
    std::getline(std::ifstream{"/proc/loadavg"}, load);
    fmt::print(
        "{} cores, load {}; {} clients with a connection each, the same for both\n",
        std::thread::hardware_concurrency(), load.substr(0, load.find(' ')), kClients);
    measure_start();
    Door door;
    measure_reads(door);
    measure_memory(door);
    measure_idle(door);
    measure_neighbour(door);
    measure_signatures(door);
}

}  // namespace
}  // namespace chela::bench

int main() {
    chela::bench::run();
    return 0;
}
