#include "signer/pkcs11/token.hpp"
#include "tests/integration/signer/raw_token.hpp"
#include "tests/integration/signer/soft_token.hpp"
#include "tests/integration/signer/test_runtime.hpp"
#include "tests/support/approve.hpp"

#include <gtest/gtest.h>

namespace chela::test {
namespace {

void expect_unavailable(const Error& error) {
    EXPECT_EQ(error.code, ErrorCode::unavailable) << error.detail;
    EXPECT_EQ(error.reason, "E_TOKEN_UNAVAILABLE") << error.detail;
}

TEST(recovery, signs_again_with_the_same_key_when_the_token_comes_back) {
    SoftToken soft;
    TestClock clock;
    const auto token = open_token(soft.config(), clock.runtime());
    const auto made = make_key(*token, "alpha");
    ASSERT_TRUE(made.key->sign(approve_transfer(made.info.address, 1)));

    for (std::uint64_t round = 2; round < 4; ++round) {
        soft.move_away();
        for (int i = 0; i < 3; ++i) {
            const auto refused = made.key->sign(approve_transfer(made.info.address, round));
            ASSERT_FALSE(refused);
            expect_unavailable(refused.error());
        }
        soft.move_back();
        clock.pass(kLongEnough);
        const auto approved = approve_transfer(made.info.address, round);
        const auto signature = made.key->sign(approved);
        ASSERT_TRUE(signature) << signature.error().detail;
        EXPECT_TRUE(is_good_signature(approved, *signature, made.info.public_key));
    }
}

TEST(recovery, tells_a_token_that_is_gone_from_keys_that_are_not_there) {
    SoftToken soft;
    TestClock clock;
    const auto token = open_token(soft.config(), clock.runtime());
    const auto made = make_key(*token, "alpha");
    ASSERT_TRUE(made.key->probe());
    soft.move_away();

    const auto probed = made.key->probe();
    ASSERT_FALSE(probed);
    expect_unavailable(probed.error());
    const auto keys = token->list();
    ASSERT_FALSE(keys);
    expect_unavailable(keys.error());
    const auto described = token->describe(made.info.id);
    ASSERT_FALSE(described);
    expect_unavailable(described.error());
    const auto key = token->key(made.info.id, made.info.public_key);
    ASSERT_FALSE(key);
    expect_unavailable(key.error());
    const auto status = token->status();
    ASSERT_FALSE(status);
    expect_unavailable(status.error());
    const auto generated = token->generate("beta");
    ASSERT_FALSE(generated);
    expect_unavailable(generated.error());

    soft.move_back();
    clock.pass(kLongEnough);
    EXPECT_TRUE(made.key->probe());
    EXPECT_EQ(token->list()->size(), 1U);
}

// Each of these is the first call to meet the loss.
TEST(recovery, never_lists_an_absent_token_as_empty) {
    SoftToken soft;
    TestClock clock;
    const auto token = open_token(soft.config(), clock.runtime());
    (void)make_key(*token, "alpha");
    soft.move_away();
    const auto keys = token->list();
    ASSERT_FALSE(keys);
    expect_unavailable(keys.error());
    soft.move_back();
}

TEST(recovery, reports_an_absent_token_by_its_status) {
    SoftToken soft;
    TestClock clock;
    const auto token = open_token(soft.config(), clock.runtime());
    soft.move_away();
    const auto status = token->status();
    ASSERT_FALSE(status);
    expect_unavailable(status.error());
    soft.move_back();
    clock.pass(kLongEnough);
    EXPECT_TRUE(token->status());
}

TEST(recovery, logs_in_again_after_somebody_logged_out) {
    const SoftToken soft;
    TestClock clock;
    const auto token = open_token(soft.config(), clock.runtime());
    const auto made = make_key(*token, "alpha");
    ASSERT_TRUE(made.key->sign(approve_transfer(made.info.address, 1)));
    RawToken raw{soft.label()};
    raw.logout();
    const auto approved = approve_transfer(made.info.address, 2);
    const auto signature = made.key->sign(approved);
    ASSERT_TRUE(signature) << signature.error().detail;
    EXPECT_TRUE(is_good_signature(approved, *signature, made.info.public_key));

    raw.logout();
    const auto keys = token->list();
    ASSERT_TRUE(keys) << keys.error().detail;
    EXPECT_EQ(keys->size(), 1U);
    raw.logout();
    EXPECT_EQ(token->generate("alpha").error().reason, "E_LABEL_TAKEN");
    raw.logout();
    EXPECT_TRUE(token->describe(made.info.id));
    raw.logout();
    EXPECT_TRUE(made.key->probe());
}

TEST(recovery, does_not_take_another_token_for_its_own) {
    SoftToken soft;
    TestClock clock;
    const auto token = open_token(soft.config(), clock.runtime());
    const auto made = make_key(*token, "alpha");
    soft.move_away();
    std::filesystem::create_directory(soft.tokens());
    {
        // Same label, same place, another serial.
        const auto signature = made.key->sign(approve_transfer(made.info.address, 1));
        ASSERT_FALSE(signature);
        const auto impostor = make_token(soft.label());
        ASSERT_TRUE(impostor) << impostor.error().detail;
    }
    clock.pass(kLongEnough);
    const auto signature = made.key->sign(approve_transfer(made.info.address, 1));
    ASSERT_FALSE(signature);
    expect_unavailable(signature.error());
    EXPECT_TRUE(signature.error().detail.contains("another token")) << signature.error().detail;

    std::filesystem::remove_all(soft.tokens());
    soft.move_back();
    clock.pass(kLongEnough);
    EXPECT_TRUE(made.key->sign(approve_transfer(made.info.address, 2)));
}

}  // namespace
}  // namespace chela::test
