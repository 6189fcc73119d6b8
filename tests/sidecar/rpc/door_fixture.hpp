#pragma once

#include "chains/base/hex.hpp"
#include "sidecar/rpc/door.hpp"
#include "tests/sidecar/api/world.hpp"

#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace chela::sidecar::rpc {

/// The door on a real store and the real flow, and an agent that knocks.
class DoorWorld : public api::ApiWorld {
protected:
    DoorWorld() {
        add_routes(router, parts);
        key = give_key(agent_id);
    }
    ~DoorWorld() override { test::await(process->context, bundle_runner.stop()); }
    http::Response post(const std::string& as, const std::string& path, const Json& body) {
        http::Request request;
        request.method = "POST";
        request.path = path;
        request.body = body.is_string() ? body.get<std::string>() : body.dump();
        request.headers = headers;
        return send(router, as, std::move(request));
    }
    static Json call_of(const std::string& method, const Json& params, const Json& id = 1) {
        return {{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}};
    }
    Json ask(const std::string& method, const Json& params = Json::array()) {
        const auto response = post(key, "/rpc/base", call_of(method, params));
        EXPECT_EQ(response.status, 200U) << response.body;
        const auto answer = json_of(response);
        EXPECT_EQ(answer.at("id"), 1);
        EXPECT_EQ(answer.at("jsonrpc"), "2.0");
        return answer;
    }
    Json result(const std::string& method, const Json& params = Json::array()) {
        const auto answer = ask(method, params);
        EXPECT_TRUE(answer.contains("result")) << answer.dump();
        return answer.value("result", Json{});
    }
    Json error(const std::string& method, const Json& params = Json::array()) {
        const auto answer = ask(method, params);
        EXPECT_TRUE(answer.contains("error")) << answer.dump();
        return answer.value("error", Json{});
    }
    [[nodiscard]] Json payment(const std::string& value = "0x1") const {
        return Json::array(
            {{{"from", to_hex(signer)}, {"to", to_hex(flow::kAlice)}, {"value", value}}});
    }
    [[nodiscard]] std::size_t intents() const {
        return process->store->intents(agent_id, 100)->size();
    }

    flow::CallBundles bundle_runner{
        process->context.get_executor(), process->services, process->intents,
        flow::CallBundleOptions{.interval = std::chrono::milliseconds{5}}};
    Parts parts{process->services, process->intents, bundle_runner,
                authenticator,     "0.0.0-test",     {}};
    http::Router router;
    std::string key;
    std::vector<std::pair<std::string, std::string>> headers;
};

}  // namespace chela::sidecar::rpc
