// A WebSocket's calls, from the first message to its end.
#include "sidecar/rpc/socket.hpp"

#include "sidecar/edge/wait.hpp"
#include "tests/sidecar/rpc/door_fixture.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::rpc {
namespace {

using http::CloseCode;
using testing::HasSubstr;

/// The client's messages and what comes back, without a wire.
class FakeSocket final : public http::WebSocket {
public:
    std::deque<std::string> messages;
    std::vector<std::string> sent;
    std::optional<CloseCode> closed;
    std::string reason;

    boost::asio::awaitable<std::optional<std::string>> read() override {
        co_await wait_while([this] { return messages.empty() && !closed; });
        if (closed) co_return std::nullopt;
        auto next = std::move(messages.front());
        messages.pop_front();
        co_return next;
    }
    void send(std::string text) override { sent.push_back(std::move(text)); }
    void close(CloseCode code, const std::string& why) override {
        if (closed) return;  // the first says why
        closed = code;
        reason = why;
    }
    [[nodiscard]] bool is_open() const override { return !closed; }
};

class socket : public DoorWorld {
protected:
    /// Opens it as the agent; idle ones are looked at often enough for a test.
    void open(std::chrono::milliseconds recheck = std::chrono::hours{1}) {
        parts.live->recheck = recheck;
        http::Request request;
        request.method = "GET";
        request.path = "/rpc/base";
        request.parameters = {{"chain", "base"}};
        request.headers = {{"authorization", "Bearer " + key}};
        request.way_in = http::WayIn::local;
        request.deadline = soon();
        auto seat = parts.live->sockets->take(agent_id);
        ASSERT_TRUE(seat.has_value());
        handler = make_socket(parts, std::move(request), agent_id, *std::move(seat));
        boost::asio::co_spawn(
            process->context, handler->run(wire), [this](const std::exception_ptr& thrown) {
                EXPECT_FALSE(thrown);
                has_ended = true;
            });
    }
    void say(const std::string& method, const Json& params = Json::array()) {
        wire->messages.push_back(call_of(method, params).dump());
    }
    [[nodiscard]] bool ends() {
        return test::run_until(process->context, [this] { return has_ended; });
    }
    void TearDown() override {
        if (!has_ended) {
            wire->close(CloseCode::normal, "");
            EXPECT_TRUE(ends());
        }
    }

    std::shared_ptr<FakeSocket> wire = std::make_shared<FakeSocket>();
    std::shared_ptr<http::WebSocketHandler> handler;
    bool has_ended = false;
};

TEST_F(socket, answers_call_after_call) {
    open();
    say("eth_chainId");
    say("eth_accounts");
    ASSERT_TRUE(test::run_until(process->context, [this] { return wire->sent.size() == 2; }));
    // Each as soon as it can be.
    std::vector<Json> results;
    for (const auto& text : wire->sent)
        results.push_back(Json::parse(text).at("result"));
    EXPECT_THAT(
        results, testing::UnorderedElementsAre(Json("0x2105"), Json::array({to_hex(signer)})));
    EXPECT_FALSE(wire->closed.has_value());
}

TEST_F(socket, that_meets_a_fault_of_chelas_ends_alone_and_does_end) {
    node->intercept = [](const std::string& method,
                         const Json&) -> std::optional<test::FakeChain::Answer> {
        if (method == "eth_gasPrice") throw std::out_of_range{"nobody thought of this"};
        return std::nullopt;
    };
    open();
    say("eth_gasPrice");
    ASSERT_TRUE(ends()) << "a call that threw is waited for";
    EXPECT_EQ(wire->closed, CloseCode::internal_error);
    EXPECT_EQ(wire->reason, "E_INTERNAL") << "and not what was thrown";
    EXPECT_EQ(result("eth_chainId"), "0x2105") << "the door is open";
    EXPECT_TRUE(parts.live->sockets->take(agent_id).has_value());
}

TEST_F(socket, is_closed_with_the_next_call_of_an_agent_that_is_nobody_any_more) {
    open();
    deactivate_agent();
    say("eth_chainId");
    ASSERT_TRUE(ends());
    EXPECT_EQ(wire->closed, CloseCode::policy_violation);
    EXPECT_EQ(wire->reason, "E_API_KEY");
    ASSERT_EQ(wire->sent.size(), 1U);
    EXPECT_THAT(wire->sent[0], HasSubstr("its agent is not active"));
}

TEST_F(socket, is_closed_without_a_call_when_its_credentials_end) {
    open(std::chrono::milliseconds{5});
    deactivate_agent();
    ASSERT_TRUE(ends());
    EXPECT_EQ(wire->closed, CloseCode::policy_violation);
    EXPECT_TRUE(wire->sent.empty());
}

TEST_F(socket, that_is_to_end_answers_what_is_under_way_and_takes_nothing_new) {
    open();
    say("eth_sendTransaction", payment());
    ASSERT_TRUE(test::run_until(process->context, [this] { return intents() == 1; }));
    ASSERT_TRUE(wire->sent.empty()) << "it proves nothing when it was over";
    handler->stop();
    handler->stop();
    say("eth_sendTransaction", payment());
    ASSERT_TRUE(ends());
    EXPECT_EQ(wire->closed, CloseCode::going_away);
    ASSERT_EQ(wire->sent.size(), 2U);
    EXPECT_THAT(wire->sent[0], HasSubstr("E_STOPPING"));
    EXPECT_EQ(Json::parse(wire->sent[0]).at("id"), 1) << "its caller knows which";
    EXPECT_EQ(Json::parse(wire->sent[1]).value("result", ""), node->hash_at(0)) << wire->sent[1];
    EXPECT_EQ(intents(), 1U);
}

TEST_F(socket, that_is_to_end_before_it_began_ends) {
    open();
    handler->stop();
    ASSERT_TRUE(ends());
    EXPECT_EQ(wire->closed, CloseCode::going_away);
}

}  // namespace
}  // namespace chela::sidecar::rpc
