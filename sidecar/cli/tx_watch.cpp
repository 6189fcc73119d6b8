#include "chains/base/hex.hpp"
#include "chains/base/rfc3339.hpp"
#include "sidecar/api/views.hpp"
#include "sidecar/app/opened.hpp"
#include "sidecar/cli/tx_commands.hpp"
#include "sidecar/edge/clock.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

namespace {

constexpr std::chrono::milliseconds kInterval{250};
constexpr int kExitUnfinished = 75;  // EX_TEMPFAIL

/// What one look shows; another line is printed when it differs.
std::string line_of(
    const store::IntentRecord& intent, const std::vector<store::AttemptRecord>& attempts) {
    std::vector<std::string> facts;
    if (intent.nonce) facts.push_back(fmt::format("nonce {}", intent.nonce->value));
    if (!attempts.empty()) {
        // The one that is in a block; until one is, the last one signed.
        const auto mined = std::ranges::find(attempts, intent.hash, &store::AttemptRecord::hash);
        const auto& shown = mined == attempts.end() ? attempts.back() : *mined;
        facts.push_back(
            fmt::format("{} {} {}", to_string(shown.kind), shown.number, to_hex(shown.hash)));
    }
    if (intent.block_number) facts.push_back(fmt::format("block {}", intent.block_number->value));
    if (intent.state == store::IntentState::mined)
        facts.emplace_back("final once it has the chain's confirmations");
    if (!intent.error_message.empty())
        facts.push_back(fmt::format("{} ({})", intent.error_message, intent.error_code));
    return fmt::format("{:<18} {}", to_string(intent.state), fmt::join(facts, ", "));
}

void show(
    const Session& session,
    const store::IntentRecord& intent,
    const std::vector<store::AttemptRecord>& attempts,
    const std::string& line) {
    if (session.json) {
        Json view = api::transaction_view(intent, api::SignedTx::omit);
        view["attempts"] = api::attempts_view(attempts);
        print_json(view);
    } else {
        std::cout << to_rfc3339(SystemClock{}.now()) << "  " << line << "\n";
    }
    std::cout.flush();
}

}  // namespace

int watch_transaction(const Session& session, const std::string& id, std::chrono::seconds timeout) {
    const auto config = app::load_config(session.directory);
    if (!config) return report(session, config.error());
    const auto store = app::open_store({config->dir});
    if (!store) return report(session, store.error());
    const auto until = std::chrono::steady_clock::now() + timeout;
    std::string last;
    for (;;) {
        const auto intent = (*store)->intent(id);
        if (!intent) return report(session, intent.error());
        const auto attempts = (*store)->attempts(id);
        if (!attempts) return report(session, attempts.error());
        auto line = line_of(*intent, *attempts);
        if (line != last) show(session, *intent, *attempts, line);
        last = std::move(line);
        if (store::is_final(intent->state))
            return intent->state == store::IntentState::confirmed ? 0 : 1;
        if (std::chrono::steady_clock::now() >= until) return kExitUnfinished;
        std::this_thread::sleep_for(kInterval);
    }
}

}  // namespace chela::sidecar::cli
