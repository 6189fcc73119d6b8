#include "sidecar/auth/credential.hpp"

#include "tests/sidecar/auth/scripted_authority.hpp"
#include "tests/support/temp_dir.hpp"

#include <fstream>
#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace chela::sidecar::auth {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class Credentials : public testing::Test {
protected:
    Credentials() : authority_{std::make_shared<test::ScriptedAuthority>(context_, clock_)} {
        write_key("ocv_first");
        Credential::Options options{
            .identity = "trader", .agent_id = "agent-1", .api_key_file = key_file()};
        options.monotonic = [this] { return monotonic_; };
        credential_ = std::make_shared<Credential>(
            context_.get_executor(), authority_, clock_, std::move(options),
            [this](const Credential::Event& event) { events_.push_back(event); });
    }

public:
    ~Credentials() override {
        // Whoever still waits is let go before the context ends.
        credential_->stop();
        authority_->release();
        poll();
    }

protected:
    [[nodiscard]] std::filesystem::path key_file() const { return dir_.path() / "agent.key"; }

    void write_key(std::string_view key) const {
        std::ofstream{key_file()} << key;
        chmod(key_file().c_str(), 0600);
    }

    /// Lets both clocks run.
    void advance(milliseconds span) {
        clock_->time += span;
        monotonic_ += span;
    }

    void poll() {
        context_.restart();
        context_.poll();
    }

    using Slot = std::shared_ptr<std::optional<Result<std::string>>>;

    Slot ask(Deadline deadline = std::chrono::steady_clock::now() + hours{1}) {
        auto slot = std::make_shared<std::optional<Result<std::string>>>();
        boost::asio::co_spawn(
            context_, credential_->token(deadline),
            [slot](const std::exception_ptr& thrown, Result<std::string> result) {
                if (thrown) std::rethrow_exception(thrown);
                *slot = std::move(result);
            });
        poll();
        return slot;
    }

    /// Asks and expects an answer without anybody waiting.
    Result<std::string> token() {
        const Slot slot = ask();
        if (!*slot) return fail(ErrorCode::timed_out, "still waiting", "WAITING");
        return **slot;
    }

    std::string reason() {
        const auto result = token();
        return result ? "got " + *result : result.error().reason;
    }

    chela::test::TempDir dir_;
    boost::asio::io_context context_;
    std::shared_ptr<test::FakeClock> clock_ = std::make_shared<test::FakeClock>();
    std::chrono::steady_clock::time_point monotonic_{};
    std::shared_ptr<test::ScriptedAuthority> authority_;
    std::vector<Credential::Event> events_;
    std::shared_ptr<Credential> credential_;
};

TEST_F(Credentials, are_exchanged_once_and_kept) {
    EXPECT_EQ(token().value_or(""), "jwt-1");
    EXPECT_EQ(token().value_or(""), "jwt-1");
    EXPECT_EQ(authority_->calls, 1U);
    EXPECT_EQ(authority_->keys, std::vector<std::string>{"ocv_first"});
    EXPECT_EQ(authority_->agent_ids, std::vector<std::string>{"agent-1"});
    ASSERT_EQ(events_.size(), 1U);
    EXPECT_EQ(events_[0].identity, "trader");
    EXPECT_FALSE(events_[0].renewed);
    EXPECT_FALSE(events_[0].error.has_value());
    EXPECT_EQ(events_[0].expires_at, clock_->time + minutes{15});
}

TEST_F(Credentials, share_one_exchange_among_200_callers_at_expiry) {
    ASSERT_EQ(token().value_or(""), "jwt-1");
    advance(minutes{15});
    authority_->hold();
    std::vector<Slot> slots;
    for (int i = 0; i < 200; ++i)
        slots.push_back(ask());
    EXPECT_EQ(authority_->calls, 2U);
    for (const Slot& slot : slots)
        EXPECT_FALSE(slot->has_value());
    authority_->release();
    poll();
    for (const Slot& slot : slots) {
        ASSERT_TRUE(slot->has_value());
        EXPECT_EQ((*slot)->value_or(""), "jwt-2");
    }
    EXPECT_EQ(authority_->calls, 2U);
}

TEST_F(Credentials, serve_the_old_token_while_a_renewal_runs) {
    ASSERT_EQ(token().value_or(""), "jwt-1");
    advance(minutes{12});
    authority_->hold();
    EXPECT_EQ(token().value_or(""), "jwt-1");
    EXPECT_EQ(authority_->calls, 2U);
    EXPECT_EQ(token().value_or(""), "jwt-1");
    EXPECT_EQ(authority_->calls, 2U);
    authority_->release();
    poll();
    EXPECT_EQ(token().value_or(""), "jwt-2");
    EXPECT_TRUE(events_.back().renewed);
}

