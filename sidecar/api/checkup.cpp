#include "sidecar/api/checkup.hpp"

#include "sidecar/edge/gather.hpp"
#include "sidecar/edge/wait.hpp"
#include "sidecar/node/endpoint_health.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

#include <fmt/format.h>

namespace chela::sidecar::api {

namespace asio = boost::asio;

namespace {

/// Asks a question that blocks, on a thread of its own, one at a time: anybody may ask, and a token
/// or a disk that hangs must not keep others waiting. Threads: the I/O thread alone.
template <class Answer>
class Watch {
public:
    explicit Watch(std::function<Answer()> question) : question_{std::move(question)} {}
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch() { close(); }
    void close() { thread_.join(); }

    /// What was answered within the last second, or is within the next two. No answer in time is
    /// an answer: Answer{}.
    asio::awaitable<Answer> ask() {
        const auto now = std::chrono::steady_clock::now();
        // There is no last answer yet: this one is near.
        if (is_asking_ && !has_asked_) co_await wait_while([this] { return is_asking_; });
        if (is_asking_ || now < asked_at_ + kFresh) co_return last_;
        is_asking_ = true;
        auto answer = co_await run_blocking<Answer>(
            thread_, now + kPatience,
            [question = question_]() -> Result<Answer> { return question(); });
        is_asking_ = false;
        has_asked_ = true;
        asked_at_ = std::chrono::steady_clock::now();
        last_ = answer ? *std::move(answer) : Answer{};
        co_return last_;
    }

private:
    static constexpr std::chrono::seconds kFresh{1};
    static constexpr std::chrono::seconds kPatience{2};

    std::function<Answer()> question_;
    asio::thread_pool thread_{1};
    bool is_asking_ = false;
    bool has_asked_ = false;
    std::chrono::steady_clock::time_point asked_at_ = std::chrono::steady_clock::time_point::min();
    Answer last_{};
};

std::optional<std::size_t> count_frozen(store::Store& store) {
    const auto lanes = store.lanes();
    if (!lanes) return std::nullopt;
    const auto frozen = std::ranges::count_if(
        *lanes, [](const store::LaneRecord& lane) { return lane.frozen_at.has_value(); });
    return static_cast<std::size_t>(frozen);
}

std::vector<BackEnd> probe(flow::Keyring& keyring) {
    std::vector<BackEnd> out;
    for (const auto& source : keyring.sources())
        out.push_back({source->origin().back_end, source->probe().has_value()});
    return out;
}

}  // namespace

struct Checkup::Watches {
    explicit Watches(flow::Services& services)
        : back_ends{[&keyring = services.keyring] { return probe(keyring); }},
          store{[&store = services.store] { return store.check_writable().has_value(); }},
          lanes{[&store = services.store] { return count_frozen(store); }} {}

    Watch<std::vector<BackEnd>> back_ends;
    Watch<bool> store;
    /// How many lanes are frozen; empty: that is not known.
    Watch<std::optional<std::size_t>> lanes;
};

Checkup::Checkup(
    flow::Services& services, flow::Intents& intents, const auth::Authenticator& authenticator)
    : services_{services},
      intents_{intents},
      authenticator_{authenticator},
      watches_{std::make_shared<Watches>(services)} {}

Checkup::~Checkup() = default;

void Checkup::close() {
    watches_->back_ends.close();
    watches_->store.close();
    watches_->lanes.close();
}

asio::awaitable<std::vector<BackEnd>> Checkup::back_ends() {
    return watches_->back_ends.ask();
}

asio::awaitable<bool> Checkup::is_store_writable() {
    return watches_->store.ask();
}

asio::awaitable<std::optional<std::size_t>> Checkup::frozen_lanes() {
    return watches_->lanes.ask();
}

Component Checkup::serving() const {
    switch (serving_) {
        case Serving::not_yet:
            return {"serving", false, true, "starting"};
        case Serving::yes:
            return {"serving", true, true, "serving"};
        case Serving::draining:
            return {"serving", false, true, "draining"};
    }
    bug("a Serving that does not exist");
}

Component Checkup::recovery() const {
    const bool is_done = intents_.is_recovered();
    return {"recovery", is_done, true, is_done ? "done" : "under way"};
}

/// One agent that was switched off does not make the others' sidecar useless; all of them do.
Component Checkup::credentials() const {
    const auto& identities = authenticator_.identities();
    std::size_t held = 0;
    std::size_t refused = 0;
    for (const auto& identity : identities) {
        const auto view = identity.credential->view();
        if (view.expires_at) ++held;
        if (view.is_refused) ++refused;
    }
    const bool has_all = held == identities.size();
    return {
        "credentials", has_all, rules_.needs_credentials || held == 0,
        fmt::format("{} of {} have a token, {} refused", held, identities.size(), refused)};
}

/// An outage of the far side is not cured by taking this process away.
void Checkup::add_chains(std::vector<Component>& out) const {
    const auto chains = services_.chains;
    for (const auto& chain : chains->registry.chains()) {
        if (!chain.is_enabled) continue;
        const auto client = chains->clients.find(chain.chain_id.value);
        const auto all = client == chains->clients.end() ? std::vector<node::EndpointHealth>{}
                                                         : client->second->health();
        const auto usable = std::ranges::count_if(all, node::may_answer);
        out.push_back(
            {fmt::format("chain-{}", chain.chain_id.value), usable > 0, rules_.needs_chains,
             fmt::format("{} of {} endpoints usable", usable, all.size())});
    }
}

asio::awaitable<bool> Checkup::do_keys_answer() {
    co_return all_connected(co_await back_ends());
}

asio::awaitable<std::vector<Component>> Checkup::look() {
    // At once: each may take its two seconds.
    std::vector<asio::awaitable<bool>> work;
    work.push_back(do_keys_answer());
    work.push_back(is_store_writable());
    const auto answers = co_await gather(std::move(work));
    std::vector<Component> out{serving(), recovery()};
    out.push_back({"keys", answers[0], true, answers[0] ? "connected" : "unavailable"});
    out.push_back({"store", answers[1], true, answers[1] ? "writable" : "unavailable"});
    // Without identities every caller brings a token of its own.
    if (!authenticator_.identities().empty()) out.push_back(credentials());
    add_chains(out);
    co_return out;
}

std::vector<Component> Checkup::startup() const {
    auto doors = serving();
    // What drains has started all the same.
    doors.is_well = is_started();
    return {std::move(doors), recovery()};
}

bool all_connected(const std::vector<BackEnd>& back_ends) {
    return !back_ends.empty() && std::ranges::all_of(back_ends, &BackEnd::is_connected);
}

bool is_ready(const std::vector<Component>& components) {
    return std::ranges::none_of(
        components, [](const Component& part) { return part.counts && !part.is_well; });
}

}  // namespace chela::sidecar::api
