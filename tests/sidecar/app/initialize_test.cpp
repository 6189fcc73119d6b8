#include "sidecar/app/initialize.hpp"

#include "sidecar/app/opened.hpp"
#include "sidecar/auth/api_key.hpp"
#include "sidecar/auth/jwt.hpp"
#include "tests/support/temp_dir.hpp"

#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace chela::sidecar::app {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

unsigned mode_of(const fs::path& path) {
    struct stat info{};
    if (::lstat(path.c_str(), &info) != 0) bug("not there: " + path.string());
    return info.st_mode & 07777U;
}

class initialized : public testing::Test {
protected:
    [[nodiscard]] fs::path root() const { return dir_.path() / "state"; }
    [[nodiscard]] Result<Initialized> make() const {
        return initialize({root(), CHELA_SOFTHSM_MODULE});
    }

    /// A file that is no PKCS#11 module.
    [[nodiscard]] fs::path wrong_module() const {
        fs::path path = dir_.path() / "module.so";
        std::ofstream{path} << "not a shared object";
        return path;
    }

    chela::test::TempDir dir_;
};

TEST_F(initialized, state_is_for_its_owner_alone_under_any_umask) {
    for (const mode_t mask : {0U, 077U}) {
        const mode_t before = ::umask(mask);
        fs::remove_all(root());
        const auto made = make();
        ::umask(before);
        ASSERT_TRUE(made.has_value()) << made.error().detail;
        const StateDirectory state{root()};
        EXPECT_EQ(mode_of(root()), 0700U);
        EXPECT_EQ(mode_of(state.softhsm_tokens()), 0700U);
        for (const auto& file :
             {state.config(), state.database(), state.jwt_key(), state.softhsm_conf(),
              state.user_pin(), state.so_pin()}) {
            EXPECT_EQ(mode_of(file), 0600U) << file;
        }
        for (const auto& entry : fs::recursive_directory_iterator{root()}) {
            EXPECT_EQ(mode_of(entry.path()) & 077U, 0U) << entry.path();
        }
    }
}

TEST_F(initialized, state_has_a_plain_name) {
    const auto made =
        initialize({root() / "." / ".." / "state" / "", {}, InitializeOptions::Keys::keystore});
    ASSERT_TRUE(made.has_value()) << made.error().detail;
    EXPECT_EQ(made->directory, root());
}

TEST_F(initialized, state_opens_with_its_token_database_and_keys) {
    const auto made = make();
    ASSERT_TRUE(made.has_value()) << made.error().detail;
    const auto opened = open(root());
    ASSERT_TRUE(opened.has_value()) << opened.error().detail;
    EXPECT_TRUE(opened->back_ends.token->status().has_value());
    EXPECT_NE(opened->config.token->uri.find(made->token_label), std::string::npos);
    EXPECT_TRUE(opened->config.identities.empty());
    EXPECT_TRUE(auth::JwtKey::load(opened->state.jwt_key()).has_value());

    const auto keys = opened->store->admin_keys();
    ASSERT_TRUE(keys.has_value());
    ASSERT_EQ(keys->size(), 1U);
    EXPECT_EQ(keys->front().hash, auth::hash_api_key(made->admin_key.reveal()));
    EXPECT_FALSE(auth::lookup_prefix(made->admin_key.reveal(), auth::kAdminKeyPrefix).empty());
    const auto audit = opened->store->audit_records(0, 10);
    ASSERT_TRUE(audit.has_value());
    ASSERT_EQ(audit->size(), 1U);
    EXPECT_EQ(audit->front().action, "admin_key.created");
    EXPECT_EQ(audit->front().subject, keys->front().id);
}

TEST_F(initialized, state_has_pins_of_its_own_and_the_admin_key_in_no_file) {
    const auto made = make();
    ASSERT_TRUE(made.has_value()) << made.error().detail;
    const StateDirectory state{root()};
    const auto user_pin = content_of(state.user_pin());
    const auto so_pin = content_of(state.so_pin());
    EXPECT_EQ(user_pin.size(), 32U);
    EXPECT_EQ(so_pin.size(), 32U);
    EXPECT_NE(user_pin, so_pin);
    for (const auto& entry : fs::recursive_directory_iterator{root()}) {
        if (!entry.is_regular_file()) continue;
        const auto content = content_of(entry.path());
        EXPECT_EQ(content.find(made->admin_key.reveal()), std::string::npos) << entry.path();
        const bool is_pin_file = entry.path() == state.user_pin();
        EXPECT_EQ(content.find(user_pin) == std::string::npos, !is_pin_file) << entry.path();
    }
}

