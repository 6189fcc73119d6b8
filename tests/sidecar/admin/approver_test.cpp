#include "sidecar/admin/approver.hpp"

#include "sidecar/auth/api_key.hpp"
#include "sidecar/edge/entropy.hpp"
#include "tests/support/temp_dir.hpp"

#include <fstream>
#include <sys/stat.h>

#include <gtest/gtest.h>

namespace chela::sidecar::admin {
namespace {

class approver : public testing::Test {
protected:
    approver() {
        auto opened = store::open_sqlite(dir.path() / "chela.db", store::OpenMode::create);
        if (!opened) bug(opened.error().detail);
        store = std::move(*opened);
        const auto made = auth::make_api_key(auth::kAdminKeyPrefix);
        key = made.key.reveal();
        const auto done = store->insert_admin_key(
            {id, made.prefix, made.hash, TimePoint{}},
            {TimePoint{}, "operator", "admin_key.created", id, "{}"});
        if (!done) bug(done.error().detail);
    }
    std::string write(const std::string& content, mode_t mode = 0600) const {
        const auto path = dir.path() / "key";
        std::ofstream{path} << content;
        if (::chmod(path.c_str(), mode) != 0) bug("chmod");
        return path.string();
    }
    Result<std::string> who(const std::string& key_file, std::uint32_t uid) {
        return approver_of(config, *store, key_file, {.uid = uid, .groups = {uid, 50}});
    }
    template <class T>
    static std::string reason_of(const Result<T>& result) {
        return result ? "accepted" : result.error().reason;
    }

    chela::test::TempDir dir;
    std::unique_ptr<store::Store> store;
    config::Config config;
    std::string id = random_uuid();
    std::string key;
};

TEST_F(approver, is_the_os_user_unless_a_key_says_otherwise) {
    EXPECT_EQ(who("", 1000), "local:1000");
    EXPECT_EQ(who("", 0), "local:0");
    EXPECT_EQ(who(write(key + "\n"), 1000), "admin:" + id);
}

TEST_F(approver, is_nobody_whom_the_configuration_lets_act_as_an_agent) {
    config::IdentityConfig identity;
    identity.name = "trader";
    identity.uids = {999, 1000};
    config.identities = {identity};
    const auto refused = who("", 1000);
    EXPECT_EQ(reason_of(refused), "E_APPROVAL_BY_AGENT");
    EXPECT_EQ(refused.error().code, ErrorCode::denied);
    EXPECT_NE(refused.error().detail.find("trader"), std::string::npos);
    EXPECT_EQ(who("", 1001), "local:1001");
    EXPECT_EQ(who(write(key), 1000), "admin:" + id) << "a key is an operator's, whoever types";
}

TEST_F(approver, is_nobody_whom_one_of_its_groups_lets_act_as_an_agent) {
    config::IdentityConfig identity;
    identity.name = "trader";
    identity.gids = {50};
    config.identities = {identity};
    EXPECT_EQ(reason_of(who("", 1000)), "E_APPROVAL_BY_AGENT");
    config.identities[0].gids = {51};
    EXPECT_EQ(who("", 1000), "local:1000");
}

TEST_F(approver, is_nobody_with_a_key_that_is_none_of_ours) {
    EXPECT_EQ(
        reason_of(
            who(write(std::string{auth::make_api_key(auth::kAdminKeyPrefix).key.reveal()}), 1)),
        "E_API_KEY");
    EXPECT_EQ(
        reason_of(
            who(write(std::string{auth::make_api_key(auth::kAgentKeyPrefix).key.reveal()}), 1)),
        "E_API_KEY");
    EXPECT_EQ(reason_of(who(write("local:1"), 1)), "E_API_KEY");
}

TEST_F(approver, is_nobody_with_a_key_that_others_can_read) {
    EXPECT_EQ(reason_of(who(write(key, 0640), 1)), "E_FILE_MODE");
    EXPECT_EQ(who((dir.path() / "absent").string(), 1).error().code, ErrorCode::not_found);
}

TEST_F(approver, is_nobody_with_a_key_that_was_removed) {
    const auto file = write(key);
    const auto other = auth::make_api_key(auth::kAdminKeyPrefix);
    const auto other_id = random_uuid();
    ASSERT_TRUE(store
                    ->insert_admin_key(
                        {other_id, other.prefix, other.hash, TimePoint{}, "other"},
                        {TimePoint{}, "operator", "admin_key.created", other_id, "{}"})
                    .has_value());
    ASSERT_TRUE(
        store->remove_admin_key(id, {TimePoint{}, "operator", "admin_key.removed", id, "{}"})
            .has_value());
    EXPECT_EQ(reason_of(who(file, 1)), "E_API_KEY");
}

}  // namespace
}  // namespace chela::sidecar::admin
