#include "sidecar/node/heads.hpp"

#include "tests/sidecar/node/certificate.hpp"
#include "tests/sidecar/node/head_server.hpp"
#include "tests/sidecar/node/pool_fixture.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <fstream>

#include <boost/asio.hpp>

namespace chela::sidecar::node {
namespace {

using namespace std::chrono_literals;
using chains::node::Head;
using test::HeadServer;

/// A node that is asked and one that pushes, and who follows them.
class heads : public testing::Test {
protected:
    heads() {
        options.poll_interval = 5ms;
        options.reconnect_pause = 1ms;
        options.longest_reconnect_pause = 5ms;
        options.on_subscription = [this](const Status& status) {
            subscriptions.push_back(status ? "stands" : reason_of(status.error()));
        };
        show(100, 0xa0);
    }

public:
    ~heads() override {
        if (follower) follower->stop();
    }

protected:
    void show(std::uint64_t number, std::uint8_t fill) {
        asked->on("eth_getBlockByNumber", Json::parse(test::header_text(number, fill)));
    }
    void push_from(const HeadServer& server) {
        options.socket.emplace();
        options.socket->url = server.url("/some/key");
        options.socket->timeout = 2s;
    }
    HeadFollower& follow() {
        follower = std::make_unique<HeadFollower>(
            context.get_executor(), std::make_shared<ChainClient>(base(), asked), options);
        follower->start();
        return *follower;
    }
    bool reaches(std::uint64_t number) {
        return test::run_until(context, [this, number] {
            return follower->latest() && follower->latest()->number == BlockNumber{number};
        });
    }
    bool subscribes(const HeadServer& server) {
        return test::run_until(context, [&server, this] {
            return server.subscribed() == 1 && !subscriptions.empty() &&
                   subscriptions.back() == "stands";
        });
    }
    static Deadline soon() { return std::chrono::steady_clock::now() + 30s; }

