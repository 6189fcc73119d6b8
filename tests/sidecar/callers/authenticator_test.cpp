#include "sidecar/auth/authenticator.hpp"

#include "tests/sidecar/auth/issuer_key.hpp"
#include "tests/sidecar/callers/fixture.hpp"

#include <fstream>
#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace chela::sidecar::auth {
namespace {

using std::chrono::seconds;
using test::reason_of;

/// The real exchange, counted.
class CountingAuthority final : public Authority {
public:
    CountingAuthority(TokenIssuer& issuer, boost::asio::thread_pool& pool)
        : embedded_{issuer, pool} {}
    boost::asio::awaitable<Result<AccessToken>> exchange(
        std::string agent_id,
        std::shared_ptr<const signer::Secret> api_key,
        Deadline deadline) override {
        ++calls;
        co_return co_await embedded_.exchange(agent_id, api_key, deadline);
    }
    int calls = 0;

private:
    EmbeddedAuthority embedded_;
};

class authenticator : public test::CallersTest {
public:
    ~authenticator() override {
        authenticator_->set_identities({});
        pool_.join();
        context_.restart();
        context_.poll();
    }

protected:
    /// @param name  also of its API key file
    Identity identity(
        const std::string& name,
        const Agent& agent,
        std::vector<std::uint32_t> uids,
        const std::string& token = {}) {
        write_key(name, agent.key);
        Identity made{
            .name = name, .uids = std::move(uids), .client_token_hash = {}, .credential = {}};
        if (!token.empty()) made.client_token_hash = hash_api_key(token);
        made.credential = std::make_shared<Credential>(
            context_.get_executor(), authority_, clock_,
            Credential::Options{name, agent.id, dir_.path() / name, {}}, nullptr);
        return made;
    }

    void write_key(const std::string& name, const std::string& key) const {
        const auto path = dir_.path() / name;
        std::ofstream{path} << key;
        if (chmod(path.c_str(), 0600) != 0) bug("chmod");
    }

    void use(std::vector<Identity> identities) {
        authenticator_->set_identities(std::move(identities));
    }

    /// Forgets everything.
    void limit(const CallLimits& limits) { authenticator_.emplace(*issuer_, pool_, limits); }

    Result<Principal> authenticate(http::Request request) {
        request.deadline = std::chrono::steady_clock::now() + std::chrono::minutes{1};
        std::optional<Result<Principal>> answer;
        boost::asio::co_spawn(
            context_, authenticator_->authenticate(std::move(request)),
            [&answer](const std::exception_ptr& thrown, Result<Principal> result) {
                if (thrown) std::rethrow_exception(thrown);
                answer = std::move(result);
            });
        context_.restart();
        while (!answer && context_.run_one() > 0) {
        }
        if (!answer) bug("nobody answered");
        return *answer;
    }

    static http::Request with_header(const std::string& name, const std::string& value) {
        http::Request request;
        request.way_in = http::WayIn::local;
        request.headers.emplace_back(name, value);
        return request;
    }
    static http::Request bearer(const std::string& token) {
        return with_header("authorization", "Bearer " + token);
    }
    static http::Request from_uid(std::uint32_t uid, http::Request request = {}) {
        request.way_in = http::WayIn::local;
        request.peer = http::UnixPeer{.uid = uid, .gid = uid, .pid = 1};
        return request;
    }
    static std::string who(const Result<Principal>& principal) {
        return principal ? principal->id : principal.error().reason;
    }

