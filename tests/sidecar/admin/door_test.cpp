// The operator's door on a real store and the real flow.
#include "sidecar/admin/door.hpp"

#include "tests/sidecar/api/treasury.hpp"
#include "tests/sidecar/api/world.hpp"

#include <optional>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::admin {
namespace {

using testing::HasSubstr;

constexpr std::uint32_t kOwner = 4'242;
constexpr std::uint32_t kStranger = 4'243;

class admin_door : public api::ApiWorld {
protected:
    admin_door() { add_routes(router, parts); }

    http::Response ask(
        const std::string& method,
        const std::string& path,
        std::optional<std::uint32_t> uid = kOwner,
        const Json& body = nullptr) {
        http::Request request;
        request.method = method;
        request.path = path;
        if (!body.is_null()) request.body = body.dump();
        if (uid) request.peer = http::UnixPeer{.uid = *uid, .gid = 0, .pid = 1};
        request.deadline = soon();
        return test::await(process->context, router.dispatch(std::move(request)));
    }
    boost::asio::awaitable<Result<std::vector<std::string>>> reload() {
        ++reloads;
        if (next_reload.empty()) co_return std::vector<std::string>{"server.listen"};
        co_return fail(ErrorCode::invalid_input, next_reload, "E_CONFIG");
    }

    int reloads = 0;
    int quits = 0;
    std::string next_reload;  ///< why it is refused; empty: it is not
    config::Config config;
    api::Context context = context_with();
    Parts parts{
        context, kOwner, [this]() -> const config::Config& { return config; },
        [this] { return reload(); }, [this] { ++quits; }};
    http::Router router;
};

TEST_F(admin_door, acts_on_post_and_on_nothing_else) {
    for (const auto* path : {"/quit", "/drain", "/reload"}) {
        const auto response = ask("GET", path);
        EXPECT_EQ(response.status, 405U) << path;
        EXPECT_THAT(response.headers, testing::Contains(testing::Pair("Allow", "POST"))) << path;
    }
    EXPECT_EQ(quits + reloads, 0);
    EXPECT_FALSE(context.checkup->is_draining());
    EXPECT_EQ(ask("POST", "/quit").status, 202U);
    EXPECT_EQ(quits, 1);
}

TEST_F(admin_door, is_for_its_owner_and_root_and_for_no_other_peer) {
    for (const auto uid : {std::optional<std::uint32_t>{kStranger}, std::optional<std::uint32_t>{}})
        for (const auto* path : {"/quit", "/drain", "/reload"}) {
            const auto response = ask("POST", path, uid);
            EXPECT_EQ(response.status, 403U) << path;
            EXPECT_EQ(response.reason, "E_ADMIN_PEER") << path;
        }
    EXPECT_EQ(ask("GET", "/config", kStranger).status, 403U);
    EXPECT_EQ(ask("GET", "/approvals", kStranger).status, 403U);
    EXPECT_EQ(quits + reloads, 0);
    const auto reloaded = ask("POST", "/reload", 0);
    EXPECT_EQ(reloaded.status, 200U);
    EXPECT_EQ(json_of(reloaded).at("needs_restart"), Json::array({"server.listen"}));
}

TEST_F(admin_door, tells_why_a_reload_was_refused) {
    next_reload = "chela.yaml:3: unknown key";
    const auto response = ask("POST", "/reload");
    EXPECT_EQ(response.status, 400U);
    EXPECT_EQ(json_of(response).at("code"), "E_CONFIG");
    EXPECT_EQ(json_of(response).at("detail"), next_reload);
}

TEST_F(admin_door, drains_by_not_being_ready) {
    context.checkup->set_serving();
    EXPECT_EQ(ask("GET", "/readyz").status, 200U);
    EXPECT_EQ(ask("POST", "/drain").status, 200U);
    EXPECT_EQ(ask("GET", "/readyz").status, 503U);
    EXPECT_EQ(ask("GET", "/livez").status, 200U);
    EXPECT_THAT(ask("GET", "/metrics").body, HasSubstr("chela_ready{component=\"serving\"} 0"));
    EXPECT_EQ(quits, 0);
}

TEST_F(admin_door, lets_os_users_decide_as_they_may_at_the_command_line) {
    add_operator("first");
    use_policy(api::treasury(2));
    const auto intent_id = submitted(
        "a", flow::IntentState::awaiting_approval, flow::request_to_alice(flow::ether("2")));
    const auto id = intent(intent_id).approval_id;
    EXPECT_EQ(json_of(ask("GET", "/approvals")).at("approvals").size(), 1U);
    EXPECT_EQ(json_of(ask("GET", "/approvals/" + id)).at("id"), id);

    const Json yes{{"decision", "approve"}, {"reason", "invoice 17"}};
    const auto path = "/approvals/" + id + "/decide";
    EXPECT_EQ(ask("POST", path, kOwner, yes).status, 200U);
    // Two people are needed, and this one has spoken.
    EXPECT_EQ(ask("POST", path, kOwner, yes).status, 409U);
    const auto second = ask("POST", path, 0, yes);
    EXPECT_EQ(second.status, 200U) << second.body;
    const auto votes = process->store->approval(id)->votes;
    ASSERT_EQ(votes.size(), 2U);
    EXPECT_EQ(votes[0].approver, "local:4242");
    EXPECT_EQ(votes[1].approver, "local:0");
}

TEST_F(admin_door, lets_no_user_decide_who_acts_as_an_agent) {
    use_policy(api::treasury(2));
    const auto intent_id = submitted(
        "a", flow::IntentState::awaiting_approval, flow::request_to_alice(flow::ether("2")));
    config::IdentityConfig identity;
    identity.name = "trader";
    identity.uids = {kOwner};
    config.identities.push_back(identity);
    const auto response =
        ask("POST", "/approvals/" + intent(intent_id).approval_id + "/decide", kOwner,
            {{"decision", "approve"}});
    EXPECT_EQ(response.status, 403U);
    EXPECT_EQ(response.reason, "E_APPROVAL_BY_AGENT");
}

}  // namespace
}  // namespace chela::sidecar::admin
