#include "sidecar/flow/vote_log.hpp"

#include "sidecar/telemetry/log.hpp"
#include "tests/policy/build.hpp"
#include "tests/support/temp_dir.hpp"

#include <algorithm>
#include <memory>
#include <string>

#include <gmock/gmock.h>

namespace chela::sidecar::flow {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class vote_log : public testing::Test {
protected:
    // Other tests of this process keep it quiet.
    vote_log() { sidecar::log::set_level(sidecar::log::Level::info); }

    void record(const std::string& action, const std::string& detail) const {
        const auto done = store->record({test::kNow, "local:1000", action, "approval-1", detail});
        if (!done) bug(done.error().detail);
    }
    void record_vote(const std::string& vote, const std::string& status) const {
        record(
            "approval.voted", R"({"intent_id":"intent-1","reason":"the moon","vote":")" + vote +
                                  R"(","status":")" + status + "\"}");
    }
    [[nodiscard]] std::string told() { return told_by(log); }
    [[nodiscard]] std::string told_by(VoteLog& one) const {
        testing::internal::CaptureStderr();
        EXPECT_TRUE(one.catch_up(*store).has_value());
        return testing::internal::GetCapturedStderr();
    }

    test::TempDir dir;
    std::unique_ptr<store::Store> store = [this] {
        auto opened = store::open_sqlite(dir.path() / "chela.db", store::OpenMode::create);
        if (!opened) bug(opened.error().detail);
        return std::move(*opened);
    }();
    VoteLog log;
};

TEST_F(vote_log, tells_each_vote_once_and_not_what_the_voter_wrote) {
    EXPECT_THAT(told(), IsEmpty());
    record_vote("approve", "pending");
    const auto lines = told();
    EXPECT_THAT(
        lines, HasSubstr(R"("event":"approval_voted","approval_id":"approval-1","intent_id":)"
                         R"("intent-1","approver":"local:1000","vote":"approve","status":)"
                         R"("pending"})"));
    EXPECT_THAT(lines, Not(HasSubstr("moon")));
    EXPECT_THAT(lines, Not(HasSubstr("intent_denied")));
    EXPECT_THAT(told(), IsEmpty());
}

TEST_F(vote_log, tells_that_a_no_denied_the_intent) {
    static_cast<void>(told());
    record_vote("reject", "rejected");
    EXPECT_THAT(
        told(),
        HasSubstr(
            R"("event":"intent_denied","intent_id":"intent-1","code":"E_APPROVAL_REJECTED"})"));
}

TEST_F(vote_log, tells_of_nothing_else_in_the_chain) {
    static_cast<void>(told());
    record("approval.expired", R"({"intent_id":"intent-1"})");
    record("policy.activated", R"({"vote":"approve"})");
    EXPECT_THAT(told(), IsEmpty());
}

TEST_F(vote_log, begins_where_the_chain_ends_however_long_it_is) {
    for (int length = 0; length < 20; ++length) {
        VoteLog late;
        EXPECT_THAT(told_by(late), IsEmpty()) << length;
        record_vote("approve", "pending");
        EXPECT_THAT(told_by(late), HasSubstr("approval_voted")) << length;
    }
}

TEST_F(vote_log, leaves_out_none_of_many) {
    static_cast<void>(told());
    for (int i = 0; i < 600; ++i)
        record_vote("approve", "pending");
    const auto lines = told();
    EXPECT_EQ(std::ranges::count(lines, '\n'), 600);
}

}  // namespace
}  // namespace chela::sidecar::flow