    boost::asio::io_context context_{1};
    boost::asio::thread_pool pool_{1};
    std::shared_ptr<CountingAuthority> authority_ =
        std::make_shared<CountingAuthority>(*issuer_, pool_);
    std::optional<Authenticator> authenticator_{std::in_place, *issuer_, pool_};
};

TEST_F(authenticator, knows_a_bearer_by_its_token_its_key_or_its_admin_key) {
    const auto agent = add_agent();
    const auto admin = make_api_key(kAdminKeyPrefix);
    const std::string admin_id = random_uuid();
    ASSERT_TRUE(store_
                    ->insert_admin_key(
                        {admin_id, admin.prefix, admin.hash, clock_->time},
                        {clock_->time, "operator", "admin_key.created", admin_id, "{}"})
                    .has_value());
    EXPECT_EQ(who(authenticate(bearer(exchange(agent).token))), agent.id);
    EXPECT_EQ(who(authenticate(bearer(agent.key))), agent.id);
    const auto as_admin = authenticate(bearer(std::string{admin.key.reveal()}));
    ASSERT_TRUE(as_admin.has_value());
    EXPECT_EQ(as_admin->id, admin_id);
    EXPECT_EQ(as_admin->kind, PrincipalKind::admin);
}

TEST_F(authenticator, what_ended_credentials_ends_them_though_they_were_just_right) {
    const std::vector<std::function<void(const Agent&)>> endings{
        [this](const Agent& agent) {
            change(agent, [](store::AgentRecord& record) { record.is_active = false; });
        },
        [this](const Agent& agent) { static_cast<void>(rotate(agent)); },
        [this](const Agent& agent) {
            // Another process does it.
            auto other = store::open_sqlite(dir_.path() / "chela.db", store::OpenMode::existing);
            ASSERT_TRUE(other.has_value());
            ASSERT_TRUE((*other)
                            ->update_agent(
                                agent.id,
                                {clock_->time, "operator", "agent.updated", agent.id, "{}"},
                                [](store::AgentRecord& record) -> Status {
                                    record.is_active = false;
                                    return {};
                                })
                            .has_value());
        },
        [this](const Agent&) { clock_->time += test::kDefaultTtl; },
        [this](const Agent&) { clock_->time -= seconds{120}; }};
    for (std::size_t i = 0; i < endings.size(); ++i) {
        const auto agent = add_agent([this](store::AgentRecord& record) {
            record.api_key_expires_at = clock_->time + test::kDefaultTtl;
        });
        const auto token = exchange(agent).token;
        for (int time = 0; time < 2; ++time) {
            EXPECT_EQ(who(authenticate(bearer(token))), agent.id) << i;
            EXPECT_EQ(who(authenticate(bearer(agent.key))), agent.id) << i;
        }
        endings[i](agent);
        EXPECT_NE(who(authenticate(bearer(token))), agent.id) << i;
        const bool was_set_back = i == 4;
        EXPECT_EQ(who(authenticate(bearer(agent.key))) == agent.id, was_set_back) << i;
    }
}

TEST_F(authenticator, an_agents_own_end_ends_what_was_right_before_it) {
    const auto agent = add_agent(
        [this](store::AgentRecord& record) { record.expires_at = clock_->time + seconds{10}; });
    const auto token = exchange(agent).token;
    EXPECT_EQ(who(authenticate(bearer(token))), agent.id);
    clock_->time += seconds{10};
    EXPECT_EQ(who(authenticate(bearer(token))), "E_TOKEN_REVOKED");
    EXPECT_EQ(who(authenticate(bearer(agent.key))), "E_API_KEY");
}

TEST_F(authenticator, an_admin_key_that_was_taken_away_is_not_known_any_more) {
    const auto admin = make_api_key(kAdminKeyPrefix);
    const std::string id = random_uuid();
    const auto audit = [&](const char* action) {
        return policy::AuditEntry{clock_->time, "operator", action, id, "{}"};
    };
    const auto other = make_api_key(kAdminKeyPrefix);
    ASSERT_TRUE(
        store_
            ->insert_admin_key(
                {random_uuid(), other.prefix, other.hash, clock_->time}, audit("admin_key.created"))
            .has_value());
    ASSERT_TRUE(
        store_
            ->insert_admin_key(
                {id, admin.prefix, admin.hash, clock_->time, "second"}, audit("admin_key.created"))
            .has_value());
    const std::string key{admin.key.reveal()};
    EXPECT_EQ(who(authenticate(bearer(key))), id);
    EXPECT_EQ(who(authenticate(bearer(key))), id);
    ASSERT_TRUE(store_->remove_admin_key(id, audit("admin_key.removed")).has_value());
    EXPECT_EQ(who(authenticate(bearer(key))), "E_API_KEY");
}

TEST_F(authenticator, refuses_other_bearers_and_other_schemes) {
    const auto agent = add_agent();
    EXPECT_EQ(who(authenticate(bearer("x"))), "E_TOKEN_MALFORMED");
    EXPECT_EQ(who(authenticate(bearer(""))), "E_TOKEN_MALFORMED");
    EXPECT_EQ(who(authenticate(bearer(" " + agent.key))), "E_TOKEN_MALFORMED");
    EXPECT_EQ(
        who(authenticate(bearer(std::string{make_api_key(kAgentKeyPrefix).key.reveal()}))),
        "E_API_KEY");
    EXPECT_EQ(
        who(authenticate(bearer(std::string{make_api_key(kAdminKeyPrefix).key.reveal()}))),
        "E_API_KEY");
    for (const std::string& value :
         {std::string{"Basic YTpi"}, agent.key, std::string{}, std::string{"Bearer"}}) {
        EXPECT_EQ(who(authenticate(with_header("authorization", value))), "E_AUTHORIZATION_SCHEME")
            << value;
    }
}

TEST_F(authenticator, knows_a_unix_peer_by_its_uid) {
    const auto first = add_agent();
    const auto second = add_agent();
    use({identity("first", first, {1000, 1001}), identity("second", second, {2000})});
    EXPECT_EQ(who(authenticate(from_uid(1000))), first.id);
    EXPECT_EQ(who(authenticate(from_uid(1001))), first.id);
    EXPECT_EQ(who(authenticate(from_uid(2000))), second.id);
    EXPECT_EQ(authority_->calls, 2);
}

TEST_F(authenticator, knows_a_local_client_by_its_token) {
    const auto first = add_agent();
    const auto second = add_agent();
    use(
        {identity("first", first, {1000}, "token-of-first"),
         identity("second", second, {}, "token-of-second")});
    EXPECT_EQ(who(authenticate(with_header("x-chela-token", "token-of-first"))), first.id);
    EXPECT_EQ(who(authenticate(with_header("x-chela-token", "token-of-second"))), second.id);
    EXPECT_EQ(
        who(authenticate(from_uid(1000, with_header("x-chela-token", "token-of-second")))),
        second.id);
}

TEST_F(authenticator, knows_nobody_else) {
    use(
        {identity("first", add_agent(), {1000}, "token-of-first"),
         identity("second", add_agent(), {})});
    EXPECT_EQ(who(authenticate({})), "E_NO_CREDENTIALS");
    EXPECT_EQ(who(authenticate(from_uid(0))), "E_NO_CREDENTIALS");
    EXPECT_EQ(who(authenticate(from_uid(1001))), "E_NO_CREDENTIALS");
    for (const char* token : {"", "x", "token-of-firs", "token-of-first "}) {
        EXPECT_EQ(who(authenticate(with_header("x-chela-token", token))), "E_NO_CREDENTIALS")
            << token;
        // Who says who they are is not taken for somebody else.
        EXPECT_EQ(
            who(authenticate(from_uid(1000, with_header("x-chela-token", token)))),
            "E_NO_CREDENTIALS")
            << token;
    }
}

TEST_F(authenticator, believes_authorization_before_the_peer) {
    const auto mine = add_agent();
    const auto other = add_agent();
    use({identity("mine", mine, {1000}, "token-of-mine")});
    EXPECT_EQ(who(authenticate(from_uid(1000, bearer(other.key)))), other.id);
    EXPECT_EQ(who(authenticate(from_uid(1000, bearer("x")))), "E_TOKEN_MALFORMED");
    auto both = bearer(other.key);
    both.headers.emplace_back("x-chela-token", "token-of-mine");
    EXPECT_EQ(who(authenticate(both)), other.id);
    EXPECT_EQ(who(authenticate(from_uid(1000))), mine.id);
}

TEST_F(authenticator, exchanges_once_more_when_the_key_was_rotated_under_a_cached_token) {
    const auto agent = add_agent();
    use({identity("mine", agent, {1000})});
    ASSERT_EQ(who(authenticate(from_uid(1000))), agent.id);
    ASSERT_EQ(authority_->calls, 1);
    write_key("mine", rotate(agent));
    EXPECT_EQ(who(authenticate(from_uid(1000))), agent.id);
    EXPECT_EQ(authority_->calls, 2);
    EXPECT_EQ(who(authenticate(from_uid(1000))), agent.id);
    EXPECT_EQ(authority_->calls, 2);
}

TEST_F(authenticator, exchanges_only_once_more_when_the_rotated_key_is_not_there_yet) {
    const auto agent = add_agent();
    use({identity("mine", agent, {1000})});
    ASSERT_EQ(who(authenticate(from_uid(1000))), agent.id);
    rotate(agent);
    EXPECT_EQ(who(authenticate(from_uid(1000))), "E_API_KEY");
    EXPECT_EQ(authority_->calls, 2);
    EXPECT_EQ(who(authenticate(from_uid(1000))), "E_API_KEY");  // within the back-off
    EXPECT_EQ(authority_->calls, 2);
}

TEST_F(authenticator, does_not_loop_over_tokens_that_do_not_hold) {
    const auto scripted = std::make_shared<test::ScriptedAuthority>(context_, clock_);
    const auto agent = add_agent();
    write_key("remote", agent.key);
    Identity remote{.name = "remote", .uids = {1000}, .client_token_hash = {}, .credential = {}};
    remote.credential = std::make_shared<Credential>(
        context_.get_executor(), scripted, clock_,
        Credential::Options{"remote", agent.id, dir_.path() / "remote", {}}, nullptr);
    use({remote});
    EXPECT_EQ(who(authenticate(from_uid(1000))), "E_TOKEN_MALFORMED");
    EXPECT_EQ(scripted->calls, 2U);
}

TEST_F(authenticator, takes_an_agent_elsewhere_for_itself_while_its_authority_gives_tokens) {
    const auto scripted = std::make_shared<test::ScriptedAuthority>(context_, clock_);
    const auto agent = add_agent();
    write_key("remote", "a key that is none here");
    const auto elsewhere = [&](const std::string& id) {
        Identity made{.name = "remote", .uids = {1000}, .client_token_hash = {}, .credential = {}};
        made.agent_elsewhere = id;
        made.credential = std::make_shared<Credential>(
            context_.get_executor(), scripted, clock_,
            Credential::Options{"remote", id, dir_.path() / "remote", {}}, nullptr);
        return made;
    };
    use({elsewhere(agent.id)});
    EXPECT_EQ(who(authenticate(from_uid(1000))), agent.id);
    // Its token is no token of ours.
    EXPECT_EQ(who(authenticate(bearer("jwt-1"))), "E_TOKEN_MALFORMED");
    change(agent, [](store::AgentRecord& record) { record.is_active = false; });
    EXPECT_EQ(who(authenticate(from_uid(1000))), "E_TOKEN_REVOKED");

    use({elsewhere(random_uuid())});
    EXPECT_EQ(who(authenticate(from_uid(1000))), "E_AGENT_UNKNOWN");

    scripted->refuse_with(ErrorCode::unauthenticated, "E_API_KEY");
    use({elsewhere(agent.id)});
    EXPECT_EQ(who(authenticate(from_uid(1000))), "E_API_KEY");
}

TEST_F(authenticator, knows_a_client_certificate_until_it_ends) {
    const auto first = add_agent();
    auto mine = identity("mine", first, {});
    mine.spiffe_ids = {"spiffe://example.org/mine"};
    use({mine});
    http::TlsPeer peer{
        .uris = {"spiffe://example.org/mine"},
        .dns_names = {},
        .valid_until = clock_->time + seconds{10},
        .fault = {}};
    http::Request request;
    request.way_in = http::WayIn::certified;
    request.certificate = std::make_shared<const http::TlsPeer>(peer);
    EXPECT_EQ(who(authenticate(request)), first.id);
    clock_->time += seconds{10};
    EXPECT_EQ(who(authenticate(request)), "E_CERTIFICATE_EXPIRED");
    peer.valid_until += seconds{60};
    peer.uris = {"spiffe://example.org/other"};
    request.certificate = std::make_shared<const http::TlsPeer>(peer);
    const auto stranger = authenticate(request);
    EXPECT_EQ(who(stranger), "E_NO_CREDENTIALS");
    EXPECT_NE(stranger.error().detail.find("spiffe://example.org/other"), std::string::npos);
}

TEST_F(authenticator, takes_by_each_way_what_is_safe_on_it) {
    const auto agent = add_agent();
    use({identity("mine", agent, {}, "token-of-mine")});
    const auto jwt = bearer(exchange(agent).token);
    const auto key = bearer(agent.key);
    const auto token = with_header("x-chela-token", "token-of-mine");
    const auto by = [this](http::Request request, http::WayIn way_in) {
        request.way_in = way_in;
        return who(authenticate(std::move(request)));
    };
    using enum http::WayIn;
    for (const auto way_in : {readable, encrypted, certified, local})
        EXPECT_EQ(by(jwt, way_in), agent.id);
    EXPECT_EQ(by(key, readable), "E_CREDENTIAL_READABLE");
    for (const auto way_in : {encrypted, certified, local})
        EXPECT_EQ(by(key, way_in), agent.id);
    EXPECT_EQ(by(token, readable), "E_CLIENT_TOKEN_NOT_LOCAL");
    EXPECT_EQ(by(token, encrypted), "E_CLIENT_TOKEN_NOT_LOCAL");
    EXPECT_EQ(by(token, certified), agent.id);
    EXPECT_EQ(by(token, local), agent.id);
}

TEST_F(authenticator, knows_a_service_account_by_its_token) {
    const auto agent = add_agent();
    auto mine = identity("mine", agent, {});
    mine.service_accounts = {{"agents", "trader"}};
    use({mine});
    const chela::test::IssuerKey issuer_key{"EC", "k"};
    const std::string jwks = chela::test::jwks_of({&issuer_key});
    const auto fetch = [&jwks](Deadline) -> boost::asio::awaitable<Result<std::string>> {
        co_return jwks;
    };
    const auto keys = std::make_shared<IssuerKeys>(
        context_.get_executor(), fetch, IssuerKeys::Options{}, nullptr);
    authenticator_->set_service_accounts(std::make_shared<ServiceAccounts>(
        keys, clock_, ServiceAccounts::Expected{"https://issuer.example", "chela"}));
    const auto token_of = [&](const std::string& name, const std::string& issuer) {
        const auto ends = std::chrono::floor<seconds>(clock_->time + seconds{60});
        return issuer_key.sign(
            {{"iss", issuer},
             {"aud", "chela"},
             {"sub", "system:serviceaccount:agents:" + name},
             {"exp", ends.time_since_epoch() / seconds{1}},
             {"kubernetes.io", {{"namespace", "agents"}, {"serviceaccount", {{"name", name}}}}}});
    };
    const std::string issuer = "https://issuer.example";
    EXPECT_EQ(who(authenticate(bearer(token_of("trader", issuer)))), agent.id);
    EXPECT_EQ(who(authenticate(bearer(token_of("other", issuer)))), "E_NO_CREDENTIALS");
    // Of another issuer it is a token like any other, and not one of ours.
    EXPECT_EQ(
        who(authenticate(bearer(token_of("trader", "https://other.example")))),
        "E_TOKEN_ALGORITHM");
    EXPECT_EQ(who(authenticate(bearer(exchange(agent).token))), agent.id);
    authenticator_->set_service_accounts(nullptr);
    EXPECT_EQ(who(authenticate(bearer(token_of("trader", issuer)))), "E_TOKEN_ALGORITHM");
}

TEST_F(authenticator, swaps_all_identities_and_stops_the_old_credentials) {
    const auto old_agent = add_agent();
    const auto new_agent = add_agent();
    auto before = identity("old", old_agent, {1000}, "old-token");
    const std::weak_ptr<Credential> old_credential = before.credential;
    use({std::move(before)});
    ASSERT_EQ(who(authenticate(from_uid(1000))), old_agent.id);

    use({identity("new", new_agent, {2000}, "new-token")});
    EXPECT_TRUE(old_credential.expired());
    EXPECT_EQ(who(authenticate(from_uid(1000))), "E_NO_CREDENTIALS");
    EXPECT_EQ(who(authenticate(with_header("x-chela-token", "old-token"))), "E_NO_CREDENTIALS");
    EXPECT_EQ(who(authenticate(from_uid(2000))), new_agent.id);

    // No background renewal is left: the context runs out of work at once.
    use({});
    context_.restart();
    context_.run_for(seconds{10});
    EXPECT_TRUE(context_.stopped());
    EXPECT_EQ(authority_->calls, 2);
}

class call_limits : public authenticator {
protected:
    static http::Request from(const std::string& peer, http::Request request) {
        request.peer_name = peer;
        return request;
    }
    static http::Request on(const std::string& route, http::Request request) {
        request.route = route;
        return request;
    }
    static std::string wrong_key() {
        return std::string{make_api_key(kAgentKeyPrefix).key.reveal()};
    }
    static constexpr Rate kOne{.per_second = 0.01, .burst = 1};
};

TEST_F(call_limits, hold_for_each_caller_and_route_whatever_it_brings) {
    const auto agent = add_agent();
    const auto other = add_agent();
    limit({.requests = kOne, .failures = {}});
    use({identity("mine", agent, {1000})});
    EXPECT_EQ(who(authenticate(on("/a", bearer(exchange(agent).token)))), agent.id);
    EXPECT_EQ(who(authenticate(on("/a", bearer(agent.key)))), "E_RATE_LIMITED");
    EXPECT_EQ(who(authenticate(on("/a", from_uid(1000)))), "E_RATE_LIMITED");
    EXPECT_EQ(who(authenticate(on("/b", from_uid(1000)))), agent.id);
    EXPECT_EQ(who(authenticate(on("/a", bearer(other.key)))), other.id);
}

TEST_F(call_limits, say_when_to_try_again) {
    const auto agent = add_agent();
    limit({.requests = kOne, .failures = {}});
    ASSERT_TRUE(authenticate(bearer(agent.key)));
    const auto again = bearer(agent.key);
    const auto refused = authenticate(again);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::rate_limited);
    EXPECT_GT(*again.retry_after, seconds{90});
    EXPECT_LE(*again.retry_after, seconds{100});
}