TEST_F(Credentials, do_not_renew_before_65_percent_of_the_life) {
    ASSERT_EQ(token().value_or(""), "jwt-1");
    advance(minutes{15} * 64 / 100);
    EXPECT_EQ(token().value_or(""), "jwt-1");
    EXPECT_EQ(authority_->calls, 1U);
}

TEST_F(Credentials, serve_the_old_token_until_5_s_before_its_end_when_renewal_fails) {
    ASSERT_EQ(token().value_or(""), "jwt-1");
    authority_->refuse_with(ErrorCode::unavailable, "E_AWAY");
    advance(minutes{15} - seconds{5});
    EXPECT_EQ(token().value_or(""), "jwt-1");
    EXPECT_EQ(authority_->calls, 2U);
    EXPECT_EQ(token().value_or(""), "jwt-1");
    EXPECT_EQ(authority_->calls, 2U);  // backing off
    advance(milliseconds{1});
    EXPECT_EQ(reason(), "E_AWAY");
}

TEST_F(Credentials, never_hand_out_an_expired_token) {
    ASSERT_EQ(token().value_or(""), "jwt-1");
    advance(hours{24});
    EXPECT_EQ(token().value_or(""), "jwt-2");
    EXPECT_FALSE(events_.back().renewed);
}

TEST_F(Credentials, keep_a_smaller_margin_for_a_short_life) {
    authority_->life = seconds{5};
    ASSERT_EQ(token().value_or(""), "jwt-1");
    advance(milliseconds{4'500});
    authority_->hold();
    EXPECT_EQ(token().value_or(""), "jwt-1");
    advance(milliseconds{1});
    EXPECT_EQ(reason(), "WAITING");
}

TEST_F(Credentials, do_not_hammer_after_a_refusal) {
    authority_->refuse_with(ErrorCode::unauthenticated, "E_API_KEY");
    for (int i = 0; i < 50; ++i)
        EXPECT_EQ(reason(), "E_API_KEY");
    EXPECT_EQ(authority_->calls, 1U);
    EXPECT_EQ(events_.size(), 1U);
    ASSERT_TRUE(events_[0].error.has_value());
    EXPECT_EQ(events_[0].error->reason, "E_API_KEY");
}

TEST_F(Credentials, try_again_after_a_growing_pause) {
    authority_->refuse_with(ErrorCode::unauthenticated, "E_API_KEY");
    EXPECT_EQ(reason(), "E_API_KEY");
    for (unsigned attempt = 1; attempt <= 12; ++attempt) {
        const seconds pause = std::min<seconds>(seconds{1LL << (attempt - 1)}, minutes{5});
        advance(pause - milliseconds{1});
        EXPECT_EQ(reason(), "E_API_KEY");
        EXPECT_EQ(authority_->calls, attempt);
        advance(milliseconds{1});
        EXPECT_EQ(reason(), "E_API_KEY");
        EXPECT_EQ(authority_->calls, attempt + 1);
    }
    authority_->accept();
    advance(minutes{5});
    EXPECT_EQ(token().value_or("").substr(0, 4), "jwt-");
}

TEST_F(Credentials, come_back_sooner_when_the_authority_was_only_away) {
    authority_->refuse_with(ErrorCode::unavailable, "E_AWAY");
    for (int i = 0; i < 12; ++i) {
        EXPECT_EQ(reason(), "E_AWAY");
        advance(minutes{5});
    }
    const unsigned calls = authority_->calls;
    EXPECT_EQ(reason(), "E_AWAY");
    EXPECT_EQ(authority_->calls, calls + 1);
    advance(seconds{15});
    authority_->accept();
    EXPECT_TRUE(token().has_value());
}

TEST_F(Credentials, try_again_at_once_when_the_key_file_changes) {
    authority_->refuse_with(ErrorCode::unauthenticated, "E_API_KEY");
    EXPECT_EQ(reason(), "E_API_KEY");
    EXPECT_EQ(reason(), "E_API_KEY");
    ASSERT_EQ(authority_->calls, 1U);
    authority_->accept();
    write_key("ocv_second_key");
    EXPECT_TRUE(token().has_value());
    EXPECT_EQ(authority_->keys.back(), "ocv_second_key");
}

TEST_F(Credentials, name_the_file_and_the_mend_when_others_can_read_it) {
    chmod(key_file().c_str(), 0644);
    const auto refused = token();
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "E_FILE_MODE");
    EXPECT_NE(refused.error().detail.find(key_file().string()), std::string::npos);
    EXPECT_NE(refused.error().detail.find("chmod"), std::string::npos);
    EXPECT_EQ(authority_->calls, 0U);
    chmod(key_file().c_str(), 0600);
    EXPECT_EQ(token().value_or(""), "jwt-1");
}

TEST_F(Credentials, say_when_the_file_is_missing_and_recover_when_it_comes) {
    std::filesystem::remove(key_file());
    const auto refused = token();
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::not_found);
    write_key("ocv_late");
    EXPECT_EQ(token().value_or(""), "jwt-1");
}