    boost::asio::io_context context{1};
    std::shared_ptr<test::ScriptedEndpoint> asked = std::make_shared<test::ScriptedEndpoint>();
    HeadFollowerOptions options;
    std::vector<std::string> subscriptions;
    std::unique_ptr<HeadFollower> follower;
};

TEST_F(heads, are_none_before_the_first_answer_and_then_what_the_node_shows) {
    follow();
    EXPECT_FALSE(follower->latest());
    EXPECT_TRUE(reaches(100));
    show(101, 0xa1);
    EXPECT_TRUE(reaches(101));
    show(100, 0xb0);
    EXPECT_TRUE(reaches(100)) << "a reorganization";
}

TEST_F(heads, several_waiters_get_the_same_new_head) {
    follow();
    ASSERT_TRUE(reaches(100));
    std::vector<Result<Head>> got;
    for (int i = 0; i < 3; ++i) {
        boost::asio::co_spawn(
            context, follower->next(soon()), [&got](const std::exception_ptr&, Result<Head> head) {
                got.push_back(std::move(head));
            });
    }
    const auto polls = asked->asked.size();
    ASSERT_TRUE(test::run_until(context, [&] { return asked->asked.size() > polls + 3; }));
    EXPECT_TRUE(got.empty()) << "the same head again is no news";
    show(101, 0xa1);
    ASSERT_TRUE(test::run_until(context, [&] { return got.size() == 3; }));
    for (const auto& head : got)
        EXPECT_EQ(head.value().number, BlockNumber{101});
}

TEST_F(heads, one_who_names_what_he_has_seen_misses_nothing) {
    follow();
    ASSERT_TRUE(reaches(100));
    EXPECT_EQ(
        test::await(context, follower->next_after(std::nullopt, soon())).value().number,
        BlockNumber{100});
    const auto seen = follower->latest()->hash;
    show(101, 0xa1);
    ASSERT_TRUE(reaches(101));
    EXPECT_EQ(
        test::await(context, follower->next_after(seen, soon())).value().number, BlockNumber{101});
}

TEST_F(heads, waiting_ends_at_the_deadline_and_with_stop) {
    follow();
    ASSERT_TRUE(reaches(100));
    const auto late = test::await(context, follower->next(std::chrono::steady_clock::now() + 20ms));
    expect_error(late, ErrorCode::timed_out, "E_NO_NEW_HEAD");
    std::optional<Result<Head>> got;
    boost::asio::co_spawn(
        context, follower->next(soon()),
        [&got](const std::exception_ptr&, Result<Head> head) { got = std::move(head); });
    context.restart();
    context.poll();
    follower->stop();
    ASSERT_TRUE(test::run_until(context, [&] { return got.has_value(); }));
    expect_error(*got, ErrorCode::unavailable, "E_STOPPED");
    expect_error(test::await(context, follower->next(soon())), ErrorCode::unavailable, "E_STOPPED");
}

TEST_F(heads, a_node_that_fails_for_a_while_is_asked_again) {
    asked->trouble = trouble();
    follow();
    ASSERT_TRUE(test::run_until(context, [this] { return asked->chain_ids_asked > 2; }));
    EXPECT_FALSE(follower->latest());
    asked->trouble.reset();
    EXPECT_TRUE(reaches(100));
}

TEST_F(heads, that_are_pushed_are_not_asked_for) {
    options.poll_interval = 1h;
    HeadServer server{context};
    push_from(server);
    follow();
    ASSERT_TRUE(subscribes(server));
    const auto asked_before = asked->asked.size();
    server.push_head(105, 0xa5);
    EXPECT_TRUE(reaches(105));
    EXPECT_EQ(follower->latest()->base_fee, Wei{U256{7}});
    server.push_head(106, 0xa6);
    EXPECT_TRUE(reaches(106));
    EXPECT_EQ(asked->asked.size(), asked_before);
}

TEST_F(heads, are_asked_for_when_a_subscription_says_nothing) {
    HeadServer server{context};
    push_from(server);
    follow();
    ASSERT_TRUE(subscribes(server));
    show(107, 0xa7);
    EXPECT_TRUE(reaches(107));
    EXPECT_EQ(server.subscribed(), 1U);
}

TEST_F(heads, are_asked_for_when_a_subscription_only_repeats_itself) {
    HeadServer server{context};
    push_from(server);
    follow();
    ASSERT_TRUE(subscribes(server));
    const auto polls = asked->asked.size();
    server.push_head(105, 0xa5);
    ASSERT_TRUE(test::run_until(context, [&] {
        server.push_head(105, 0xa5);
        return asked->asked.size() > polls + 2;
    }));
    EXPECT_EQ(follower->latest()->number, BlockNumber{105});
}

TEST_F(heads, a_node_that_is_asked_does_not_take_back_what_was_pushed) {
    HeadServer server{context};
    push_from(server);
    follow();
    ASSERT_TRUE(subscribes(server));
    server.push_head(120, 0xb0);
    ASSERT_TRUE(reaches(120));
    const auto polls = asked->asked.size();
    ASSERT_TRUE(test::run_until(context, [&] { return asked->asked.size() > polls + 1; }));
    EXPECT_EQ(follower->latest()->number, BlockNumber{120});
}

TEST_F(heads, a_lost_subscription_is_renewed_and_asking_goes_on_meanwhile) {
    HeadServer server{context};
    push_from(server);
    follow();
    ASSERT_TRUE(subscribes(server));
    server.drop();
    show(108, 0xa8);
    EXPECT_TRUE(reaches(108));
    ASSERT_TRUE(subscribes(server));
    EXPECT_GE(server.accepted(), 2U);
    server.push_head(130, 0xc0);
    EXPECT_TRUE(reaches(130));
}

TEST_F(heads, a_socket_that_never_opens_leaves_asking_as_it_is) {
    HeadServer server{context};
    server.refuse();
    push_from(server);
    follow();
    EXPECT_TRUE(reaches(100));
    ASSERT_TRUE(test::run_until(context, [&] { return subscriptions.size() > 2; }));
    EXPECT_EQ(subscriptions.back(), "E_NODE_UNAVAILABLE");
    show(101, 0xa1);
    EXPECT_TRUE(reaches(101));
}

TEST_F(heads, a_socket_of_another_chain_is_not_listened_to) {
    HeadServer server{context};
    server.serve_chain(1);
    push_from(server);
    follow();
    ASSERT_TRUE(test::run_until(context, [&] { return !subscriptions.empty(); }));
    EXPECT_EQ(subscriptions.front(), "E_NODE_CHAIN_ID");
    EXPECT_EQ(server.subscribed(), 0U);
}

TEST_F(heads, a_node_that_refuses_or_garbles_the_subscription_is_left) {
    for (const auto& [answer, reason] : std::vector<std::pair<std::string, std::string>>{
             {R"({"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"no"}})",
              "E_NODE_SUBSCRIBE"},
             {R"({"jsonrpc":"2.0","id":2,"result":7})", "E_NODE_ANSWER"},
             {R"({"jsonrpc":"2.0","id":3,"result":"0x1"})", "E_NODE_ANSWER"},
             {"garbage", "E_NODE_ANSWER"}}) {
        HeadServer server{context};
        server.answer_subscription(answer);
        push_from(server);
        subscriptions.clear();
        follow();
        ASSERT_TRUE(test::run_until(context, [&] { return !subscriptions.empty(); }));
        EXPECT_EQ(subscriptions.front(), reason) << answer;
        follower->stop();
    }
}

