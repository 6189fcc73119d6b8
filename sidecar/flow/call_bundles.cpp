#include "sidecar/flow/call_bundles.hpp"

#include "chains/base/json.hpp"
#include "sidecar/edge/entropy.hpp"
#include "sidecar/edge/wait.hpp"
#include "sidecar/telemetry/log.hpp"

#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::flow {

namespace asio = boost::asio;
using store::BundleRecord;
using store::IntentRecord;
using store::IntentState;

namespace {

constexpr JsonLimits kDeep{.max_depth = 128};

/// Blanks are in no key that a caller may give.
std::string key_of(const BundleRecord& bundle, std::size_t at, unsigned attempt) {
    const auto key = fmt::format("{} {}", bundle.key, at);
    return attempt == 0 ? key : fmt::format("{} {}", key, attempt);
}

/// It ended with the process that had it; nothing was signed for it, ever.
bool was_interrupted(const IntentRecord& intent) {
    return intent.state == IntentState::failed && intent.error_code == "E_INTERRUPTED";
}

/// The latest intent of a call, and the key of the next try. Blocking.
struct CallIntent {
    std::optional<IntentRecord> intent;
    std::string key;
};
Result<CallIntent> find_call(store::Store& store, const BundleRecord& bundle, std::size_t at) {
    CallIntent out;
    for (unsigned attempt = 0;; ++attempt) {
        out.key = key_of(bundle, at, attempt);
        auto found = store.intent_by_key(bundle.agent_id, hash_idempotency_key(out.key));
        if (!found && found.error().code == ErrorCode::not_found) return out;
        if (!found) return std::unexpected{found.error()};
        out.intent = *std::move(found);
        if (!was_interrupted(*out.intent)) return out;
    }
}

std::size_t calls_of(const BundleRecord& bundle) {
    const auto calls = parse_json(bundle.calls, kDeep);
    if (!calls || !calls->is_array()) bug("the stored calls of a bundle do not read");
    return calls->size();
}

/// Blocking.
Result<std::vector<std::optional<IntentRecord>>> find_calls(
    store::Store& store, const BundleRecord& bundle, std::size_t count) {
    std::vector<std::optional<IntentRecord>> out;
    for (std::size_t at = 0; at < count; ++at) {
        auto found = find_call(store, bundle, at);
        if (!found) return std::unexpected{found.error()};
        out.push_back(std::move(found->intent));
    }
    return out;
}

Result<BundleProgress> read_progress(
    store::Store& store, const std::string& agent_id, const std::string& id) {
    auto bundle = store.bundle(agent_id, id);
    if (!bundle) return std::unexpected{bundle.error()};
    auto intents = find_calls(store, *bundle, calls_of(*bundle));
    if (!intents) return std::unexpected{intents.error()};
    return BundleProgress{*std::move(bundle), *std::move(intents)};
}

/// Nobody works on it, and it holds nothing.
bool is_idle(const std::optional<IntentRecord>& intent) {
    return !intent || intent->state == IntentState::received || was_interrupted(*intent);
}

Status check_may_sign(store::Store& store, const std::string& agent_id) {
    const auto agent = store.agent(agent_id);
    if (!agent) return std::unexpected{agent.error()};
    if (agent->is_active && agent->intents_api_enabled) return {};
    return fail(
        ErrorCode::denied,
        "the agent may not sign any more; what is left of the bundle is not sent",
        "E_INTENTS_DISABLED");
}

}  // namespace

std::string to_stored(const std::vector<IntentRequest>& calls) {
    Json out = Json::array();
    for (const auto& call : calls)
        out.push_back(Json::parse(to_stored(call)));
    return out.dump();
}

Result<std::vector<IntentRequest>> read_stored_calls(
    std::string_view text, const chains::Registry& registry) {
    const auto calls = parse_json(text, kDeep);
    if (!calls || !calls->is_array())
        return fail(ErrorCode::internal, "the stored calls of a bundle do not read");
    std::vector<IntentRequest> out;
    for (const auto& call : *calls) {
        auto read = read_stored(call.dump(), registry);
        if (!read) return std::unexpected{read.error()};
        auto* const request = std::get_if<IntentRequest>(&*read);
        if (request == nullptr)
            return fail(ErrorCode::internal, "a stored call of a bundle is no transaction");
        out.push_back(std::move(*request));
    }
    return out;
}

CallBundles::CallBundles(
    asio::any_io_executor executor, Services& services, Intents& intents, CallBundleOptions options)
    : executor_{std::move(executor)},
      services_{services},
      intents_{intents},
      options_{options} {}

