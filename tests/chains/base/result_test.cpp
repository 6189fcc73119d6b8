#include "chains/base/result.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace chela {
namespace {

TEST(error_code, every_code_has_its_own_name) {
    std::set<std::string_view> names;
    const auto last = static_cast<unsigned>(ErrorCode::internal);
    for (unsigned code = 0; code <= last; ++code) {
        const std::string_view name = to_string(static_cast<ErrorCode>(code));
        EXPECT_FALSE(name.empty());
        names.insert(name);
    }
    EXPECT_EQ(names.size(), last + 1U);
    EXPECT_EQ(to_string(ErrorCode::timed_out), "timed_out");
    EXPECT_EQ(to_string(ErrorCode::unavailable), "unavailable");
}

TEST(fail, carries_code_detail_and_reason) {
    const Status status = fail(ErrorCode::denied, "why", "E_WHY");
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::denied);
    EXPECT_EQ(status.error().detail, "why");
    EXPECT_EQ(status.error().reason, "E_WHY");
}

TEST(error, is_internal_unless_somebody_says_otherwise) {
    EXPECT_EQ(Error{}.code, ErrorCode::internal);
}

TEST(bug_death, prints_what_and_aborts) {
    EXPECT_DEATH(bug("the sky fell"), "chela: bug: the sky fell");
}

TEST(bug_death, a_code_outside_the_list_is_a_bug) {
    EXPECT_DEATH(static_cast<void>(to_string(static_cast<ErrorCode>(200))), "ErrorCode");
}

}  // namespace
}  // namespace chela
