#include "sidecar/hooks/look_up.hpp"

#include <atomic>
#include <functional>
#include <mutex>
#include <netdb.h>
#include <sys/socket.h>
#include <system_error>
#include <thread>

namespace chela::sidecar::hooks {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Code = boost::system::error_code;
using Endpoints = std::vector<tcp::endpoint>;
using Answer = std::shared_ptr<Result<Endpoints>>;  // null: the time is over
using Once = asio::experimental::concurrent_channel<void(Code, Answer)>;

constexpr std::size_t kMostThreads = 128;
std::atomic<std::size_t>& threads() {
    static std::atomic<std::size_t> count = 0;
    return count;
}

std::unexpected<Error> unresolved(std::string_view why) {
    return fail(
        ErrorCode::unavailable, "the host name " + std::string{why}, "E_WEBHOOK_UNAVAILABLE");
}

/// Blocking.
Result<Endpoints> ask_system(const std::string& host, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* list = nullptr;
    if (const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &list); error != 0)
        return unresolved(std::string{"does not resolve: "} + ::gai_strerror(error));
    Endpoints out;
    for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
        tcp::endpoint endpoint;
        if (entry->ai_addrlen > endpoint.capacity()) continue;
        std::memcpy(endpoint.data(), entry->ai_addr, entry->ai_addrlen);
        endpoint.resize(entry->ai_addrlen);
        endpoint.port(port);
        out.push_back(endpoint);
    }
    ::freeaddrinfo(list);
    if (out.empty()) return unresolved("has no address");
    return out;
}

/// Where a thread puts its answer, as long as somebody waits for it.
class Desk {
public:
    explicit Desk(std::function<void(Answer)> taker) : taker_{std::move(taker)} {}
    void put(Answer answer) {
        const std::lock_guard lock{mutex_};
        if (taker_) taker_(std::move(answer));
    }
    void close() {
        const std::lock_guard lock{mutex_};
        taker_ = nullptr;
    }

private:
    std::mutex mutex_;
    std::function<void(Answer)> taker_;
};

/// Closes the desk with the coroutine that waits, however that ends: later its executor may be
/// gone.
class Waiting {
public:
    explicit Waiting(std::shared_ptr<Desk> desk) : desk_{std::move(desk)} {}
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    ~Waiting() { desk_->close(); }

private:
    std::shared_ptr<Desk> desk_;
};

/// @return does a thread work on it?
bool start_thread(std::shared_ptr<Desk> desk, std::string host, std::uint16_t port) {
    if (threads().fetch_add(1) >= kMostThreads) {
        threads().fetch_sub(1);
        return false;
    }
    try {
        std::thread{[desk = std::move(desk), host = std::move(host), port] {
            desk->put(std::make_shared<Result<Endpoints>>(ask_system(host, port)));
            threads().fetch_sub(1);
        }}.detach();
    } catch (const std::system_error&) {
        threads().fetch_sub(1);
        return false;
    }
    return true;
}

}  // namespace

asio::awaitable<Result<Endpoints>> look_up(
    std::string host, std::uint16_t port, Deadline deadline) {
    Code code;
    const auto written = asio::ip::make_address(host, code);
    if (!code) co_return Endpoints{{written, port}};
    const auto executor = co_await asio::this_coro::executor;
    const auto once = std::make_shared<Once>(executor, 2);  // room for both; the first is read
    const auto desk = std::make_shared<Desk>(
        [once](Answer answer) { once->try_send(Code{}, std::move(answer)); });
    const Waiting waiting{desk};
    if (!start_thread(desk, std::move(host), port))
        co_return unresolved("cannot be looked up now: too many look-ups hang");
    asio::steady_timer timer{executor, deadline};
    timer.async_wait([once](Code ended) {
        if (!ended) once->try_send(Code{}, Answer{});
    });
    const auto [failed, answer] = co_await once->async_receive(asio::as_tuple(asio::use_awaitable));
    if (failed || !answer) co_return unresolved("did not resolve in time");
    co_return std::move(*answer);
}

}  // namespace chela::sidecar::hooks
