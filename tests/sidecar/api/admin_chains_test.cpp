// The chains resource, public and for admins, on a real store.
#include "chains/base/rfc3339.hpp"
#include "chains/registry/registry.hpp"
#include "sidecar/app/chain_watch.hpp"
#include "tests/sidecar/api/world.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::api {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class admin_chains : public ApiWorld {
protected:
    admin_chains() {
        admin_key = add_operator("first").key;
        if (auto ok = watch.load(); !ok) bug(ok.error().detail);
        process->services.take_up_chains = [this] { return watch.take_up(); };
    }

    /// One chain of chela.yaml: base.
    static config::Config configuration() {
        config::ChainConfig base;
        base.name = "base";
        base.chain_id = ChainId{8453};
        base.display_name = "Base";
        config::EndpointConfig endpoint;
        endpoint.url = "https://node.example/v2/configuredkey";
        base.endpoints = {endpoint};
        base.max_fee_per_transaction = flow::ether("1");
        config::Config config;
        config.chains = {base};
        return config;
    }
    http::Response ask(
        const std::string& method,
        const std::string& path,
        const Json& body = nullptr,
        const std::string& key = {}) {
        http::Request request;
        request.method = method;
        request.path = path;
        if (!body.is_null()) request.body = body.dump();
        return send(*router, key.empty() ? admin_key : key, std::move(request));
    }
    static std::string code_of(const http::Response& response) {
        return std::to_string(response.status) + " " + json_of(response).value("code", "");
    }
    static Json gnosis() {
        return {
            {"name", "gnosis"},
            {"display_name", "Gnosis"},
            {"chain_id", 100},
            {"rpc_url", "https://user:pass@node.example/v2/secretkey"},
            {"max_fee_per_transaction", "0.5 xDAI"}};
    }
    static std::string path_of(std::uint64_t id) {
        return "/v1/admin/chains/" + chains::chain_uuid(ChainId{id});
    }
    void create() {
        const auto response = ask("POST", "/v1/admin/chains", gnosis());
        ASSERT_EQ(response.status, 201U) << response.body;
    }

    app::ChainWatch watch{process->context.get_executor(), process->services, configuration(), {}};
    Context context = context_with();
    std::shared_ptr<const http::Router> router = make_router(context);
    std::string admin_key;
};

TEST_F(admin_chains, are_added_and_hold_at_once) {
    clock.time += 1h;
    const auto response = ask("POST", "/v1/admin/chains", gnosis());
    ASSERT_EQ(response.status, 201U) << response.body;
    const Json view = json_of(response);
    EXPECT_EQ(view.at("id"), chains::chain_uuid(ChainId{100}));
    EXPECT_EQ(view.at("name"), "gnosis");
    EXPECT_EQ(view.at("rpc_url"), "https://node.example:443");
    EXPECT_EQ(view.at("explorer_url"), "https://gnosisscan.io") << "from the table";
    EXPECT_EQ(view.at("native_currency"), "xDAI");
    EXPECT_EQ(view.at("is_enabled"), true);
    EXPECT_EQ(view.at("created_at"), to_rfc3339(clock.time));
    EXPECT_EQ(view.at("max_fee_per_transaction"), "0.5 xDAI");
    EXPECT_EQ(view.at("source"), "store");
    EXPECT_TRUE(process->services.chains->registry.find("gnosis").has_value());
    EXPECT_TRUE(process->services.chains->clients.contains(100));
    EXPECT_EQ(json_of(ask("GET", "/v1/chains/100")).at("name"), "gnosis");
}

TEST_F(admin_chains, are_listed_with_those_of_the_configuration_and_never_with_a_secret) {
    create();
    const auto response = ask("GET", "/v1/admin/chains");
    ASSERT_EQ(response.status, 200U) << response.body;
    const Json all = json_of(response).at("chains");
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].at("name"), "base");
    EXPECT_EQ(all[0].at("source"), "chela.yaml");
    EXPECT_EQ(all[1].at("source"), "store");
    const auto shown = ask("GET", "/v1/chains");
    EXPECT_EQ(json_of(shown).at("chains").size(), 2U);
    for (const auto& body : {response.body, shown.body}) {
        EXPECT_THAT(body, Not(HasSubstr("secretkey")));
        EXPECT_THAT(body, Not(HasSubstr("configuredkey")));
        EXPECT_THAT(body, Not(HasSubstr("pass")));
    }
    EXPECT_FALSE(json_of(shown).at("chains")[0].contains("max_fee_per_transaction"));
}

