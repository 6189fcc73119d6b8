#include "tests/sidecar/http/running_server.hpp"

#include "chains/base/json.hpp"

#include <deque>
#include <stdexcept>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::http::test {

namespace asio = boost::asio;

namespace {

asio::awaitable<Response> ping(Request) {
    co_return json_response(200, Json{{"pong", true}});
}

asio::awaitable<Response> echo(Request request) {
    Json headers = Json::array();
    for (const auto& [name, value] : request.headers)
        headers.push_back({name, value});
    co_return json_response(
        200, Json{
                 {"method", request.method},
                 {"path", request.path},
                 {"query", request.query},
                 {"headers", headers},
                 {"body", request.body},
                 {"request_id", request.request_id},
                 {"traceparent", std::string{request.deadline.traceparent().value().view()}}});
}

asio::awaitable<Response> peer(Request request) {
    if (!request.peer) co_return json_response(200, Json{{"peer", nullptr}});
    co_return json_response(
        200,
        Json{{"uid", request.peer->uid}, {"gid", request.peer->gid}, {"pid", request.peer->pid}});
}

asio::awaitable<Response> noted(Request request) {
    request.footprint->caller = "agent";
    request.footprint->agent_id = "a-1";
    request.footprint->reason = "E_IN_THE_BODY";
    co_return json_response(200, Json::object());
}

asio::awaitable<Response> certificate(Request request) {
    if (!request.certificate) co_return json_response(200, Json{{"certificate", nullptr}});
    co_return json_response(
        200, Json{
                 {"uris", request.certificate->uris},
                 {"dns_names", request.certificate->dns_names},
                 {"fault", request.certificate->fault},
                 {"ends", request.certificate->valid_until.time_since_epoch().count()}});
}

asio::awaitable<Response> gone(Request) {
    co_return no_content();
}

asio::awaitable<Response> throws(Request) {
    throw std::runtime_error{"the inside story"};
    co_return Response{};
}

asio::awaitable<Response> split(Request) {
    Response response;
    response.headers.emplace_back("X-Bad", "a\r\nSet-Cookie: b");
    co_return response;
}

}  // namespace

/// Gives what the test says.
class RunningServer::Said final : public BodySource {
public:
    explicit Said(RunningServer& server) : server_{server}, timer_{server.context_} {
        server_.said_.insert(this);
        ++server_.streams_;
    }
    Said(const Said&) = delete;
    Said& operator=(const Said&) = delete;
    ~Said() override {
        server_.said_.erase(this);
        --server_.streams_;
    }
    void say(std::string piece) {
        waiting_.push_back(std::move(piece));
        timer_.cancel();
    }
    asio::awaitable<std::string> next() override {
        while (waiting_.empty() && !stopped_) {
            timer_.expires_at(Deadline::max());
            co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        }
        if (stopped_) co_return std::string{};
        std::string out = std::move(waiting_.front());
        waiting_.pop_front();
        ++server_.pieces_;
        co_return out;
    }
    void stop() override {
        stopped_ = true;
        timer_.cancel();
    }

private:
    RunningServer& server_;
    asio::steady_timer timer_;
    std::deque<std::string> waiting_;
    bool stopped_ = false;
};

class RunningServer::Flood final : public BodySource {
public:
    explicit Flood(RunningServer& server) : server_{server} { ++server_.streams_; }
    Flood(const Flood&) = delete;
    Flood& operator=(const Flood&) = delete;
    ~Flood() override { --server_.streams_; }
    asio::awaitable<std::string> next() override {
        co_return stopped_ ? std::string{} : std::string(std::size_t{256} * 1024, 'x');
    }
    void stop() override { stopped_ = true; }

private:
    RunningServer& server_;
    bool stopped_ = false;
};

RunningServer::RunningServer(ServerOptions options, std::optional<ServerTls> tls) {
    options.on_handshake_failed = [this](const std::string& why) {
        const std::lock_guard lock{mutex_};
        failed_handshakes_.push_back(why);
    };
    options.on_access = [this](const AccessEntry& entry) {
        const std::lock_guard lock{mutex_};
        access_.push_back(entry);
    };
    server_ = std::make_unique<Server>(context_, routes(), std::move(options));
    const auto port = server_->listen_tcp("127.0.0.1:0");
    EXPECT_TRUE(port.has_value());
    port_ = port.value_or(0);
    if (tls) {
        server_->use(*std::move(tls));
        tls_port_ =
            server_
                ->listen_tcp(
                    "127.0.0.1:0", {.reach = Reach::loopback, .encryption = Encryption::tls})
                .value_or(0);
    }
    EXPECT_TRUE(server_->listen_unix(unix_socket(), 0600).has_value());
    thread_ = std::thread{[this] { context_.run(); }};
}

RunningServer::~RunningServer() {
    open_gate();
    drain(std::chrono::milliseconds{0}).wait();
    work_.reset();
    thread_.join();
}

std::shared_ptr<const Router> RunningServer::routes() {
    auto made = std::make_shared<Router>();
    made->add("GET", "/ping", ping);
    for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
        made->add(method, "/echo", echo);
    }
    made->add("GET", "/peer", peer);
    made->add("GET", "/certificate", certificate);
    made->add("GET", "/gone", gone);
    made->add("GET", "/noted", noted);
    made->add("GET", "/throw", throws);
    made->add("GET", "/split", split);
    made->add("GET", "/stream", [this](Request) -> asio::awaitable<Response> {
        Response response;
        response.content_type = "text/event-stream";
        response.headers.emplace_back("Content-Length", "5");  // framing is not the handler's
        response.stream = std::make_shared<Said>(*this);
        co_return response;
    });
    made->add("GET", "/flood", [this](Request) -> asio::awaitable<Response> {
        Response response;
        response.stream = std::make_shared<Flood>(*this);
        co_return response;
    });
    made->add("GET", "/slow", [this](Request) -> asio::awaitable<Response> {
        ++waiting_;
        while (!is_open_) {
            gate_.expires_at(Deadline::max());
            co_await gate_.async_wait(asio::as_tuple(asio::use_awaitable));
        }
        --waiting_;
        co_return json_response(200, Json{{"slow", true}});
    });
    return made;
}

void RunningServer::use(ServerTls tls) {
    std::promise<void> done;
    asio::post(context_, [this, &done, &tls] {
        server_->use(std::move(tls));
        done.set_value();
    });
    done.get_future().wait();
}

std::vector<std::string> RunningServer::failed_handshakes() const {
    const std::lock_guard lock{mutex_};
    return failed_handshakes_;
}

std::vector<AccessEntry> RunningServer::access() const {
    const std::lock_guard lock{mutex_};
    return access_;
}

void RunningServer::open_gate() {
    asio::post(context_, [this] {
        is_open_ = true;
        gate_.cancel();
    });
}

void RunningServer::say(std::string piece) {
    asio::post(context_, [this, piece = std::move(piece)] {
        for (auto* said : said_)
            said->say(piece);
    });
}

std::future<void> RunningServer::drain(std::chrono::milliseconds limit) {
    return asio::co_spawn(context_, server_->drain(limit), asio::use_future);
}

}  // namespace chela::sidecar::http::test