TEST_F(initialized, state_may_be_an_empty_directory_or_a_new_one_below_new_ones) {
    fs::create_directory(root());
    fs::permissions(root(), fs::perms::all);
    ASSERT_TRUE(make().has_value());
    EXPECT_EQ(mode_of(root()), 0700U);
    const auto deep = initialize({dir_.path() / "a" / "b" / "", CHELA_SOFTHSM_MODULE});
    ASSERT_TRUE(deep.has_value()) << deep.error().detail;
    EXPECT_TRUE(fs::exists(dir_.path() / "a" / "b" / "chela.yaml"));
}

TEST_F(initialized, state_is_never_laid_over_something_else) {
    fs::create_directory(root());
    std::ofstream{root() / "precious"} << "mine";
    std::ofstream{root() / "other"} << "mine too";
    fs::permissions(root(), static_cast<fs::perms>(0755));
    for (const fs::path& module : {fs::path{CHELA_SOFTHSM_MODULE}, wrong_module()}) {
        const auto refused = initialize({root(), module});
        ASSERT_FALSE(refused.has_value());
        EXPECT_EQ(refused.error().code, ErrorCode::conflict);
        EXPECT_EQ(refused.error().reason, "E_NOT_EMPTY");
        EXPECT_NE(refused.error().detail.find("precious"), std::string::npos)
            << refused.error().detail;
        EXPECT_NE(refused.error().detail.find("other"), std::string::npos)
            << refused.error().detail;
    }
    EXPECT_EQ(content_of(root() / "precious"), "mine");
    EXPECT_EQ(std::distance(fs::directory_iterator{root()}, {}), 2);
    EXPECT_EQ(mode_of(root()), 0755U);

    const auto file = initialize({root() / "precious", CHELA_SOFTHSM_MODULE});
    ASSERT_FALSE(file.has_value());
    EXPECT_EQ(file.error().code, ErrorCode::conflict);
    EXPECT_EQ(content_of(root() / "precious"), "mine");
}

TEST_F(initialized, state_is_made_once) {
    ASSERT_TRUE(make().has_value());
    const auto config = content_of(root() / "chela.yaml");
    const auto again = make();
    ASSERT_FALSE(again.has_value());
    EXPECT_EQ(again.error().reason, "E_NOT_EMPTY");
    EXPECT_EQ(content_of(root() / "chela.yaml"), config);
}

/// Acts as a user whom file modes stop, as they do not stop root.
class Unprivileged {
public:
    Unprivileged() {
        if (::geteuid() == 0 && ::seteuid(kNobody) != 0) bug("seteuid");
    }
    Unprivileged(const Unprivileged&) = delete;
    Unprivileged& operator=(const Unprivileged&) = delete;
    ~Unprivileged() {
        if (::getuid() == 0 && ::seteuid(0) != 0) bug("seteuid back");
    }
    static constexpr uid_t kNobody = 65'534;
};

TEST_F(initialized, state_is_not_made_where_nobody_can_tell_what_is_there) {
    const auto module = wrong_module();
    fs::create_directory(root());
    std::ofstream{root() / "precious"} << "mine";
    if (::geteuid() == 0) {
        ASSERT_EQ(::chown(root().c_str(), Unprivileged::kNobody, Unprivileged::kNobody), 0);
        fs::permissions(dir_.path(), static_cast<fs::perms>(0755));
        fs::permissions(module, static_cast<fs::perms>(0644));
    }
    fs::permissions(root(), static_cast<fs::perms>(0300));
    const auto refused = [&] {
        const Unprivileged user;
        return initialize({root(), module});
    }();
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    EXPECT_NE(refused.error().detail.find(root().string()), std::string::npos)
        << refused.error().detail;
    fs::permissions(root(), fs::perms::owner_all);
    EXPECT_EQ(content_of(root() / "precious"), "mine");
}

TEST_F(initialized, state_leaves_nothing_behind_when_the_module_is_wrong) {
    const auto absent = initialize({root(), dir_.path() / "no-module.so"});
    ASSERT_FALSE(absent.has_value());
    EXPECT_EQ(absent.error().code, ErrorCode::not_found);
    EXPECT_EQ(absent.error().reason, "E_NO_MODULE");
    EXPECT_FALSE(fs::exists(root()));

    ASSERT_FALSE(initialize({root(), wrong_module()}).has_value());
    EXPECT_FALSE(fs::exists(root()));

    fs::create_directory(root());
    ASSERT_FALSE(initialize({root(), wrong_module()}).has_value());
    EXPECT_TRUE(fs::is_empty(root()));
    const auto later = make();
    EXPECT_TRUE(later.has_value()) << later.error().detail;
}

}  // namespace
}  // namespace chela::sidecar::app