Deadline CallBundles::one_try() const {
    return std::chrono::steady_clock::now() + options_.submit_timeout;
}

void CallBundles::start() {
    ++running_;
    asio::co_spawn(executor_, resume(this), asio::detached);
}

asio::awaitable<void> CallBundles::resume(CallBundles* self) {
    asio::steady_timer again{self->executor_};
    while (!self->stopping_) {
        const auto open = co_await self->services_.on_store<std::vector<BundleRecord>>(
            self->one_try(), [&store = self->services_.store] { return store.open_bundles(); });
        if (open) {
            for (const auto& bundle : *open)
                self->take_up(bundle);
            break;
        }
        log::event(log::Level::error, "bundles_failed", {{"error", open.error().detail}});
        again.expires_after(self->options_.interval);
        co_await again.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    --self->running_;
}

asio::awaitable<void> CallBundles::stop() {
    stopping_ = true;
    for (const auto& work : works_)
        work->alarm.cancel();
    co_await wait_while([this] { return running_ > 0; });
}

asio::awaitable<Result<BundleProgress>> CallBundles::submit(
    BundleRecord bundle, std::vector<IntentRequest> calls, Deadline deadline) {
    if (calls.empty()) bug("a bundle without calls");
    if (stopping_) co_return fail(ErrorCode::unavailable, "chela is stopping", "E_STOPPING");
    bundle.key = random_uuid();
    bundle.chain = calls.front().chain.name;
    bundle.chain_id = calls.front().chain.chain_id;
    bundle.calls = to_stored(calls);
    bundle.created_at = services_.clock.now();
    // A bundle is stored before its first call is counted, and stays.
    if (auto ok = intents_.count_signature(bundle.agent_id); !ok)
        co_return std::unexpected{ok.error()};
    const auto stored = co_await services_.on_store<bool>(
        deadline,
        [&store = services_.store, executor = executor_, weak = std::weak_ptr{self_},
         bundle]() -> Result<bool> {
            if (auto ok = store.insert_bundle(bundle); !ok) return std::unexpected{ok.error()};
            // Whoever gave up waiting is not there to do it: what is stored is carried out.
            asio::post(executor, [weak, bundle] {
                const auto self = weak.lock();
                if (self && !(*self)->stopping_) (*self)->take_up(bundle);
            });
            return true;
        });
    if (!stored) co_return std::unexpected{stored.error()};
    const auto work = take_up(bundle);
    co_await wait_while([this, &work, deadline] {
        return !work->was_tried && !stopping_ && std::chrono::steady_clock::now() < deadline;
    });
    co_return co_await progress(bundle.agent_id, bundle.id, deadline);
}

asio::awaitable<Result<BundleProgress>> CallBundles::progress(
    std::string agent_id, std::string id, Deadline deadline) {
    co_return co_await services_.on_store<BundleProgress>(
        deadline,
        [&store = services_.store, agent_id, id] { return read_progress(store, agent_id, id); });
}

std::shared_ptr<CallBundles::Work> CallBundles::take_up(BundleRecord bundle) {
    for (const auto& work : works_)
        if (work->bundle.key == bundle.key) return work;
    auto work = std::make_shared<Work>(
        Work{.bundle = std::move(bundle), .alarm = asio::steady_timer{executor_}});
    works_.insert(work);
    ++running_;
    asio::co_spawn(executor_, run(this, work), asio::detached);
    return work;
}

asio::awaitable<void> CallBundles::run(CallBundles* self, std::shared_ptr<Work> work) {
    const auto count = calls_of(work->bundle);
    Step step{.next = Next::go_on, .code = {}, .message = {}};
    for (std::size_t at = 0; at < count && step.next == Next::go_on; ++at)
        step = co_await self->carry_out(work, at);
    // What is stopped half-way stays open: the next process goes on with it.
    if (step.next != Next::look_again) co_await self->close(work, std::move(step));
    work->was_tried = true;
    self->works_.erase(work);
    --self->running_;
}

asio::awaitable<CallBundles::Step> CallBundles::carry_out(
    std::shared_ptr<Work> work, std::size_t at) {
    Step step;
    while (!stopping_) {
        step = co_await try_call(work, at);
        // That it ended is known when it is stored.
        work->was_tried = work->was_tried || step.next != Next::end;
        if (step.next != Next::look_again) break;
        co_await pause(work);
    }
    co_return step;
}

CallBundles::Step CallBundles::judge(const IntentRecord& intent, std::size_t at) {
    switch (intent.state) {
        case IntentState::received:
        case IntentState::awaiting_approval:
        case IntentState::reserved:
            return {};
        case IntentState::signed_:
        case IntentState::sign_only:
        case IntentState::broadcast:
        case IntentState::stalled:
        case IntentState::mined:
        case IntentState::confirmed:
        case IntentState::signed_message:
            return {.next = Next::go_on, .code = {}, .message = {}};
        case IntentState::denied:
        case IntentState::simulation_failed:
        case IntentState::failed:
        case IntentState::cancelling:
        case IntentState::cancelled:
        case IntentState::reverted:
            return {
                .next = Next::end,
                .code = "E_CALL_ENDED",
                .message =
                    fmt::format("call {} of the bundle: {}", at + 1, to_string(intent.state))};
    }
    bug("an IntentState that does not exist");
}

asio::awaitable<CallBundles::Step> CallBundles::try_call(
    std::shared_ptr<Work> work, std::size_t at) {
    auto found = co_await services_.on_store<Found>(
        one_try(), [&store = services_.store, bundle = work->bundle, at] {
            return find_calls(store, bundle, at + 1);
        });
    if (!found) co_return Step{};
    // What went before may have failed since.
    for (std::size_t before = 0; before < at; ++before) {
        const auto& intent = found->at(before);
        if (!intent) bug("a call of a bundle whose predecessor was never submitted");
        if (auto step = judge(*intent, before); step.next == Next::end) co_return step;
    }
    auto& intent = found->at(at);
    if (intent && !is_idle(intent)) co_return judge(*intent, at);
    co_return co_await submit_call(std::move(work), at, std::move(intent));
}

asio::awaitable<CallBundles::Step> CallBundles::submit_call(
    std::shared_ptr<Work> work, std::size_t at, std::optional<IntentRecord> before) {
    const auto& bundle = work->bundle;
    const auto key = co_await services_.on_store<std::string>(
        one_try(), [&store = services_.store, bundle, at]() -> Result<std::string> {
            if (auto ok = check_may_sign(store, bundle.agent_id); !ok)
                return std::unexpected{ok.error()};
            auto call = find_call(store, bundle, at);
            if (!call) return std::unexpected{call.error()};
            return std::move(call->key);
        });
    std::optional<Error> error;
    if (!key) error = key.error();
    if (services_.clock.now() - bundle.created_at >= options_.lifetime) {
        error = Error{
            ErrorCode::denied, "the call could not be signed in time; it and the rest are not sent",
            "E_BUNDLE_EXPIRED"};
    }
    const auto calls = read_stored_calls(bundle.calls, services_.chains->registry);
    if (!error && !calls) error = calls.error();
    if (!error && calls->at(at).chain.chain_id != bundle.chain_id) {
        error = Error{
            ErrorCode::denied, "the chain " + bundle.chain + " is another one now",
            "E_UNKNOWN_CHAIN"};
    }
    if (!error) {
        const auto done = co_await intents_.submit(bundle.agent_id, *key, calls->at(at), one_try());
        if (done) co_return judge(done->intent, at);
        error = done.error();
    }
    if (is_passing(error->code) || error->reason == "E_IN_FLIGHT") co_return Step{};
    // Nothing of it may go on by itself after the bundle has ended.
    if (before && before->state == IntentState::received) {
        const auto ended = co_await intents_.cancel(before->id, "bundle", one_try());
        if (!ended && is_passing(ended.error().code)) co_return Step{};
    }
    co_return Step{.next = Next::end, .code = reason_of(*error), .message = error->detail};
}

asio::awaitable<void> CallBundles::close(std::shared_ptr<Work> work, Step step) {
    if (!step.code.empty()) {
        log::event(
            log::Level::info, "bundle_ended",
            {{"agent_id", work->bundle.agent_id}, {"code", step.code}, {"detail", step.message}});
    }
    while (!stopping_) {
        const auto closed = co_await services_.on_store<bool>(
            one_try(), [&store = services_.store, key = work->bundle.key, step]() -> Result<bool> {
                if (auto ok = store.close_bundle(key, step.code, step.message); !ok)
                    return std::unexpected{ok.error()};
                return true;
            });
        if (closed) co_return;
        co_await pause(work);
    }
}

asio::awaitable<void> CallBundles::pause(std::shared_ptr<Work> work) const {
    work->alarm.expires_after(options_.interval);
    co_await work->alarm.async_wait(asio::as_tuple(asio::use_awaitable));
}

}  // namespace chela::sidecar::flow