TEST_F(Credentials, exchange_again_when_the_wall_clock_jumps_forward) {
    ASSERT_EQ(token().value_or(""), "jwt-1");
    clock_->time += hours{2};
    EXPECT_EQ(token().value_or(""), "jwt-2");
}

TEST_F(Credentials, exchange_again_when_the_wall_clock_jumps_back) {
    ASSERT_EQ(token().value_or(""), "jwt-1");
    clock_->time -= seconds{60};
    EXPECT_EQ(token().value_or(""), "jwt-1");
    clock_->time -= seconds{1};
    EXPECT_EQ(token().value_or(""), "jwt-2");
}

TEST_F(Credentials, count_a_tokens_age_even_when_the_wall_clock_lags) {
    ASSERT_EQ(token().value_or(""), "jwt-1");
    // Small steps back: the wall clock says 14 minutes, but 14:56 have passed.
    clock_->time += minutes{14};
    monotonic_ += minutes{14} + seconds{56};
    EXPECT_EQ(token().value_or(""), "jwt-2");
}

TEST_F(Credentials, are_not_held_up_by_a_pause_that_began_in_the_future) {
    authority_->refuse_with(ErrorCode::unavailable, "E_AWAY");
    EXPECT_EQ(reason(), "E_AWAY");
    authority_->accept();
    clock_->time -= hours{5};
    EXPECT_EQ(token().value_or(""), "jwt-1");
}

TEST_F(Credentials, refuse_a_token_that_is_expired_on_arrival) {
    authority_->skew = -hours{1};
    EXPECT_EQ(reason(), "E_CLOCK_SKEW");
    EXPECT_EQ(reason(), "E_CLOCK_SKEW");
    EXPECT_EQ(authority_->calls, 1U);
}

TEST_F(Credentials, drop_a_token_that_the_verifier_refused) {
    ASSERT_EQ(token().value_or(""), "jwt-1");
    credential_->invalidate("jwt-0");
    EXPECT_EQ(token().value_or(""), "jwt-1");
    credential_->invalidate("jwt-1");
    EXPECT_EQ(token().value_or(""), "jwt-2");
    credential_->invalidate("jwt-1");
    EXPECT_EQ(token().value_or(""), "jwt-2");
}

TEST_F(Credentials, let_a_caller_go_at_its_deadline_while_the_exchange_goes_on) {
    authority_->hold();
    const Slot hurried = ask(std::chrono::steady_clock::now() - seconds{1});
    ASSERT_TRUE(hurried->has_value());
    EXPECT_EQ((*hurried)->error().code, ErrorCode::timed_out);
    const Slot patient = ask();
    EXPECT_FALSE(patient->has_value());
    authority_->release();
    poll();
    ASSERT_TRUE(patient->has_value());
    EXPECT_EQ((*patient)->value_or(""), "jwt-1");
    EXPECT_EQ(authority_->calls, 1U);
}

TEST_F(Credentials, end_the_wait_when_the_exchange_throws) {
    authority_->throws = true;
    const auto refused = token();
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::internal);
    EXPECT_NE(refused.error().detail.find("scripted"), std::string::npos);
}

TEST_F(Credentials, are_fetched_in_the_background_before_anybody_asks) {
    credential_->start();
    poll();
    EXPECT_EQ(authority_->calls, 1U);
    EXPECT_EQ(token().value_or(""), "jwt-1");
    EXPECT_EQ(authority_->calls, 1U);
}

TEST_F(Credentials, are_renewed_in_the_background_when_due) {
    credential_->start();
    poll();
    advance(minutes{12});
    credential_->stop();
    poll();
    EXPECT_EQ(authority_->calls, 1U);
    credential_->start();
    poll();
    EXPECT_EQ(authority_->calls, 2U);
    EXPECT_TRUE(events_.back().renewed);
}

TEST_F(Credentials, leave_no_background_work_behind_when_stopped) {
    credential_->start();
    poll();
    credential_->stop();
    context_.restart();
    context_.run();  // returns: nothing waits any more
    EXPECT_TRUE(context_.stopped());
}

TEST_F(Credentials, back_off_in_the_background_too) {
    authority_->refuse_with(ErrorCode::unauthenticated, "E_API_KEY");
    credential_->start();
    poll();
    poll();
    EXPECT_EQ(authority_->calls, 1U);
}

}  // namespace
}  // namespace chela::sidecar::auth
