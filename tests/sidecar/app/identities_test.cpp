#include "sidecar/app/identities.hpp"

#include "sidecar/auth/api_key.hpp"
#include "tests/sidecar/auth/scripted_authority.hpp"
#include "tests/support/temp_dir.hpp"

#include <fstream>
#include <sys/stat.h>

#include <gtest/gtest.h>

namespace chela::sidecar::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kToken = "0123456789abcdef0123456789abcdef";

class identities : public testing::Test {
protected:
    fs::path write(const char* name, const std::string& content, mode_t mode = 0600) const {
        fs::path path = dir_.path() / name;
        std::ofstream{path} << content;
        if (::chmod(path.c_str(), mode) != 0) bug("chmod");
        return path;
    }

    static config::IdentityConfig identity_of(std::string name, fs::path key_file) {
        config::IdentityConfig identity;
        identity.name = std::move(name);
        identity.agent_id = "66666666-7777-4888-9999-aaaaaaaaaaaa";
        identity.api_key_file = std::move(key_file);
        return identity;
    }

    Result<std::vector<auth::Identity>> make(std::vector<config::IdentityConfig> wanted) {
        config::Config config;
        config.identities = std::move(wanted);
        return make_identities(
            config, context_.get_executor(), authority_, clock_,
            std::make_shared<telemetry::Metrics>());
    }

    void expect_refused(config::IdentityConfig wanted, ErrorCode code, const fs::path& file) {
        const std::string name = wanted.name;
        const auto refused =
            make({identity_of("fine", write("fine", "ocv_fine")), std::move(wanted)});
        ASSERT_FALSE(refused.has_value());
        EXPECT_EQ(refused.error().code, code);
        EXPECT_TRUE(refused.error().detail.starts_with("identity " + name + ": "))
            << refused.error().detail;
        EXPECT_NE(refused.error().detail.find(file.string()), std::string::npos)
            << refused.error().detail;
        EXPECT_EQ(refused.error().detail.find("secret-content"), std::string::npos)
            << refused.error().detail;
    }

    chela::test::TempDir dir_;
    boost::asio::io_context context_;
    std::shared_ptr<auth::test::FakeClock> clock_ = std::make_shared<auth::test::FakeClock>();
    std::shared_ptr<auth::test::ScriptedAuthority> authority_ =
        std::make_shared<auth::test::ScriptedAuthority>(context_, clock_);
};

TEST_F(identities, are_made_in_the_files_order_without_any_exchange) {
    auto first = identity_of("first", write("first", "ocv_first\n"));
    first.uids = {1000, 1001};
    auto second = identity_of("second", write("second", "ocv_second"));
    second.client_token_file = write("token", std::string{kToken} + "\n");
    const auto made = make({first, second});
    ASSERT_TRUE(made.has_value()) << made.error().detail;
    ASSERT_EQ(made->size(), 2U);
    EXPECT_EQ(made->at(0).name, "first");
    EXPECT_EQ(made->at(0).uids, (std::vector<std::uint32_t>{1000, 1001}));
    EXPECT_FALSE(made->at(0).client_token_hash.has_value());
    EXPECT_NE(made->at(0).credential, nullptr);
    EXPECT_EQ(made->at(1).name, "second");
    EXPECT_TRUE(made->at(1).uids.empty());
    EXPECT_EQ(made->at(1).client_token_hash, auth::hash_api_key(kToken));
    context_.poll();
    EXPECT_EQ(authority_->calls, 0U);
}

TEST_F(identities, may_be_none) {
    const auto made = make({});
    ASSERT_TRUE(made.has_value());
    EXPECT_TRUE(made->empty());
}

TEST_F(identities, name_themselves_and_the_file_that_others_can_read) {
    for (const mode_t mode : {0640U, 0604U, 0666U}) {
        const auto key = write("key", "secret-content", mode);
        expect_refused(identity_of("payer", key), ErrorCode::denied, key);
        auto with_token = identity_of("payer", write("good", "ocv_good"));
        with_token.client_token_file = write("token", "secret-content-of-32-characters-.", mode);
        expect_refused(with_token, ErrorCode::denied, *with_token.client_token_file);
        const auto refused = make({with_token});
        ASSERT_FALSE(refused.has_value());
        EXPECT_EQ(refused.error().reason, "E_FILE_MODE");
    }
}

TEST_F(identities, name_themselves_and_the_file_that_is_not_there_or_empty) {
    expect_refused(
        identity_of("payer", dir_.path() / "absent"), ErrorCode::not_found, dir_.path() / "absent");
    const auto empty = write("empty", "");
    expect_refused(identity_of("payer", empty), ErrorCode::invalid_input, empty);
    auto with_token = identity_of("payer", write("good", "ocv_good"));
    with_token.client_token_file = dir_.path() / "absent";
    expect_refused(with_token, ErrorCode::not_found, dir_.path() / "absent");
}

TEST_F(identities, refuse_a_client_token_that_could_be_guessed) {
    auto wanted = identity_of("payer", write("good", "ocv_good"));
    wanted.client_token_file = write("token", std::string{kToken}.substr(1) + "\n");
    const auto refused = make({wanted});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_input);
    EXPECT_EQ(refused.error().reason, "E_CLIENT_TOKEN_SHORT");
    EXPECT_NE(refused.error().detail.find("payer"), std::string::npos);
    EXPECT_EQ(refused.error().detail.find("123456789"), std::string::npos);
    wanted.client_token_file = write("long", kToken);
    EXPECT_TRUE(make({wanted}).has_value());
}

}  // namespace
}  // namespace chela::sidecar::app
