#include "sidecar/node/tenderly.hpp"

#include "tests/sidecar/await.hpp"
#include "tests/sidecar/node/scripted_server.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::node {
namespace {

using chains::simulation::Outcome;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kKey = "access-key-1234567890";

std::string vector(const std::string& name) {
    std::ifstream in{std::filesystem::path{CHELA_VECTORS_DIR} / "tenderly" / (name + ".json")};
    EXPECT_TRUE(in) << name;
    return {std::istreambuf_iterator<char>{in}, {}};
}

test::Script once(std::string_view status, const std::string& body) {
    return {test::raw(test::http_answer(status, body))};
}

class tenderly : public testing::Test {
protected:
    void serve(std::vector<test::Script> scripts) {
        server = std::make_unique<test::ScriptedServer>(context, std::move(scripts));
        TenderlyOptions options;
        options.url = server->url("/");
        options.account = "team";
        options.project = "pay_ments";
        options.access_key = signer::Secret{kKey};
        options.timeout = timeout;
        auto made = make_tenderly(context.get_executor(), std::move(options));
        ASSERT_TRUE(made.has_value()) << made.error().detail;
        subject = *made;
    }
    auto run(std::size_t calls = 1) {
        return test::await(
            context, subject->simulate(
                         ChainId{1}, std::vector<chains::node::CallRequest>(calls), BlockNumber{16},
                         std::chrono::steady_clock::now() + std::chrono::seconds{30}));
    }
    void expect_fails(ErrorCode code, const std::string& reason) {
        const auto result = run();
        ASSERT_FALSE(result.has_value());
        EXPECT_EQ(result.error().code, code) << result.error().detail;
        EXPECT_EQ(result.error().reason, reason);
        EXPECT_THAT(result.error().detail, Not(HasSubstr(kKey)));
    }

    std::chrono::milliseconds timeout{15'000};
    boost::asio::io_context context;
    std::unique_ptr<test::ScriptedServer> server;
    std::shared_ptr<Tenderly> subject;
};

TEST_F(tenderly, is_asked_at_its_path_with_the_key_in_a_header) {
    serve({once("200 OK", vector("success"))});
    const auto results = run();
    ASSERT_TRUE(results.has_value()) << results.error().detail;
    ASSERT_EQ(results->size(), 1U);
    EXPECT_EQ(results->front().outcome, Outcome::success);
    EXPECT_EQ(
        results->front().provider_url,
        "https://dashboard.tenderly.co/team/pay_ments/simulator/"
        "1b8a2e4c-0d8b-4c1e-9d53-2f4f5a1f7a10");
    ASSERT_EQ(server->seen().size(), 1U);
    const auto& seen = server->seen().front();
    EXPECT_THAT(seen.head, HasSubstr("POST /api/v1/account/team/project/pay_ments/simulate HTTP"));
    EXPECT_THAT(seen.head, HasSubstr(std::string{"X-Access-Key: "} + kKey));
    EXPECT_THAT(seen.body, Not(HasSubstr(kKey)));
    const auto body = parse_json(seen.body);
    ASSERT_TRUE(body.has_value());
    EXPECT_EQ(body->at("network_id"), "1");
    EXPECT_EQ(body->at("block_number"), 16);
}

TEST_F(tenderly, a_bundle_goes_to_the_other_path_and_must_be_whole) {
    serve({once("200 OK", vector("bundle_success")), once("200 OK", vector("bundle_success"))});
    const auto results = run(2);
    ASSERT_TRUE(results.has_value()) << results.error().detail;
    EXPECT_EQ(results->size(), 2U);
    EXPECT_THAT(server->seen().front().head, HasSubstr("/simulate-bundle HTTP"));
    EXPECT_FALSE(run(3).has_value()) << "two successes of three are none";
}

TEST_F(tenderly, a_refused_key_says_what_to_mend_and_not_the_key) {
    serve({once("401 Unauthorized", vector("failure_access"))});
    expect_fails(ErrorCode::denied, "E_TENDERLY_ACCESS");
}

TEST_F(tenderly, an_echo_of_the_key_goes_no_further) {
    for (const std::string status : {"403 Forbidden", "500 Internal Server Error"}) {
        serve({once(
            status, R"({"error":{"slug":"no","message":"not with X-Access-Key )" +
                        std::string{kKey} + R"("}})")});
        const auto result = run();
        ASSERT_FALSE(result.has_value());
        EXPECT_THAT(result.error().detail, Not(HasSubstr(kKey)));
        EXPECT_THAT(result.error().detail, HasSubstr("[redacted]"));
    }
}

TEST_F(tenderly, a_failure_of_the_service_is_no_answer) {
    serve(
        {once("400 Bad Request", vector("failure_funds")), once("502 Bad Gateway", "<html>"),
         once("200 OK", "{}"), once("200 OK", vector("failure_funds"))});
    expect_fails(ErrorCode::unavailable, "E_TENDERLY_REFUSED");
    expect_fails(ErrorCode::unavailable, "E_TENDERLY_REFUSED");
    expect_fails(ErrorCode::bad_response, "E_TENDERLY_ANSWER");
    expect_fails(ErrorCode::unavailable, "E_TENDERLY_REFUSED");
}

TEST_F(tenderly, silence_ends_at_its_own_limit) {
    timeout = std::chrono::milliseconds{50};
    serve({{test::silence()}});
    const auto result = run();
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::timed_out);
}

TEST_F(tenderly, a_server_that_is_not_there_is_unavailable) {
    serve({});
    server.reset();
    const auto result = run();
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::unavailable);
}

TEST(make_tenderly, refuses_what_is_no_url) {
    boost::asio::io_context context;
    TenderlyOptions options;
    options.url = "ftp://api.tenderly.co";
    EXPECT_FALSE(make_tenderly(context.get_executor(), std::move(options)).has_value());
}

}  // namespace
}  // namespace chela::sidecar::node
