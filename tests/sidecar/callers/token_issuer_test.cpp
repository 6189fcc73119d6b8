#include "sidecar/auth/token_issuer.hpp"

#include "tests/sidecar/callers/fixture.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::auth {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::reason_of;

class token_issuer : public test::CallersTest {
protected:
    /// Every refused exchange must look like this one.
    void expect_same_refusal(const std::string& agent_id, const std::string& key, const char* why) {
        const auto usual = issuer_->exchange({}, make_api_key(kAgentKeyPrefix).key.reveal());
        const auto refused = issuer_->exchange(agent_id, key);
        ASSERT_FALSE(usual.has_value());
        ASSERT_FALSE(refused.has_value()) << why;
        EXPECT_EQ(refused.error().code, ErrorCode::unauthenticated) << why;
        EXPECT_EQ(refused.error().reason, "E_API_KEY") << why;
        EXPECT_EQ(refused.error().detail, usual.error().detail) << why;
    }
};

TEST_F(token_issuer, exchanges_a_key_with_or_without_the_agents_id) {
    const auto agent = add_agent([](auto& record) {
        record.scopes = {"s"};
        record.vault_ids = {"v"};
        record.intents_api_enabled = true;
    });
    clock_->time += milliseconds{250};
    for (const std::string& id : {agent.id, std::string{}}) {
        const auto token = issuer_->exchange(id, agent.key);
        ASSERT_TRUE(token.has_value()) << token.error().detail;
        EXPECT_EQ(token->agent_id, agent.id);
        EXPECT_EQ(token->vault_ids, std::vector<std::string>{"v"});
        EXPECT_EQ(token->issued_at, std::chrono::floor<seconds>(clock_->time));
        EXPECT_EQ(token->expires_at - token->issued_at, test::kDefaultTtl);
        const auto claims = jwt_key_.verify(token->token, clock_->time);
        ASSERT_TRUE(claims.has_value());
        EXPECT_EQ(claims->subject, "agent:" + agent.id);
        EXPECT_EQ(claims->org, store_->org_id());
        EXPECT_EQ(claims->scopes, std::vector<std::string>{"s"});
        EXPECT_EQ(claims->generation, 1);
        EXPECT_EQ(claims->expires_at, token->expires_at);
    }
    EXPECT_EQ(store_->agent(agent.id)->last_active_at, clock_->time);
}

TEST_F(token_issuer, gives_every_token_an_id_of_its_own) {
    const auto agent = add_agent();
    const auto first = jwt_key_.verify(exchange(agent).token, clock_->time);
    const auto second = jwt_key_.verify(exchange(agent).token, clock_->time);
    ASSERT_TRUE(first.has_value() && second.has_value());
    EXPECT_TRUE(is_uuid(first->id));
    EXPECT_NE(first->id, second->id);
}

