#include "sidecar/api/event_stream.hpp"

#include <fmt/format.h>

namespace chela::sidecar::api {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kLimit{10};
constexpr std::size_t kBatch = 100;

Deadline soon() {
    return std::chrono::steady_clock::now() + kLimit;
}

}  // namespace

Result<EventPage> read_events(
    store::Store& store, const std::string& intent_id, std::int64_t after) {
    // First the state: what made it final is in the log by then.
    const auto intent = store.intent(intent_id);
    if (!intent) return std::unexpected{intent.error()};
    auto events = store.events_of_intent(intent_id, after, kBatch);
    if (!events) return std::unexpected{events.error()};
    const bool is_end = store::is_final(intent->state) && events->size() < kBatch;
    return EventPage{*std::move(events), is_end};
}

std::shared_ptr<Seats> stream_seats(std::function<void(std::size_t)> on_change) {
    constexpr auto kCode = ErrorCode::rate_limited;
    const auto of_one = fmt::format(
        "a caller follows {} transactions at most; end a stream first", kMostStreamsOfOne);
    return std::make_shared<Seats>(Seats::Options{
        .most = kMostStreams,
        .most_of_one = kMostStreamsOfOne,
        .full = {kCode, "all streams are taken", "E_STREAMS_FULL"},
        .full_of_one = {kCode, of_one, "E_STREAMS_FULL"},
        .on_change = std::move(on_change)});
}

std::string to_event_stream(const store::EventRecord& event) {
    return fmt::format("id: {}\nevent: {}\ndata: {}\n\n", event.sequence, event.type, event.body);
}

EventStream::EventStream(
    Context& context, http::Request request, std::int64_t after, std::unique_ptr<Seats::Seat> seat)
    : context_{context},
      request_{std::move(request)},
      intent_id_{request_.parameters.at("tx_id")},
      after_{after},
      seat_{std::move(seat)},
      waiter_{context.hooks->watch},
      heartbeat_{std::chrono::steady_clock::now() + context.hooks->heartbeat} {}

asio::awaitable<std::string> EventStream::next() {
    while (!is_over_) {
        const std::int64_t known = context_.hooks->watch.newest();
        std::string text = co_await read();
        const auto now = std::chrono::steady_clock::now();
        if (text.empty() && now >= heartbeat_) text = ": heartbeat\n\n";
        if (!text.empty()) {
            heartbeat_ = now + context_.hooks->heartbeat;
            const bool is_allowed = co_await is_still_allowed();
            co_return is_allowed ? text : std::string{};
        }
        if (!is_over_) co_await waiter_.wait(known, heartbeat_);
    }
    co_return std::string{};
}

void EventStream::stop() {
    is_over_ = true;
    waiter_.cancel();
}

asio::awaitable<std::string> EventStream::read() {
    const auto page = co_await context_.services.on_store<EventPage>(
        soon(),
        [&store = context_.services.store, id = intent_id_, after = after_,
         is_first = is_first_]() -> Result<EventPage> {
            // Mostly somebody else's events woke us: one look at the index is enough then.
            if (!is_first) {
                const auto any = store.events_of_intent(id, after, 1);
                if (!any) return std::unexpected{any.error()};
                if (any->empty()) return EventPage{};
            }
            return read_events(store, id, after);
        });
    if (!page) {
        // The caller comes again, and says what it has.
        is_over_ = true;
        co_return std::string{};
    }
    is_first_ = false;
    std::string text;
    for (const auto& event : page->events) {
        text += to_event_stream(event);
        after_ = event.sequence;
    }
    if (page->is_end) is_over_ = true;
    co_return text;
}

asio::awaitable<bool> EventStream::is_still_allowed() {
    http::Request request = request_;
    request.deadline = soon();
    const auto caller = co_await require_reader(context_, std::move(request));
    if (!caller) is_over_ = true;
    co_return caller.has_value();
}

}  // namespace chela::sidecar::api