TEST_F(heads, a_message_that_is_no_head_or_too_large_ends_the_subscription) {
    for (const std::string& message :
         {std::string{"{"}, std::string(3'000, ' ') + "{}",
          std::string{R"({"jsonrpc":"2.0","method":"eth_subscription","params":{}})"}}) {
        HeadServer server{context};
        push_from(server);
        options.socket->max_message_bytes = 2'000;
        subscriptions.clear();
        follow();
        ASSERT_TRUE(subscribes(server));
        server.push(message);
        ASSERT_TRUE(test::run_until(context, [&] { return subscriptions.size() > 1; }));
        EXPECT_EQ(subscriptions.at(1), "E_NODE_ANSWER") << message;
        follower->stop();
    }
}

TEST_F(heads, messages_of_other_subscriptions_are_passed_over) {
    HeadServer server{context};
    push_from(server);
    options.poll_interval = 1h;
    follow();
    ASSERT_TRUE(subscribes(server));
    server.push(
        R"({"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"0xother","result":)" +
        test::header_text(999, 0xee) + "}}");
    server.push(R"({"jsonrpc":"2.0","id":9,"result":null})");
    server.push_head(105, 0xa5);
    EXPECT_TRUE(reaches(105));
}

TEST_F(heads, a_socket_with_tls_demands_the_ca_and_sends_the_secret_headers) {
    test::TempDir dir;
    const auto identity = test::make_self_signed("IP:127.0.0.1");
    const auto ca = dir.path() / "ca.pem";
    std::ofstream{ca} << identity.certificate_pem;
    const auto key = dir.path() / "key";
    std::ofstream{key} << "push-key";
    std::filesystem::permissions(key, std::filesystem::perms{0600});
    auto tls = std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_server);
    tls->use_certificate_chain(boost::asio::buffer(identity.certificate_pem));
    tls->use_private_key(boost::asio::buffer(identity.key_pem), boost::asio::ssl::context::pem);
    HeadServer server{context, tls};
    push_from(server);
    follow();
    ASSERT_TRUE(test::run_until(context, [&] { return !subscriptions.empty(); }));
    EXPECT_EQ(subscriptions.front(), "E_NODE_UNAVAILABLE") << "nobody vouches for it";
    follower->stop();

    options.socket->access.ca_file = ca;
    options.socket->access.headers = {{"X-Api-Key", key}};
    subscriptions.clear();
    follow();
    ASSERT_TRUE(subscribes(server));
    EXPECT_NE(server.handshake().find("GET /some/key HTTP/1.1"), std::string::npos);
    EXPECT_NE(server.handshake().find("X-Api-Key: push-key"), std::string::npos)
        << server.handshake();
    server.push_head(105, 0xa5);
    EXPECT_TRUE(reaches(105));
}

}  // namespace
}  // namespace chela::sidecar::node
