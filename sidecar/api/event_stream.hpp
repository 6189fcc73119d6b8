#pragma once

#include "sidecar/api/context.hpp"
#include "sidecar/api/seats.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace chela::sidecar::api {

/// The events of an intent behind a number.
struct EventPage {
    std::vector<store::EventRecord> events;
    bool is_end = false;  ///< the intent is final, and there is nothing behind these
};
/// Blocking. @return as IntentStore::intent
[[nodiscard]] Result<EventPage> read_events(
    store::Store& store, const std::string& intent_id, std::int64_t after);

inline constexpr std::size_t kMostStreams = 64;
inline constexpr std::size_t kMostStreamsOfOne = 8;
/// Room for those who follow events. @param on_change  hears how many do
[[nodiscard]] std::shared_ptr<Seats> stream_seats(std::function<void(std::size_t)> on_change);

/// "id", "event" and "data" lines. Source: WHATWG HTML, 9.2.5 "Parsing an event stream".
[[nodiscard]] std::string to_event_stream(const store::EventRecord& event);

/// The events of one intent as they come, until its last one, or until the caller's credentials
/// hold no more: they are checked before every answer, heartbeats included.
/// Threads: the io_context's one.
class EventStream final : public http::BodySource {
public:
    /// @param request  the caller's, as it came; its path names agent and intent
    /// @param after    the last event that the caller has
    EventStream(
        Context& context,
        http::Request request,
        std::int64_t after,
        std::unique_ptr<Seats::Seat> seat);

    [[nodiscard]] boost::asio::awaitable<std::string> next() override;
    void stop() override;

private:
    boost::asio::awaitable<bool> is_still_allowed();
    /// @return the events that came since, as text; empty: none
    boost::asio::awaitable<std::string> read();

    Context& context_;
    http::Request request_;
    std::string intent_id_;
    std::int64_t after_;
    std::unique_ptr<Seats::Seat> seat_;
    hooks::EventWatch::Waiter waiter_;
    Deadline heartbeat_;
    bool is_first_ = true;
    bool is_over_ = false;
};

}  // namespace chela::sidecar::api