TEST_F(token_issuer, lets_a_token_live_as_long_as_its_agent_says) {
    const auto agent = add_agent([](auto& record) { record.token_ttl_seconds = 5; });
    const auto token = exchange(agent);
    EXPECT_EQ(token.expires_at - token.issued_at, seconds{5});
    clock_->time += milliseconds{4'999};
    EXPECT_TRUE(issuer_->verify_token(token.token).has_value());
    clock_->time += milliseconds{1};
    EXPECT_EQ(reason_of(issuer_->verify_token(token.token)), "E_TOKEN_EXPIRED");
}

TEST_F(token_issuer, answers_every_bad_exchange_alike) {
    const auto agent = add_agent();
    const auto other = add_agent();
    std::string altered = agent.key;
    altered[20] = altered[20] == 'A' ? 'B' : 'A';  // behind the prefix that finds the agent
    expect_same_refusal(agent.id, altered, "another key with the same prefix");
    expect_same_refusal({}, altered, "the same without an id");
    expect_same_refusal(agent.id, other.key, "the key of another agent");
    expect_same_refusal(random_uuid(), agent.key, "an agent that does not exist");
    expect_same_refusal("not-a-uuid", agent.key, "an id that is none");
    for (const std::string& key :
         {std::string{}, std::string{"ocv_"}, std::string{"ocv_short"}, agent.key + "A",
          agent.key.substr(0, agent.key.size() - 1), "OCV_" + agent.key.substr(4),
          std::string{make_api_key(kAdminKeyPrefix).key.reveal()}}) {
        expect_same_refusal(agent.id, key, "no key at all");
    }
    const auto inactive = add_agent([](auto& record) { record.is_active = false; });
    expect_same_refusal(inactive.id, inactive.key, "an inactive agent");
    const auto expired = add_agent([this](auto& record) { record.expires_at = clock_->time; });
    expect_same_refusal(expired.id, expired.key, "an expired agent");
    const auto expired_key =
        add_agent([this](auto& record) { record.api_key_expires_at = clock_->time; });
    expect_same_refusal(expired_key.id, expired_key.key, "an expired key");
    const std::string old_key = agent.key;
    rotate(agent);
    expect_same_refusal(agent.id, old_key, "a rotated key");
}

TEST_F(token_issuer, takes_an_agent_and_a_key_until_the_moment_they_expire) {
    const auto agent = add_agent([this](auto& record) {
        record.expires_at = clock_->time + seconds{1};
        record.api_key_expires_at = clock_->time + seconds{1};
    });
    clock_->time += milliseconds{999};
    EXPECT_TRUE(issuer_->exchange(agent.id, agent.key).has_value());
    EXPECT_TRUE(issuer_->verify_agent_key(agent.key).has_value());
    clock_->time += milliseconds{1};
    EXPECT_EQ(reason_of(issuer_->exchange(agent.id, agent.key)), "E_API_KEY");
    EXPECT_EQ(reason_of(issuer_->verify_agent_key(agent.key)), "E_API_KEY");
}

TEST_F(token_issuer, knows_the_agent_of_its_token) {
    const auto agent = add_agent([](auto& record) { record.intents_api_enabled = true; });
    const auto principal = issuer_->verify_token(exchange(agent).token);
    ASSERT_TRUE(principal.has_value());
    EXPECT_EQ(principal->kind, PrincipalKind::agent);
    EXPECT_EQ(principal->id, agent.id);
    EXPECT_TRUE(principal->intents_api_enabled);
}

TEST_F(token_issuer, ends_a_token_with_the_rotation_of_the_key) {
    const auto agent = add_agent();
    const auto before = exchange(agent);
    const auto new_key = rotate(agent);
    EXPECT_EQ(reason_of(issuer_->verify_token(before.token)), "E_TOKEN_REVOKED");
    const auto after = issuer_->exchange(agent.id, new_key);
    ASSERT_TRUE(after.has_value());
    EXPECT_TRUE(issuer_->verify_token(after->token).has_value());
}

TEST_F(token_issuer, ends_a_token_with_its_agent) {
    const auto inactive = add_agent();
    const auto first = exchange(inactive);
    change(inactive, [](auto& record) { record.is_active = false; });
    EXPECT_EQ(reason_of(issuer_->verify_token(first.token)), "E_TOKEN_REVOKED");

    const auto expiring =
        add_agent([this](auto& record) { record.expires_at = clock_->time + seconds{10}; });
    const auto second = exchange(expiring);
    clock_->time += seconds{9};
    EXPECT_TRUE(issuer_->verify_token(second.token).has_value());
    clock_->time += seconds{1};
    EXPECT_EQ(reason_of(issuer_->verify_token(second.token)), "E_TOKEN_REVOKED");
}

TEST_F(token_issuer, ends_a_token_at_its_expiry) {
    const auto token = exchange(add_agent());
    clock_->time += test::kDefaultTtl - milliseconds{1};
    EXPECT_TRUE(issuer_->verify_token(token.token).has_value());
    clock_->time += milliseconds{1};
    EXPECT_EQ(reason_of(issuer_->verify_token(token.token)), "E_TOKEN_EXPIRED");
}

TEST_F(token_issuer, refuses_what_it_did_not_issue) {
    const auto agent = add_agent();
    Claims claims;
    claims.subject = "agent:" + agent.id;
    claims.org = store_->org_id();
    claims.issued_at = clock_->time;
    claims.expires_at = clock_->time + seconds{60};
    claims.id = random_uuid();
    claims.generation = 1;
    const auto foreign_key = new_jwt_key(dir_.path() / "other.pem");
    EXPECT_EQ(
        reason_of(issuer_->verify_token(foreign_key.sign(claims).value())), "E_TOKEN_SIGNATURE");
    EXPECT_TRUE(issuer_->verify_token(jwt_key_.sign(claims).value()).has_value());
    for (const std::string& subject :
         {agent.id, "admin:" + agent.id, std::string{"agent:"}, "agent:" + random_uuid()}) {
        claims.subject = subject;
        EXPECT_EQ(
            reason_of(issuer_->verify_token(jwt_key_.sign(claims).value())), "E_TOKEN_REVOKED")
            << subject;
    }
    EXPECT_EQ(reason_of(issuer_->verify_token("")), "E_TOKEN_MALFORMED");
}

TEST_F(token_issuer, knows_agents_and_admins_by_their_keys_and_never_one_for_the_other) {
    const auto agent = add_agent([](auto& record) { record.intents_api_enabled = true; });
    const auto admin = make_api_key(kAdminKeyPrefix);
    const std::string admin_id = random_uuid();
    ASSERT_TRUE(store_
                    ->insert_admin_key(
                        {admin_id, admin.prefix, admin.hash, clock_->time},
                        {clock_->time, "operator", "admin_key.created", admin_id, "{}"})
                    .has_value());

    const auto as_agent = issuer_->verify_agent_key(agent.key);
    ASSERT_TRUE(as_agent.has_value());
    EXPECT_EQ(as_agent->kind, PrincipalKind::agent);
    EXPECT_EQ(as_agent->id, agent.id);
    EXPECT_TRUE(as_agent->intents_api_enabled);
    const auto as_admin = issuer_->verify_admin_key(admin.key.reveal());
    ASSERT_TRUE(as_admin.has_value());
    EXPECT_EQ(as_admin->kind, PrincipalKind::admin);
    EXPECT_EQ(as_admin->id, admin_id);

    EXPECT_EQ(reason_of(issuer_->verify_admin_key(agent.key)), "E_API_KEY");
    EXPECT_EQ(reason_of(issuer_->verify_agent_key(admin.key.reveal())), "E_API_KEY");
    EXPECT_EQ(
        reason_of(issuer_->verify_admin_key(make_api_key(kAdminKeyPrefix).key.reveal())),
        "E_API_KEY");
    EXPECT_EQ(reason_of(issuer_->verify_admin_key("")), "E_API_KEY");
}

TEST_F(token_issuer, writes_down_every_exchange_and_no_secret) {
    const auto agent = add_agent();
    const auto token = exchange(agent);
    ASSERT_FALSE(issuer_->exchange(agent.id, agent.key + "x").has_value());
    ASSERT_FALSE(issuer_->exchange("chosen by the caller", "ocv_chosen").has_value());

    const auto successes = audited("auth.success");
    ASSERT_EQ(successes.size(), 1U);
    EXPECT_EQ(successes[0].actor, "agent:" + agent.id);
    EXPECT_EQ(successes[0].subject, agent.id);
    EXPECT_EQ(successes[0].at, clock_->time);
    const auto claims = jwt_key_.verify(token.token, clock_->time);
    EXPECT_EQ(Json::parse(successes[0].detail).at("jti"), claims->id);

    const auto failures = audited("auth.failure");
    ASSERT_EQ(failures.size(), 2U);
    EXPECT_EQ(failures[0].actor, "unknown");
    EXPECT_EQ(failures[0].subject, agent.id);
    EXPECT_EQ(failures[1].subject, "unknown");  // no text of a stranger's
    EXPECT_EQ(Json::parse(failures[0].detail), Json({{"reason", "E_API_KEY"}}));

    const std::string signature = token.token.substr(token.token.rfind('.') + 1);
    const auto everything = store_->audit_records(0, 10'000);
    ASSERT_TRUE(everything.has_value());
    for (const auto& record : *everything) {
        const std::string text = record.actor + record.action + record.subject + record.detail;
        EXPECT_EQ(text.find(agent.key.substr(0, 12)), std::string::npos) << text;
        EXPECT_EQ(text.find(signature), std::string::npos) << text;
        EXPECT_EQ(text.find("chosen"), std::string::npos) << text;
    }
    EXPECT_TRUE(store_->verify_audit_chain().has_value());
}

}  // namespace
}  // namespace chela::sidecar::auth
