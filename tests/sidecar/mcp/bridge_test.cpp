// Between a client's pipes and a door that only remembers what came.
#include "sidecar/mcp/bridge.hpp"

#include "sidecar/http/problem.hpp"
#include "sidecar/http/server.hpp"
#include "sidecar/mcp/engine.hpp"
#include "tests/support/temp_dir.hpp"

#include <atomic>
#include <mutex>
#include <sstream>
#include <streambuf>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::mcp {
namespace {

namespace asio = boost::asio;

Answer echo(Call call) {
    co_return Json{{"params", call.params}};
}

/// A door with one method, on a socket of either kind; its requests are remembered.
class Door {
public:
    Door() {
        const auto router = std::make_shared<http::Router>();
        router->add("POST", "/mcp", [this](http::Request request) {
            return serve(this, std::move(request));
        });
        server_ = std::make_unique<http::Server>(context_, router, http::ServerOptions{});
        const auto port = server_->listen_tcp("127.0.0.1:0");
        if (!port) bug(port.error().detail);
        port_ = *port;
        if (auto ok = server_->listen_unix(socket(), 0600); !ok) bug(ok.error().detail);
        thread_ = std::thread{[this] { context_.run(); }};
    }
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;
    ~Door() {
        context_.stop();
        thread_.join();
    }

    [[nodiscard]] std::filesystem::path socket() const { return folder_.path() / "s"; }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::vector<http::Request> requests() const {
        const std::lock_guard lock{mutex_};
        return requests_;
    }

private:
    static asio::awaitable<http::Response> serve(Door* self, http::Request request) {
        {
            const std::lock_guard lock{self->mutex_};
            self->requests_.push_back(request);
        }
        if (request.body.find("nobody") != std::string::npos)
            co_return refusal(401, {kInvalidRequest, "who?", {{"code", "E_NO_CREDENTIALS"}}});
        if (request.body.find("problem") != std::string::npos)
            co_return http::problem(429, "E_BUSY", "later");
        co_return co_await self->engine_.post(std::move(request), {.id = "a"});
    }

    chela::test::TempDir folder_;
    asio::io_context context_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
    SystemClock clock_;
    Engine engine_{
        {.name = "t", .title = "T", .version = "1", .instructions = "", .capabilities = {}},
        {{.name = "tools/call", .handler = echo, .named_by = "name"}},
        clock_};
    mutable std::mutex mutex_;
    std::vector<http::Request> requests_;
    std::unique_ptr<http::Server> server_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

std::vector<Json> spoken(const Reach& reach, const std::string& input) {
    std::istringstream lines{input};
    std::vector<Json> said;
    bridge(reach, lines, [&said](const std::string& line) {
        EXPECT_EQ(line.find('\n'), std::string::npos);
        said.push_back(Json::parse(line));
    });
    return said;
}

Reach over_tcp(std::uint16_t port, std::string token = {}) {
    return {Reach::Tcp{asio::ip::address_v4::loopback(), port}, std::move(token)};
}

TEST(mcp_bridge, carries_a_modern_request_with_the_headers_that_it_needs) {
    const Door door;
    const Json request{
        {"jsonrpc", "2.0"},
        {"id", "x"},
        {"method", "tools/call"},
        {"params",
         {{"name", "zahl \xc3\xbc"},
          {"_meta", {{kMetaVersion, kModernVersion}, {kMetaCapabilities, Json::object()}}}}}};
    const auto said = spoken(over_tcp(door.port(), "secret-token"), request.dump() + "\n");
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(said[0].at("id"), "x");
    EXPECT_EQ(said[0].at("result").at("resultType"), "complete") << said[0].dump();
    const auto requests = door.requests();
    ASSERT_EQ(requests.size(), 1U);
    const auto& sent = requests[0];
    EXPECT_EQ(sent.header("mcp-protocol-version"), "2026-07-28");
    EXPECT_EQ(sent.header("mcp-method"), "tools/call");
    EXPECT_EQ(sent.header("mcp-name"), "=?base64?emFobCDDvA==?=");
    EXPECT_EQ(sent.header("x-chela-token"), "secret-token");
}

/// A client that says its next line once it has heard the answer to the one before.
class InTurns final : public std::streambuf {
public:
    explicit InTurns(std::vector<std::string> lines) : lines_{std::move(lines)} {}
    void hear() { ++heard_; }

private:
    int_type underflow() override {
        while (heard_ < next_)
            std::this_thread::yield();
        if (next_ == lines_.size()) return traits_type::eof();
        auto& line = lines_[next_++];
        setg(line.data(), line.data(), line.data() + line.size());
        return traits_type::to_int_type(line.front());
    }

    std::vector<std::string> lines_;
    std::size_t next_ = 0;
    std::atomic<std::size_t> heard_ = 0;
};

TEST(mcp_bridge, goes_on_with_the_version_that_a_legacy_client_agreed_on) {
    const Door door;
    InTurns turns{
        {R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}})"
         "\n",
         "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}\n"}};
    std::istream input{&turns};
    std::vector<Json> said;
    bridge({Reach::Unix{door.socket()}, {}}, input, [&](const std::string& line) {
        said.push_back(Json::parse(line));
        turns.hear();
    });
    ASSERT_EQ(said.size(), 2U);
    EXPECT_EQ(said[0].at("result").at("protocolVersion"), "2025-06-18");
    EXPECT_EQ(said[1].at("result"), Json::object());
    const auto requests = door.requests();
    ASSERT_EQ(requests.size(), 2U);
    EXPECT_EQ(requests[0].header("mcp-protocol-version"), std::nullopt);
    EXPECT_EQ(requests[1].header("mcp-protocol-version"), "2025-06-18");
    EXPECT_EQ(requests[1].header("x-chela-token"), std::nullopt) << "the peer is known";
}

TEST(mcp_bridge, answers_nothing_to_what_nobody_waits_for) {
    const Door door;
    EXPECT_TRUE(spoken(
                    over_tcp(door.port()),
                    "\n  \r\n{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n")
                    .empty());
    EXPECT_EQ(door.requests().size(), 1U);
}

TEST(mcp_bridge, tells_who_waits_what_went_wrong_on_the_way) {
    const auto code_of = [](const Json& said) {
        return said.at("error").at("data").at("code").get<std::string>();
    };
    const Door door;
    const auto reach = over_tcp(door.port());
    const auto bad = spoken(reach, "{\n");
    ASSERT_EQ(bad.size(), 1U);
    EXPECT_EQ(code_of(bad[0]), "E_JSON_MALFORMED");
    const auto refused = spoken(reach, R"({"jsonrpc":"2.0","id":4,"method":"nobody"})");
    ASSERT_EQ(refused.size(), 1U);
    EXPECT_EQ(refused[0].at("id"), 4) << "the door's error has no id; whoever asked has one";
    EXPECT_EQ(code_of(refused[0]), "E_NO_CREDENTIALS");
    const auto busy = spoken(reach, R"({"jsonrpc":"2.0","id":5,"method":"problem"})");
    ASSERT_EQ(busy.size(), 1U);
    EXPECT_EQ(code_of(busy[0]), "E_BUSY");
    EXPECT_EQ(busy[0].at("error").at("message"), "later");
    const auto gone = spoken(
        {Reach::Unix{"/nonexistent/chela.sock"}, {}},
        R"({"jsonrpc":"2.0","id":6,"method":"ping"})");
    ASSERT_EQ(gone.size(), 1U);
    EXPECT_EQ(gone[0].at("id"), 6);
    EXPECT_EQ(code_of(gone[0]), "E_UNREACHABLE");
}

}  // namespace
}  // namespace chela::sidecar::mcp
