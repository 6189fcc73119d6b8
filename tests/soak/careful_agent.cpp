#include "tests/soak/careful_agent.hpp"

#include <exception>
#include <optional>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::test::soak {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostOpen = 12;
constexpr std::chrono::seconds kPatience{120};  // until a key is answered, or an intent has ended
constexpr std::uint64_t kLeastValue = 100'000'000'000'000;  // 0.0001 ETH
constexpr std::uint64_t kValuesOfAnAgent = 1'000'000;
constexpr unsigned kCancelOneIn = 25;

bool is_final(const std::string& state) {
    static const std::set<std::string> kFinal{"confirmed", "reverted", "cancelled",
                                              "failed",    "denied",   "simulation_failed"};
    return kFinal.contains(state);
}

/// Nothing is known yet, or nothing was done: the same key may ask again.
bool asks_for_patience(unsigned status) {
    return status >= 500 || status == 409 || status == 429;
}

}  // namespace

CarefulAgent::CarefulAgent(TestAgent agent, const Door& door, std::uint64_t seed, unsigned number)
    : door_{door},
      number_{number},
      random_{seed},
      account_{.agent = std::move(agent), .payments = {}, .refusals = {}, .troubles = {}} {}

void CarefulAgent::work(const std::stop_token& stop) {
    try {
        while (!stop.stop_requested() && account_.troubles.empty()) {
            while (follow()) {
            }
            if (open_.size() < kMostOpen) pay();
            pause(150);
        }
        follow_to_the_end();
    } catch (const std::exception& error) {
        trouble(error.what());
    }
}

void CarefulAgent::pay() {
    auto& payment = account_.payments.emplace_back();
    const auto index = account_.payments.size() - 1;
    payment.value = Wei{U256{kLeastValue + number_ * kValuesOfAnAgent + index}};
    for (auto outcome = Outcome::refused; outcome == Outcome::refused;) {
        auto& attempt = payment.tries.emplace_back();
        attempt.key = fmt::format("soak-{}-{}-{}", number_, index, payment.tries.size());
        outcome = submit(payment, attempt);
        if (outcome == Outcome::refused) {
            ++account_.refusals[attempt.refused_with];
            pause(200);
        }
        if (outcome != Outcome::accepted) continue;
        ++accepted_;
        open_.push_back({index, payment.tries.size() - 1});
        maybe_cancel(payment, attempt);
    }
}

CarefulAgent::Outcome CarefulAgent::submit(const Payment& payment, Try& attempt) {
    const auto end = Clock::now() + kPatience;
    std::string last = "no connection";
    while (Clock::now() < end && !door_.is_closed()) {
        const auto answer = post(payment, attempt);
        if (!answer) {
            ++lost_;
            last = answer.error().detail;
            pause(200);
            continue;
        }
        last = fmt::format("{} {}", answer->status, answer->body);
        if (const auto outcome = read(*answer, attempt)) return *outcome;
        pause(200);
    }
    trouble(fmt::format("{} had no answer that decides it; the last: {}", attempt.key, last));
    return Outcome::unknown;
}

/// @return empty: it is to be asked again
std::optional<CarefulAgent::Outcome> CarefulAgent::read(const HttpAnswer& answer, Try& attempt) {
    if (asks_for_patience(answer.status) || answer.status == 401) return std::nullopt;
    const Json body = json_of(answer);
    if (answer.status == 200 || answer.status == 201) return read_transaction(body, attempt);
    if (answer.status == 422) {
        if (body.contains("id")) attempt.intent_id = text(body["id"]);
        attempt.refused_with = body.value("code", body.value("error_code", "422"));
        return Outcome::refused;
    }
    trouble(fmt::format("{} was answered {}: {}", attempt.key, answer.status, answer.body));
    return Outcome::unknown;
}

CarefulAgent::Outcome CarefulAgent::read_transaction(const Json& transaction, Try& attempt) {
    const auto id = text(transaction.at("id"));
    if (!attempt.intent_id.empty() && attempt.intent_id != id)
        trouble(fmt::format("{} was two intents, {} and {}", attempt.key, attempt.intent_id, id));
    attempt.intent_id = id;
    const auto state = text(transaction.at("state"));
    if (state == "failed") {
        attempt.refused_with = transaction.value("error_code", "failed");
        attempt.final_state = state;
        return Outcome::refused;
    }
    attempt.was_accepted = true;
    return Outcome::accepted;
}

