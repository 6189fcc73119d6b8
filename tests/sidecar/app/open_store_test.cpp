#include "sidecar/app/opened.hpp"
#include "tests/sidecar/store/fixture.hpp"
#include "tests/sidecar/store/schema_v2.hpp"

namespace chela::sidecar::app {
namespace {

using store::Raw;

class OpenStoreTest : public testing::Test {
protected:
    OpenStoreTest() {
        const auto guardrails = policy::to_storage(policy::Guardrails{});
        Raw{state.database()}.run(store::schema_v2(to_hex(test::address(0x51)), guardrails));
    }
    [[nodiscard]] std::string version() const {
        return Raw{state.database()}.ask("PRAGMA user_version");
    }
    test::TempDir folder;
    StateDirectory state{folder.path()};
};

TEST_F(OpenStoreTest, an_old_database_that_is_served_is_not_touched) {
    const auto serving = DirectoryLock::take(state.lock());
    ASSERT_TRUE(serving.has_value());
    const auto opened = open_store(state);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code, ErrorCode::unavailable);
    EXPECT_EQ(opened.error().reason, "E_SCHEMA_OLD");
    EXPECT_NE(opened.error().detail.find("stop that one"), std::string::npos);
    EXPECT_EQ(version(), "2");
}

TEST_F(OpenStoreTest, whoever_serves_an_old_database_brings_it_up_to_date) {
    const auto serving = DirectoryLock::take(state.lock());
    ASSERT_TRUE(serving.has_value());
    ASSERT_TRUE(open_store(state, *serving).has_value());
    EXPECT_NE(version(), "2");
    EXPECT_TRUE(open_store(state).has_value()) << "a command beside it";
}

TEST_F(OpenStoreTest, a_command_alone_brings_an_old_database_up_to_date) {
    ASSERT_TRUE(open_store(state).has_value());
    EXPECT_NE(version(), "2");
    EXPECT_TRUE(DirectoryLock::take(state.lock()).has_value()) << "the lock is let go again";
}

}  // namespace
}  // namespace chela::sidecar::app