TEST_F(admin_chains, are_changed_by_the_id_that_answers_show) {
    create();
    clock.time += 1h;
    const auto response = ask("PUT", path_of(100), {{"is_enabled", false}});
    ASSERT_EQ(response.status, 200U) << response.body;
    EXPECT_EQ(json_of(response).at("is_enabled"), false);
    EXPECT_EQ(json_of(response).at("updated_at"), to_rfc3339(clock.time));
    EXPECT_FALSE(process->services.chains->registry.find("gnosis")->is_enabled);
    const Json shown = json_of(ask("GET", "/v1/chains/gnosis"));
    EXPECT_EQ(shown.at("is_enabled"), false);
    EXPECT_EQ(shown.at("created_at"), to_rfc3339(clock.time - 1h));
    EXPECT_EQ(shown.at("updated_at"), to_rfc3339(clock.time));
    EXPECT_EQ(ask("PUT", "/v1/admin/chains/gnosis", {{"is_enabled", true}}).status, 200U);
    EXPECT_EQ(ask("PUT", "/v1/admin/chains/100", {{"is_enabled", false}}).status, 200U);
}

TEST_F(admin_chains, are_removed) {
    create();
    const auto response = ask("DELETE", path_of(100));
    EXPECT_EQ(response.status, 204U) << response.body;
    EXPECT_FALSE(process->services.chains->registry.find("gnosis").has_value());
    EXPECT_EQ(code_of(ask("DELETE", path_of(100))), "404 E_NO_CHAIN");
    EXPECT_EQ(code_of(ask("PUT", path_of(100), Json::object())), "404 E_NO_CHAIN");
}

TEST_F(admin_chains, of_the_configuration_are_changed_there_alone) {
    EXPECT_EQ(
        code_of(ask("PUT", path_of(8453), {{"is_enabled", false}})), "409 E_CHAIN_CONFIGURED");
    EXPECT_EQ(code_of(ask("DELETE", path_of(8453))), "409 E_CHAIN_CONFIGURED");
    auto same = gnosis();
    same["name"] = "ours";
    same["chain_id"] = 8453;
    same["native_currency"] = "xDAI";
    EXPECT_EQ(code_of(ask("POST", "/v1/admin/chains", same)), "409 E_CHAIN_CONFIGURED");
}

TEST_F(admin_chains, are_added_once) {
    create();
    EXPECT_EQ(code_of(ask("POST", "/v1/admin/chains", gnosis())), "409 E_CHAIN_EXISTS");
}

TEST_F(admin_chains, that_are_to_sign_need_a_fee_limit_and_a_node) {
    auto body = gnosis();
    body.erase("max_fee_per_transaction");
    const auto refused = ask("POST", "/v1/admin/chains", body);
    EXPECT_EQ(code_of(refused), "400 E_CHAIN_FEE_LIMIT");
    EXPECT_THAT(refused.body, HasSubstr("max_fee_per_transaction is required"));
    body["is_enabled"] = false;
    EXPECT_EQ(ask("POST", "/v1/admin/chains", body).status, 201U);
    EXPECT_EQ(code_of(ask("PUT", path_of(100), {{"is_enabled", true}})), "400 E_CHAIN_FEE_LIMIT");
    EXPECT_EQ(
        ask("PUT", path_of(100), {{"is_enabled", true}, {"max_fee_per_transaction", "1 xDAI"}})
            .status,
        200U);
}

TEST_F(admin_chains, without_tls_are_refused_without_their_url) {
    auto body = gnosis();
    body["rpc_url"] = "http://node.example/v2/secretkey";
    const auto refused = ask("POST", "/v1/admin/chains", body);
    EXPECT_EQ(code_of(refused), "400 E_CHAIN_INSECURE_URL");
    EXPECT_THAT(refused.body, Not(HasSubstr("secretkey")));
    EXPECT_TRUE(process->store->chains()->empty());
}

TEST_F(admin_chains, are_an_admins_alone_and_recorded_as_the_admins) {
    const auto approver = add_operator("approver", true).key;
    EXPECT_EQ(code_of(ask("GET", "/v1/admin/chains", nullptr, "1ck_nobody")).substr(0, 3), "401");
    for (const auto& [method, path] : std::vector<std::pair<std::string, std::string>>{
             {"GET", "/v1/admin/chains"},
             {"POST", "/v1/admin/chains"},
             {"PUT", path_of(100)},
             {"DELETE", path_of(100)}}) {
        EXPECT_EQ(code_of(ask(method, path, gnosis(), approver)), "403 E_APPROVES_ONLY") << method;
    }
    create();
    const auto audit = process->store->audit_records(0, 1'000)->back();
    EXPECT_EQ(audit.action, "chain.created");
    EXPECT_TRUE(audit.actor.starts_with("admin:")) << audit.actor;
    EXPECT_THAT(audit.detail, Not(HasSubstr("secretkey")));
}

TEST_F(admin_chains, take_no_body_that_is_not_one) {
    EXPECT_EQ(code_of(ask("POST", "/v1/admin/chains")), "400 E_BODY");
    EXPECT_EQ(code_of(ask("POST", "/v1/admin/chains", Json::array())), "400 E_BODY");
    auto body = gnosis();
    body["max_fee"] = "1 xDAI";
    EXPECT_EQ(code_of(ask("POST", "/v1/admin/chains", body)), "400 E_UNKNOWN_FIELD");
}

}  // namespace
}  // namespace chela::sidecar::api
