// /startupz, /livez, /readyz and what /metrics says about them, on a real store and the real flow.
#include "tests/sidecar/api/world.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::api {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Gives, refuses or hangs back, as the test says.
class Authority final : public auth::Authority {
public:
    explicit Authority(const Clock& clock) : clock_{clock} {}
    boost::asio::awaitable<Result<auth::AccessToken>> exchange(
        std::string agent_id, std::shared_ptr<const signer::Secret>, Deadline) override {
        if (agent_id == "refused")
            co_return fail(ErrorCode::unauthenticated, "no such key", "E_API_KEY");
        const auto now = clock_.now();
        co_return auth::AccessToken{
            .token = "eyJ.a.b",
            .agent_id = agent_id,
            .vault_ids = {},
            .issued_at = now,
            .expires_at = now + std::chrono::seconds{900}};
    }

private:
    const Clock& clock_;
};

class health : public ApiWorld {
protected:
    http::Response get(const std::string& path) {
        http::Request request;
        request.method = "GET";
        request.path = path;
        request.deadline = soon();
        return test::await(process->context, router->dispatch(std::move(request)));
    }
    Json part(const std::string& name) {
        for (const auto& found : json_of(get("/readyz")).at("components"))
            if (found.at("name") == name) return found;
        return nullptr;
    }
    /// Identities of these agents, each of which has asked for its token.
    void give_identities(const std::vector<std::string>& agents) {
        const auto key_file = folder.path() / "key";
        std::ofstream{key_file} << "ocv_secret";
        std::filesystem::permissions(key_file, std::filesystem::perms{0600});
        std::vector<auth::Identity> identities;
        const auto asked = std::make_shared<std::size_t>(0);
        for (const auto& agent : agents) {
            auth::Identity identity;
            identity.name = "name-of-" + agent;
            identity.credential = std::make_shared<auth::Credential>(
                process->context.get_executor(), std::make_shared<Authority>(clock),
                std::shared_ptr<const Clock>{&clock, [](const Clock*) {}},
                auth::Credential::Options{identity.name, agent, key_file},
                [asked](const auth::Credential::Event&) { ++*asked; });
            identities.push_back(std::move(identity));
        }
        authenticator.set_identities(std::move(identities));
        EXPECT_TRUE(test::run_until(process->context, [&] { return *asked >= agents.size(); }));
    }
    ~health() override { authenticator.set_identities({}); }

    Context context = context_with();
    std::shared_ptr<const http::Router> router = make_router(context);
};

TEST_F(health, is_started_once_the_doors_are_open_and_ready_until_it_drains) {
    EXPECT_EQ(get("/livez").status, 200U);
    EXPECT_EQ(get("/startupz").status, 503U);
    EXPECT_EQ(get("/readyz").status, 503U);
    context.checkup->set_serving();
    EXPECT_EQ(get("/startupz").status, 200U);
    EXPECT_EQ(get("/readyz").status, 200U) << get("/readyz").body;
    context.checkup->set_draining();
    EXPECT_EQ(get("/livez").status, 200U);
    EXPECT_EQ(get("/startupz").status, 200U);
    const auto response = get("/readyz");
    EXPECT_EQ(response.status, 503U);
    EXPECT_EQ(json_of(response).at("status"), "not ready");
    EXPECT_EQ(part("serving").at("state"), "draining");
}

TEST_F(health, has_a_line_for_each_component_and_a_path_of_its_own) {
    context.checkup->set_serving();
    const auto response = get("/readyz");
    std::size_t lines = 0;
    std::istringstream text{response.body};
    for (std::string line; std::getline(text, line);)
        if (line.find("\"name\"") != std::string::npos) ++lines;
    EXPECT_EQ(lines, json_of(response).at("components").size());
    for (const auto* name : {"serving", "recovery", "keys", "store"}) {
        EXPECT_EQ(part(name).at("ok"), true) << response.body;
        EXPECT_EQ(get(std::string{"/readyz/"} + name).status, 200U) << name;
    }
    EXPECT_EQ(get("/readyz/weather").status, 404U);
}

TEST_F(health, stays_ready_while_a_chain_is_away_unless_it_must_not) {
    context.checkup->set_serving();
    auto chains = std::make_shared<flow::ChainSet>(*process->services.chains);
    chains->clients.clear();
    process->services.chains = chains;
    EXPECT_EQ(part("chain-8453").at("ok"), false);
    EXPECT_EQ(part("chain-8453").at("counts"), false);
    EXPECT_EQ(get("/readyz").status, 200U);
    EXPECT_EQ(get("/readyz/chain-8453").status, 503U);
    context.checkup->use({.needs_chains = true, .needs_credentials = false});
    EXPECT_EQ(get("/readyz").status, 503U);
}

TEST_F(health, needs_one_identity_with_a_token_or_all_of_them) {
    context.checkup->set_serving();
    EXPECT_EQ(part("credentials"), nullptr);
    give_identities({"good", "refused"});
    EXPECT_EQ(part("credentials").at("state"), "1 of 2 have a token, 1 refused");
    EXPECT_EQ(get("/readyz").status, 200U);
    context.checkup->use({.needs_chains = false, .needs_credentials = true});
    EXPECT_EQ(get("/readyz").status, 503U);
    context.checkup->use({});
    give_identities({"refused"});
    EXPECT_EQ(get("/readyz").status, 503U);
}

TEST_F(health, names_no_agent_no_identity_and_no_address_of_a_node) {
    context.checkup->set_serving();
    give_identities({"good", "refused"});
    for (const auto* path : {"/readyz", "/startupz", "/livez", "/metrics"}) {
        const auto body = get(path).body;
        for (const auto* secret : {"name-of", "good", "ocv_", "://", "0x"})
            EXPECT_THAT(body, Not(HasSubstr(secret))) << path;
    }
}

TEST_F(health, is_in_the_metrics_as_well) {
    context.checkup->set_serving();
    give_identities({"good"});
    const auto text = get("/metrics").body;
    EXPECT_THAT(text, HasSubstr("\nchela_ready{component=\"all\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("\nchela_ready{component=\"store\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("\nchela_ready{component=\"credentials\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("\nchela_jwt_expiry_seconds 900\n"));
    give_identities({"good", "refused"});
    EXPECT_THAT(get("/metrics").body, HasSubstr("\nchela_jwt_expiry_seconds 0\n"));
}

}  // namespace
}  // namespace chela::sidecar::api
