#include "tests/soak/soak.hpp"

#include "chains/base/hex.hpp"
#include "sidecar/store/store.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <set>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::test::soak {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr unsigned kAgents = 4;
constexpr unsigned kCalmPerCent = 20;  // of the time, the last
// Limits that are there, and far from what is spent.
const std::vector<std::string> kLimits{"--to",          kPayee, "--max-value",  "0.01",
                                       "--daily-limit", "50",   "--fee-budget", "anvil=200"};
constexpr const char* kFunds = "0x3635c9adc5dea00000";  // 1000 ETH

void say(const std::string& line) {
    fmt::print("soak: {}\n", line);
    std::fflush(stdout);
}

U256 rpc_number(const Anvil& anvil, const std::string& method, const std::string& address) {
    const auto answer = must(anvil.rpc(method, Json::array({address, "latest"})));
    return must(parse_quantity(text(answer)));
}

std::chrono::sys_days today() {
    return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
}

}  // namespace

Soak::Soak(Options options) : options_{options}, random_{options.seed}, day_{today()} {}

Soak::~Soak() {
    door_.close();  // whoever still works when it could not go on
}

void Soak::run() {
    begin();
    storm();
    calm();
    end();
    judge();
}

void Soak::begin() {
    anvil_ = must(Anvil::start({"--block-time", "1"}));
    sidecar_ = std::make_unique<Sidecar>(anvil_->url());
    sidecar_->edit_config(
        "    poll_interval:",
        fmt::format("    confirmations: {}\n    poll_interval:", Trouble::kDeepestReorg + 1));
    // At the end every key is asked for once more, as fast as it goes.
    sidecar_->edit_config(
        "server:\n", "server:\n  rate_limits: {requests: off, signatures: off}\n");
    std::vector<std::string> senders;
    for (unsigned number = 0; number < kAgents; ++number) {
        auto agent = sidecar_->create_agent(*anvil_, kLimits);
        must(anvil_->rpc("anvil_setBalance", Json::array({agent.address, kFunds})));
        senders.push_back(agent.address);
        agents_.push_back(
            std::make_unique<CarefulAgent>(std::move(agent), door_, random_(), number));
    }
    // What anvil was told an account holds goes with the block that it was told in.
    must(anvil_->rpc("anvil_mine", Json::array({Trouble::kDeepestReorg + 2})));
    server_ = std::make_unique<Server>(*sidecar_, door_, work_.path() / "serve.log");
    trouble_ = std::make_unique<Trouble>(*anvil_, std::move(senders), random_());
    server_->start();
    began_ = std::chrono::steady_clock::now();
    for (auto& agent : agents_)
        working_.emplace_back([&agent](const std::stop_token& stop) { agent->work(stop); });
    disturbing_ = std::jthread{[this](const std::stop_token& stop) { trouble_->make(stop); }};
    say(fmt::format(
        "{} agents, {} s, seed {} (CHELA_SEED={} repeats its choices)", kAgents,
        options_.time.count(), options_.seed, options_.seed));
}

std::chrono::seconds Soak::elapsed() const {
    return std::chrono::duration_cast<std::chrono::seconds>(
        std::chrono::steady_clock::now() - began_);
}