/// The answer may be lost: then the wish may hold or not.
void CarefulAgent::maybe_cancel(Payment& payment, const Try& attempt) {
    if (draw(kCancelOneIn) != 0) return;
    payment.is_cancel_wished = true;
    if (!ask("POST", "/" + attempt.intent_id + "/cancel", {}, {})) ++lost_;
}

bool CarefulAgent::follow() {
    if (open_.empty()) return false;
    const auto [payment, number] = open_.front();
    auto& attempt = account_.payments[payment].tries[number];
    const auto answer = ask("GET", "/" + attempt.intent_id, {}, {});
    if (!answer) {
        ++lost_;
        return false;
    }
    if (asks_for_patience(answer->status) || answer->status == 401) return false;
    const Json transaction = json_of(*answer);
    if (answer->status != 200) {
        trouble(fmt::format("accepted {} was answered {}", attempt.intent_id, transaction.dump()));
        open_.pop_front();
        return false;
    }
    const auto state = transaction.value("state", "");
    if (!is_final(state)) return false;
    attempt.final_state = state;
    open_.pop_front();
    ++ended_;
    return true;
}

void CarefulAgent::follow_to_the_end() {
    auto end = Clock::now() + kPatience;
    while (!open_.empty() && Clock::now() < end && !door_.is_closed()) {
        if (follow()) {
            end = Clock::now() + kPatience;
        } else {
            pause(200);
        }
    }
    for (const auto& [payment, number] : open_) {
        trouble(fmt::format(
            "{} was accepted and did not end", account_.payments[payment].tries[number].intent_id));
    }
}

void CarefulAgent::ask_all_again() {
    try {
        for (auto& payment : account_.payments)
            for (auto& attempt : payment.tries)
                check_again(payment, attempt);
    } catch (const std::exception& error) {
        trouble(error.what());
    }
}

void CarefulAgent::check_again(const Payment& payment, Try& attempt) {
    auto answer = must(post(payment, attempt));
    if (answer.status == 401) answer = must(post(payment, attempt));  // with a new token
    const Json body = json_of(answer);
    const auto id = body.value("id", "");
    const bool is_known = (answer.status == 200 || answer.status == 422) && !id.empty();
    if (!is_known || (!attempt.intent_id.empty() && attempt.intent_id != id)) {
        trouble(fmt::format(
            "{}, which is intent {}, is answered {} {}", attempt.key, attempt.intent_id,
            answer.status, answer.body));
        return;
    }
    attempt.intent_id = id;
    const auto state = body.value("state", "");
    if (!is_final(state) || (!attempt.final_state.empty() && attempt.final_state != state)) {
        trouble(fmt::format(
            "{} is {} at the end, after it was {}", attempt.key, state,
            attempt.final_state.empty() ? "open" : attempt.final_state));
    }
    attempt.final_state = state;
    if (body.contains("nonce")) attempt.nonce = Nonce{body["nonce"].get<std::uint64_t>()};
}

Result<HttpAnswer> CarefulAgent::post(const Payment& payment, const Try& attempt) {
    return ask(
        "POST", "", {{"Idempotency-Key", attempt.key}},
        test::payment(kPayee, format_units(payment.value.value, kNativeDecimals)));
}

Result<HttpAnswer> CarefulAgent::ask(
    const std::string& method, const std::string& path, Headers headers, const Json& body) {
    if (token_.empty()) {
        if (auto renewed = renew_token(); !renewed) return std::unexpected{renewed.error()};
    }
    headers.emplace_back("Authorization", "Bearer " + token_);
    auto answer = door_.client().request(
        method, "/v1/agents/" + account_.agent.id + "/transactions" + path, headers,
        body.is_null() ? std::string{} : body.dump(), std::chrono::seconds{30});
    if (answer && answer->status == 401) token_.clear();
    return answer;
}

Status CarefulAgent::renew_token() {
    const auto answer = door_.client().request(
        "POST", "/v1/auth/agent-token", {},
        Json{{"agent_id", account_.agent.id}, {"api_key", account_.agent.api_key}}.dump());
    if (!answer) return std::unexpected{answer.error()};
    if (answer->status != 200)
        return fail(ErrorCode::unavailable, fmt::format("no token: {}", answer->status));
    token_ = text(json_of(*answer).at("access_token"));
    return {};
}

void CarefulAgent::pause(unsigned most_milliseconds) {
    std::this_thread::sleep_for(std::chrono::milliseconds{10 + draw(most_milliseconds)});
}

void CarefulAgent::trouble(const std::string& what) {
    account_.troubles.push_back(what);
}

}  // namespace chela::test::soak