TEST_F(call_limits, stop_whoever_guesses_also_at_the_right_guess) {
    const auto agent = add_agent();
    use({identity("mine", agent, {}, "token-of-mine")});
    for (const auto& guess :
         {bearer(wrong_key()), bearer("no-credential"), with_header("x-chela-token", "wrong")}) {
        limit({.requests = {}, .failures = kOne});
        use({identity("mine", agent, {}, "token-of-mine")});
        EXPECT_FALSE(authenticate(from("a", guess)));
        EXPECT_EQ(who(authenticate(from("a", guess))), "E_AUTH_FAILURES");
        EXPECT_EQ(who(authenticate(from("a", bearer(agent.key)))), "E_AUTH_FAILURES");
        EXPECT_EQ(
            who(authenticate(from("a", with_header("x-chela-token", "token-of-mine")))), agent.id)
            << "client tokens are of this machine: no program keeps another one out";
    }
}

TEST_F(call_limits, do_not_let_one_peer_lock_out_another) {
    const auto agent = add_agent();
    const auto neighbour = add_agent();
    limit({.requests = {}, .failures = kOne});
    use({identity("mine", agent, {1000}, "token-of-mine")});
    ASSERT_TRUE(authenticate(from("a", bearer(neighbour.key))));
    ASSERT_TRUE(authenticate(from("a", with_header("x-chela-token", "token-of-mine"))));
    for (int i = 0; i < 5; ++i)
        EXPECT_FALSE(authenticate(from("a", bearer(wrong_key()))));
    EXPECT_EQ(who(authenticate(from("b", bearer(agent.key)))), agent.id);
    // Of the same address: who was let in before, who brings a signature, whom the kernel names.
    EXPECT_EQ(who(authenticate(from("a", bearer(neighbour.key)))), neighbour.id);
    EXPECT_EQ(
        who(authenticate(from("a", with_header("x-chela-token", "token-of-mine")))), agent.id);
    EXPECT_EQ(who(authenticate(from("a", bearer(exchange(agent).token)))), agent.id);
    EXPECT_EQ(who(authenticate(from("a", from_uid(1000)))), agent.id);
}

TEST_F(call_limits, take_no_expired_token_for_a_guess) {
    const auto agent = add_agent();
    limit({.requests = {}, .failures = kOne});
    const auto old = exchange(agent).token;
    clock_->time += seconds{100'000};
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(who(authenticate(from("a", bearer(old)))), "E_TOKEN_EXPIRED");
    EXPECT_EQ(who(authenticate(from("a", bearer(agent.key)))), agent.id);
}

TEST_F(call_limits, forget_a_secret_that_is_right_no_more) {
    const auto agent = add_agent();
    limit({.requests = {}, .failures = kOne});
    use({identity("mine", agent, {}, "old-token")});
    ASSERT_TRUE(authenticate(from("a", with_header("x-chela-token", "old-token"))));
    use({identity("mine", agent, {}, "new-token")});
    EXPECT_EQ(
        who(authenticate(from("a", with_header("x-chela-token", "old-token")))),
        "E_NO_CREDENTIALS");
    EXPECT_EQ(
        who(authenticate(from("a", with_header("x-chela-token", "old-token")))), "E_AUTH_FAILURES");
}

}  // namespace
}  // namespace chela::sidecar::auth