void Soak::storm() {
    const auto end = began_ + options_.time * (100 - kCalmPerCent) / 100;
    // However slow the machine is: some kill met what is to be survived.
    const auto latest = end + 60s;
    for (;;) {
        const auto next =
            std::chrono::steady_clock::now() + 2s + std::chrono::milliseconds{random_() % 4'000};
        if (next >= latest || (next >= end && server_->recoveries() > 0)) break;
        while (std::chrono::steady_clock::now() < next) {
            progress();
            std::this_thread::sleep_for(20ms);
        }
        server_->kill();
        ++kills_;
        server_->start();
    }
    disturbing_.request_stop();
    disturbing_.join();
}

void Soak::calm() {
    while (std::chrono::steady_clock::now() < began_ + options_.time) {
        server_->expect_alive();
        memory_.sample(resident_bytes(server_->pid()));
        progress();
        std::this_thread::sleep_for(250ms);
    }
}

void Soak::end() {
    for (auto& thread : working_)
        thread.request_stop();
    say("no more payments; waiting until every intent is final");
    for (auto& thread : working_)
        thread.join();
    working_.clear();
    server_->expect_alive();
    say("asking every Idempotency-Key once more");
    for (auto& agent : agents_)
        working_.emplace_back([&agent] { agent->ask_all_again(); });
    working_.clear();
    for (const auto& agent : agents_)
        judge_api_budgets(agent->account());
    server_->stop();
}

/// What an operator sees is what took a nonce: those of the chain, as is compared later. A payment
/// that was cancelled stays charged.
void Soak::judge_api_budgets(const Account& account) {
    const auto answer = must(sidecar_->tcp().request(
        "GET", "/v1/agents/" + account.agent.id,
        {{"Authorization", "Bearer " + sidecar_->admin_key()}}));
    const Json shown = json_of(answer);
    U256 value;
    std::uint64_t count = 0;
    for (const auto& payment : account.payments) {
        if (!payment.tries.back().nonce) continue;  // withdrawn before it was signed
        value = must(add(value, payment.value.value));
        ++count;
    }
    const auto spent = shown.value("tx_spent_today", "");
    if (spent != format_units(value, kNativeDecimals)) {
        troubles_.push_back(fmt::format(
            "budgets: the API shows {} spent, not {}", spent,
            format_units(value, kNativeDecimals)));
    }
    const auto today_count = shown.value("tx_count_today", std::uint64_t{0});
    const bool is_same_day = today() == day_;  // it counts those of the UTC day
    if (is_same_day && today_count != count) {
        troubles_.push_back(
            fmt::format("budgets: the API shows {} transactions, not {}", today_count, count));
    }
}

void Soak::judge() {
    say("comparing the store with every block of the chain");
    const auto store = must(sidecar::store::open_sqlite(
        sidecar_->dir() / "chela.db", sidecar::store::OpenMode::existing));
    std::set<Address> senders;
    for (const auto& agent : agents_)
        senders.insert(address_of(agent->account().agent));
    const auto chain = read_chain(*anvil_, senders);
    blocks_ = chain.blocks;
    Verdict verdict{*store, chain};
    for (const auto& agent : agents_) {
        const auto& account = agent->account();
        const auto& address = account.agent.address;
        verdict.judge(account);
        verdict.judge_account(
            account, Nonce{*rpc_number(*anvil_, "eth_getTransactionCount", address).to_uint64()},
            Wei{rpc_number(*anvil_, "eth_getBalance", address)}, Wei{must(parse_quantity(kFunds))});
    }
    verdict.judge_store();
    summary_ = verdict.summary();
    troubles_.insert(troubles_.end(), verdict.troubles().begin(), verdict.troubles().end());
    const auto calm = options_.time * kCalmPerCent / 100;
    if (auto grew = memory_.trouble(calm); !grew.empty()) troubles_.push_back(std::move(grew));
    if (summary_.confirmed == 0 || kills_ == 0 || server_->recoveries() == 0)
        troubles_.emplace_back("no kill met an intent that held a nonce: nothing was proved");
}

void Soak::progress() {
    if (elapsed() < next_progress_) return;
    next_progress_ += 15s;
    unsigned accepted = 0;
    unsigned ended = 0;
    unsigned lost = 0;
    for (const auto& agent : agents_) {
        accepted += agent->accepted();
        ended += agent->ended();
        lost += agent->lost();
    }
    say(fmt::format(
        "{} s of {}: {} accepted, {} final, {} requests without an answer, {} kills, {} restarts "
        "({} met open intents), RSS {}; {}",
        elapsed().count(), options_.time.count(), accepted, ended, lost, kills_,
        server_->starts() - 1, server_->recoveries(), in_mib(resident_bytes(server_->pid())),
        trouble_->told()));
}

void Soak::print_report() const {
    const auto ether = [](const U256& wei) { return format_units(wei, kNativeDecimals); };
    say(fmt::format(
        "  kills      {} kill -9, {} of {} starts found intents that held a nonce", kills_,
        server_->recoveries(), server_->starts()));
    say("  trouble    " + trouble_->told());
    print_requests();
    say(fmt::format(
        "  intents    {} confirmed, {} cancelled, none open; {} attempts signed, {} intents of "
        "more than one",
        summary_.confirmed, summary_.cancelled, summary_.attempts, summary_.replaced));
    say(fmt::format(
        "  chain      {} blocks, {} transactions, each one intent's, no nonce twice or left out",
        blocks_, summary_.transactions));
    say(fmt::format(
        "  budgets    {} ETH of value on the chain, {} ETH of fees paid, {} ETH charged at their "
        "worst ({} of a cancelled one above its attempts)",
        ether(summary_.spent), ether(summary_.fees), ether(summary_.charged),
        summary_.charged_above));
    say("  memory     " + memory_.told(options_.time * kCalmPerCent / 100));
    say("  audit      the chain of hashes is whole");
}

void Soak::print_requests() const {
    std::map<std::string, unsigned> refusals;
    unsigned lost = 0;
    for (const auto& agent : agents_) {
        lost += agent->lost();
        for (const auto& [code, times] : agent->account().refusals)
            refusals[code] += times;
    }
    std::string codes;
    for (const auto& [code, times] : refusals)
        codes += fmt::format(", {} {}", times, code);
    say(fmt::format(
        "  agents     {} payments with {} Idempotency-Keys, {} requests without an answer",
        summary_.payments, summary_.keys, lost));
    say(fmt::format("  keys       {} ended before they held a nonce{}", summary_.refused, codes));
}

fs::path Soak::keep() {
    auto pattern = (fs::temp_directory_path() / "chela-soak.XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) return work_.path();
    const fs::path kept{pattern};
    if (server_ && sidecar_) {
        std::ofstream{kept / "last.log"} << sidecar_->log();
        if (sidecar_->process().is_running()) sidecar_->kill();
    }
    fs::copy(work_.path(), kept, fs::copy_options::recursive);
    if (anvil_) std::ofstream{kept / "anvil.log"} << anvil_->process().out();
    if (!sidecar_) return kept;
    fs::create_directory(kept / "state");
    for (const auto& entry : fs::directory_iterator{sidecar_->dir()})
        if (!entry.is_socket())
            fs::copy(
                entry.path(), kept / "state" / entry.path().filename(),
                fs::copy_options::recursive);
    return kept;
}

}  // namespace chela::test::soak
