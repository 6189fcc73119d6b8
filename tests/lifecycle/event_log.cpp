// What the log of events must say of a life that has ended.
#include "tests/lifecycle/event_log.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::test::lifecycle {
namespace {

namespace store = sidecar::store;

/// More than a life has.
constexpr std::size_t kAll = 100'000;

bool is_end(std::string_view state) {
    using enum store::IntentState;
    return std::ranges::any_of(
        std::array{denied, simulation_failed, failed, confirmed, reverted, cancelled},
        [state](store::IntentState end) { return to_string(end) == state; });
}

class EventLog {
public:
    explicit EventLog(const Ended& ended) : ended_{ended} {
        auto intents = ended_.store.intents({}, 1'000);
        auto events = ended_.store.events_after(0, kAll);
        if (!intents || !events) bug("the store of a life does not answer");
        events_ = *std::move(events);
        for (auto& intent : *intents)
            intents_.emplace(intent.id, std::move(intent));
    }

    void check() {
        for (const auto& event : events_)
            check_event(event);
        for (const auto& [id, intent] : intents_)
            check_end(intent);
    }

private:
    void wrong(const std::string& what) { ended_.universe.troubles.push_back("I15: " + what); }

    void check_event(const store::EventRecord& event) {
        if (event.sequence != ++sequence_)
            wrong(fmt::format("event {} stands where {} should", event.sequence, sequence_));
        const auto body = Json::parse(event.body);
        const auto state = body.at("state").get<std::string>();
        auto& last = last_[event.intent_id];
        const auto previous = body.at("previous_state");
        if (previous != (last.empty() ? Json(nullptr) : Json(last)))
            wrong(fmt::format("{} became {}, but was {}", event.intent_id, state, last));
        if ((last == state) != (event.type == "transaction.replaced"))
            wrong(fmt::format("{} is {} after {}", event.intent_id, event.type, last));
        last = state;
        if (is_end(state)) ++ends_[event.intent_id];
        if (is_end(state) && event.type == "transaction.replaced")
            wrong(fmt::format("{} was replaced after its end", event.intent_id));
    }

    void check_end(const store::IntentRecord& intent) {
        const auto state = std::string{to_string(intent.state)};
        if (last_[intent.id] != state)
            wrong(fmt::format(
                "{} is {}, its last event says {}", intent.id, state, last_[intent.id]));
        const auto expected = store::is_final(intent.state) ? 1U : 0U;
        if (ends_[intent.id] != expected)
            wrong(fmt::format("{} has ended {} times", intent.id, ends_[intent.id]));
    }

    const Ended& ended_;
    std::vector<store::EventRecord> events_;
    std::map<std::string, store::IntentRecord> intents_;
    std::int64_t sequence_ = 0;
    std::map<std::string, std::string> last_;  ///< state, by intent
    std::map<std::string, unsigned> ends_;
};

}  // namespace

void check_event_log(const Ended& ended) {
    EventLog{ended}.check();
}

}  // namespace chela::test::lifecycle
