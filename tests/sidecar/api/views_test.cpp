#include "sidecar/api/views.hpp"

#include "chains/base/rfc3339.hpp"
#include "sidecar/node/client.hpp"
#include "tests/sidecar/api/fixture.hpp"

#include <map>

namespace chela::sidecar::api {
namespace {

using store::IntentState;
using test::address_of;
using test::json;

const TimePoint kNow = parse_rfc3339("2026-09-21T14:13:20.250Z").value();

const std::map<IntentState, std::string> kPublishedWord{
    {IntentState::received, "pending"},
    {IntentState::denied, "failed"},
    {IntentState::simulation_failed, "simulation_failed"},
    {IntentState::failed, "failed"},
    {IntentState::reserved, "pending"},
    {IntentState::signed_, "signed"},
    {IntentState::sign_only, "sign_only"},
    {IntentState::broadcast, "broadcast"},
    {IntentState::mined, "broadcast"},
    {IntentState::confirmed, "broadcast"},
    {IntentState::reverted, "failed"}};

store::IntentRecord intent_in(IntentState state) {
    store::IntentRecord intent;
    intent.id = "11111111-2222-4333-8444-555555555555";
    intent.agent_id = "66666666-7777-4888-9999-aaaaaaaaaaaa";
    intent.state = state;
    intent.chain = "base";
    intent.chain_id = ChainId{8'453};
    intent.from = address_of(test::kAlice);
    intent.to = address_of(test::kBob);
    intent.value = Wei{U256::max()};
    intent.created_at = kNow;
    intent.updated_at = kNow + std::chrono::seconds{1};
    return intent;
}

store::IntentRecord signed_intent(IntentState state) {
    auto intent = intent_in(state);
    intent.nonce = Nonce{0};
    intent.signed_bytes = {0x02, 0xc0};
    intent.hash = TxHash{};
    intent.hash->bytes.fill(0xab);
    intent.signed_at = kNow;
    return intent;
}

/// As the client sees it.
Json body_of(const http::Response& response) {
    return json(response.body);
}

TEST(transaction_view, has_the_published_status_word_of_every_state) {
    for (const auto& [state, word] : kPublishedWord) {
        const auto view = transaction_view(intent_in(state), SignedTx::omit);
        EXPECT_EQ(view.at("status"), word);
        EXPECT_EQ(view.at("state"), std::string{to_string(state)});
    }
}

TEST(transaction_view, has_every_member_of_a_signed_transaction) {
    auto intent = signed_intent(IntentState::mined);
    intent.simulation_id = "s";
    intent.simulation_status = "success";
    intent.max_fee_per_gas = "30";
    intent.max_priority_fee_per_gas = "2";
    intent.block_number = BlockNumber{5};
    intent.block_hash = BlockHash{};
    intent.gas_used = Gas{21'000};
    const Json expected = {
        {"id", intent.id},
        {"agent_id", intent.agent_id},
        {"chain", "base"},
        {"chain_id", 8'453},
        {"from", test::kAlice},
        {"to", test::kBob},
        {"value_wei", test::kMax256},
        {"status", "broadcast"},
        {"state", "mined"},
        {"operation", "transaction"},
        {"nonce", 0},
        {"signed_tx", "0x02c0"},
        {"tx_hash", "0xabababababababababababababababababababababababababababababababab"},
        {"created_at", "2026-09-21T14:13:20.250Z"},
        {"updated_at", "2026-09-21T14:13:21.250Z"},
        {"signed_at", "2026-09-21T14:13:20.250Z"},
        {"simulation_id", "s"},
        {"simulation_status", "success"},
        {"max_fee_per_gas", "30"},
        {"max_priority_fee_per_gas", "2"},
        {"block_number", 5},
        {"block_hash", "0x" + std::string(64, '0')},
        {"gas_used", 21'000}};
    EXPECT_EQ(transaction_view(intent, SignedTx::include), expected);
}

TEST(transaction_view, shows_the_signed_bytes_only_when_asked) {
    EXPECT_FALSE(transaction_view(signed_intent(IntentState::signed_), SignedTx::omit)
                     .contains("signed_tx"));
    const auto unsigned_view =
        transaction_view(intent_in(IntentState::reserved), SignedTx::include);
    EXPECT_TRUE(unsigned_view.at("signed_tx").is_null());
}

TEST(transaction_view, leaves_out_what_is_not_known_yet) {
    const auto view = transaction_view(intent_in(IntentState::received), SignedTx::omit);
    for (const char* member :
         {"nonce", "tx_hash", "signed_at", "simulation_id", "simulation_status", "error_code",
          "error_message", "block_number", "block_hash", "gas_used", "max_fee_per_gas"}) {
        EXPECT_FALSE(view.contains(member)) << member;
    }
}

TEST(sign_view, has_every_member_of_a_signature) {
    const auto view = sign_view(signed_intent(IntentState::sign_only));
    for (const char* member :
         {"signed_tx", "tx_hash", "from", "to", "chain", "chain_id", "nonce", "value_wei"}) {
        EXPECT_TRUE(view.contains(member)) << member;
    }
    EXPECT_EQ(view.at("status"), "sign_only");
    EXPECT_EQ(view.at("signed_tx"), "0x02c0");
}

TEST(sign_view, keeps_saying_sign_only_after_the_caller_sent_it) {
    for (const auto state : {IntentState::mined, IntentState::confirmed, IntentState::reverted}) {
        EXPECT_EQ(sign_view(signed_intent(state)).at("status"), "sign_only");
    }
}

TEST(sign_view, never_calls_signed_what_has_no_signature) {
    for (const auto state : {IntentState::received, IntentState::reserved, IntentState::failed}) {
        const auto view = sign_view(intent_in(state));
        EXPECT_EQ(view.at("status"), kPublishedWord.at(state));
        EXPECT_TRUE(view.at("signed_tx").is_null());
    }
}

TEST(submission_response, has_a_status_for_every_state) {
    const std::map<IntentState, std::pair<unsigned, unsigned>> fresh_and_replay{
        {IntentState::received, {201, 200}},          {IntentState::denied, {403, 403}},
        {IntentState::simulation_failed, {422, 422}}, {IntentState::failed, {503, 200}},
        {IntentState::reserved, {201, 200}},          {IntentState::signed_, {201, 200}},
        {IntentState::broadcast, {201, 200}},         {IntentState::mined, {201, 200}},
        {IntentState::confirmed, {201, 200}},         {IntentState::reverted, {201, 200}},
        {IntentState::stalled, {201, 200}},           {IntentState::cancelling, {201, 200}},
        {IntentState::cancelled, {409, 200}}};
    for (const auto& [state, expected] : fresh_and_replay) {
        EXPECT_EQ(submission_response(intent_in(state), false).status, expected.first)
            << to_string(state);
        const auto replay = submission_response(intent_in(state), true);
        EXPECT_EQ(replay.status, expected.second) << to_string(state);
        EXPECT_EQ(body_of(replay).value("state", "denied"), std::string{to_string(state)});
    }
}

TEST(submission_response, to_a_sign_request_is_200_with_the_signed_bytes) {
    auto intent = signed_intent(IntentState::sign_only);
    intent.sign_only = true;
    for (const bool is_replay : {false, true}) {
        const auto response = submission_response(intent, is_replay);
        EXPECT_EQ(response.status, 200U);
        EXPECT_EQ(body_of(response).at("signed_tx"), "0x02c0");
        EXPECT_EQ(body_of(response).at("status"), "sign_only");
    }
}

TEST(submission_response, to_a_denial_lists_every_violation) {
    auto intent = intent_in(IntentState::denied);
    intent.error_code = "E_TO_NOT_ALLOWED";
    intent.error_message = "not allowed";
    intent.violations =
        R"([{"code":"E_TO_NOT_ALLOWED","detail":"a"},{"code":"E_VALUE_OVER_LIMIT","detail":"b"}])";
    const auto response = submission_response(intent, false);
    EXPECT_EQ(response.content_type, "application/problem+json");
    const auto body = body_of(response);
    EXPECT_EQ(body.at("status"), 403);
    EXPECT_EQ(body.at("code"), "E_TO_NOT_ALLOWED");
    EXPECT_EQ(body.at("detail"), "not allowed");
    EXPECT_EQ(body.at("violations"), json(intent.violations));
    EXPECT_EQ(body.at("transaction").at("status"), "failed");
    EXPECT_EQ(body.at("transaction").at("id"), intent.id);
    intent.violations.clear();
    EXPECT_EQ(body_of(submission_response(intent, true)).at("violations"), Json::array());
}

TEST(submission_response, to_a_failed_simulation_is_a_problem_and_a_transaction) {
    auto intent = intent_in(IntentState::simulation_failed);
    intent.error_code = "simulation_failed";
    intent.error_message = "would revert";
    intent.simulation_id = "s";
    const auto response = submission_response(intent, false);
    EXPECT_EQ(response.content_type, "application/problem+json");
    const auto body = body_of(response);
    for (const char* member :
         {"type", "title", "detail", "code", "id", "chain", "to", "simulation_id", "created_at"}) {
        EXPECT_TRUE(body.contains(member)) << member;
    }
    EXPECT_EQ(body.at("status"), "simulation_failed");
    EXPECT_EQ(body.at("detail"), "would revert");
}

TEST(submission_response, survives_text_of_a_contract_that_is_not_utf8) {
    for (const auto state :
         {IntentState::simulation_failed, IntentState::denied, IntentState::reserved}) {
        auto intent = intent_in(state);
        intent.error_code = "E";
        intent.error_message = "reverted: \xff\xc3";
        const auto response = submission_response(intent, false);
        EXPECT_TRUE(parse_json(response.body).has_value()) << to_string(state);
    }
}

store::AgentRecord agent() {
    store::AgentRecord agent;
    agent.id = "66666666-7777-4888-9999-aaaaaaaaaaaa";
    agent.name = "payer";
    agent.scopes = {"a"};
    agent.api_key_prefix = "ocv_12345678";
    agent.api_key_hash.bytes.fill(0xcd);
    agent.created_by = "operator";
    agent.created_at = kNow;
    return agent;
}

TEST(agent_view, has_the_required_members_and_no_secret) {
    const auto view = agent_view(agent(), {}, std::nullopt, kNow);
    for (const char* member :
         {"id", "name", "auth_method", "is_active", "intents_api_enabled", "shroud_enabled",
          "created_at"}) {
        EXPECT_TRUE(view.contains(member)) << member;
    }
    EXPECT_EQ(view.at("auth_method"), "api_key");
    EXPECT_EQ(view.at("created_at"), "2026-09-21T14:13:20.250Z");
    EXPECT_EQ(view.at("api_key_prefix"), "ocv_12345678");
    EXPECT_EQ(view.dump().find("cdcdcd"), std::string::npos);
    EXPECT_TRUE(view.at("evm_address").is_null());
    EXPECT_EQ(view.at("signing_chains"), Json::array());
    EXPECT_TRUE(view.at("token_ttl_seconds").is_null());
    for (const char* member :
         {"expires_at", "api_key_expires_at", "last_active_at", "tx_max_value"}) {
        EXPECT_FALSE(view.contains(member)) << member;
    }
}

TEST(agent_view, shows_limits_times_and_address_when_there_are_any) {
    auto record = agent();
    record.expires_at = kNow;
    record.api_key_expires_at = kNow;
    record.last_active_at = kNow;
    record.token_ttl_seconds = 60;
    record.guardrails.everywhere.max_value = Wei{U256{1}};
    const auto view = agent_view(record, {}, address_of(test::kAlice), kNow);
    EXPECT_EQ(view.at("evm_address"), test::kAlice);
    EXPECT_EQ(view.at("signing_chains"), Json::array({"ethereum"}));
    EXPECT_EQ(view.at("token_ttl_seconds"), 60);
    EXPECT_EQ(view.at("tx_max_value"), "0.000000000000000001");
    for (const char* member : {"expires_at", "api_key_expires_at", "last_active_at"}) {
        EXPECT_EQ(view.at(member), "2026-09-21T14:13:20.250Z") << member;
    }
}

/// One transaction, as its charges are kept.
void spend(std::vector<policy::SpentCharge>& spent, std::uint64_t chain, U256 value, TimePoint at) {
    const auto meters = spend_meters("agent");
    spent.push_back({{meters.at(0), ChainId{chain}, value}, "slot", at});
    spent.push_back({{meters.at(1), ChainId{chain}, U256{1}}, "slot", at});
}

TEST(agent_view, sums_what_was_spent_by_chain_and_counts_the_utc_day) {
    const TimePoint midnight = std::chrono::floor<std::chrono::days>(kNow);
    const U256 half{500'000'000'000'000'000};
    std::vector<policy::SpentCharge> spends;
    spend(spends, 8'453, half, midnight - std::chrono::milliseconds{1});
    spend(spends, 8'453, half, midnight);
    spend(spends, 31'337, half, kNow);
    const auto view = agent_view(agent(), spends, std::nullopt, kNow);
    EXPECT_EQ(view.at("tx_spent_today"), "1.5");
    EXPECT_EQ(view.at("tx_spent_today_eth"), "1.5");
    EXPECT_EQ(view.at("tx_spent_today_by_chain"), Json({{"8453", "1"}, {"31337", "0.5"}}));
    EXPECT_EQ(view.at("tx_count_today"), 2);
    const auto none = agent_view(agent(), {}, std::nullopt, kNow);
    EXPECT_EQ(none.at("tx_spent_today"), "0");
    EXPECT_EQ(none.at("tx_spent_today_by_chain"), Json::object());
    EXPECT_EQ(none.at("tx_count_today"), 0);
}

TEST(agent_view, shows_a_sum_that_does_not_fit_as_the_largest_number) {
    std::vector<policy::SpentCharge> spends;
    spend(spends, 1, U256::max(), kNow);
    spend(spends, 1, U256{1}, kNow);
    spend(spends, 2, U256{1}, kNow);
    const auto view = agent_view(agent(), spends, std::nullopt, kNow);
    EXPECT_EQ(view.at("tx_spent_today"), test::kMaxUnits);
    EXPECT_EQ(view.at("tx_spent_today_by_chain").at("1"), test::kMaxUnits);
    EXPECT_EQ(view.at("tx_spent_today_by_chain").at("2"), "0.000000000000000001");
}

TEST(agent_self_view, tells_an_agent_who_it_is) {
    const auto view = agent_self_view(agent(), "org", address_of(test::kBob));
    const Json expected = {
        {"id", agent().id},
        {"name", "payer"},
        {"description", ""},
        {"org_id", "org"},
        {"scopes", {"a"}},
        {"is_active", true},
        {"intents_api_enabled", false},
        {"created_by", "operator"},
        {"created_at", "2026-09-21T14:13:20.250Z"},
        {"shroud_enabled", false},
        {"evm_address", test::kBob}};
    EXPECT_EQ(view, expected);
}

flow::ChainListing listing() {
    flow::ChainListing out;
    out.rpc_origin =
        node::display_origin("https://user:secret@node.example:8443/v2/apikey?k=secret");
    out.created_at = kNow;
    out.updated_at = kNow + std::chrono::seconds{1};
    return out;
}

TEST(chain_view, has_every_member_and_of_the_url_only_the_origin) {
    const auto view = chain_view(test::chain_of("base", 8'453), listing());
    for (const char* member :
         {"id", "name", "display_name", "chain_id", "rpc_url", "explorer_url", "native_currency",
          "is_testnet", "is_enabled", "created_at", "updated_at"}) {
        EXPECT_TRUE(view.contains(member)) << member;
    }
    EXPECT_EQ(view.at("rpc_url"), "https://node.example:8443");
    EXPECT_EQ(view.at("created_at"), "2026-09-21T14:13:20.250Z");
    EXPECT_EQ(view.at("updated_at"), "2026-09-21T14:13:21.250Z");
    EXPECT_EQ(view.at("chain_id"), 8'453);
    EXPECT_EQ(view.at("is_enabled"), true);
    EXPECT_EQ(view.at("id"), chains::chain_uuid(ChainId{8'453}));
}

TEST(chain_view, shows_a_disabled_chain_as_one_and_leaves_out_the_node_that_it_lacks) {
    auto chain = test::chain_of("base", 8'453);
    chain.is_enabled = false;
    const auto view = chain_view(chain, {});
    EXPECT_EQ(view.at("is_enabled"), false);
    EXPECT_FALSE(view.contains("rpc_url"));
    EXPECT_FALSE(view.contains("ws_url"));
}

TEST(chain_view, of_an_admin_shows_limits_and_where_the_chain_comes_from) {
    auto chain = test::chain_of("base", 8'453);
    chain.max_fee_per_transaction = Wei{U256{10'000'000'000'000'000U}};
    auto shown = listing();
    shown.ws_origin = "wss://node.example:443";
    const auto view = admin_chain_view(chain, shown);
    EXPECT_EQ(view.at("ws_url"), "wss://node.example:443");
    EXPECT_EQ(view.at("source"), "chela.yaml");
    EXPECT_EQ(view.at("max_fee_per_transaction"), "0.01 ETH");
    EXPECT_EQ(view.at("confirmations"), 1);
    EXPECT_EQ(view.at("finality"), "depth");
    EXPECT_EQ(view.at("has_eip1559"), true);
    EXPECT_EQ(view.at("block_time_ms"), 12'000);
    shown.is_configured = false;
    shown.has_fee_limit = false;
    EXPECT_EQ(admin_chain_view(chain, shown).at("source"), "store");
    EXPECT_TRUE(admin_chain_view(chain, shown).at("max_fee_per_transaction").is_null());
}

}  // namespace
}  // namespace chela::sidecar::api
