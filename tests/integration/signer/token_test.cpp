#include "signer/pkcs11/token.hpp"

#include "tests/integration/signer/raw_token.hpp"
#include "tests/integration/signer/soft_token.hpp"

#include <sys/stat.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace chela::test {
namespace {

using signer::Secret;
using signer::pkcs11::initialize_token;
using signer::pkcs11::Token;
using signer::pkcs11::TokenConfig;

Error open_error(const TokenConfig& config) {
    const auto token = Token::open(config);
    if (token) {
        ADD_FAILURE() << "the token was opened";
        return {};
    }
    EXPECT_FALSE(token.error().detail.contains(kUserPin)) << token.error().detail;
    return token.error();
}

TEST(token, describes_itself) {
    const SoftToken soft{"described"};
    const auto token = open_token(soft.config());
    const auto status = token->status();
    ASSERT_TRUE(status) << status.error().detail;
    EXPECT_EQ(status->label, "described");
    EXPECT_EQ(status->manufacturer, "SoftHSM project");
    EXPECT_EQ(status->model, "SoftHSM v2");
    EXPECT_EQ(status->serial.size(), 16U);
}

TEST(token, lists_its_keys_by_label_and_describes_one) {
    const SoftToken soft;
    const auto token = open_token(soft.config());
    const auto empty = token->list();
    ASSERT_TRUE(empty) << empty.error().detail;
    EXPECT_TRUE(empty->empty());

    const auto beta = token->generate("beta");
    const auto alpha = token->generate("alpha");
    ASSERT_TRUE(alpha && beta);
    EXPECT_NE(alpha->id, beta->id);
    const auto keys = token->list();
    ASSERT_TRUE(keys) << keys.error().detail;
    ASSERT_EQ(keys->size(), 2U);
    EXPECT_EQ((*keys)[0].label, "alpha");
    EXPECT_EQ((*keys)[0].address, alpha->address);
    EXPECT_EQ((*keys)[1].label, "beta");

    const auto one = token->describe(beta->id);
    ASSERT_TRUE(one) << one.error().detail;
    EXPECT_EQ(one->public_key, beta->public_key);
    const auto none = token->describe(Bytes{9, 9});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::not_found);
    EXPECT_EQ(none.error().reason, "E_KEY_NOT_FOUND");
}

TEST(token, refuses_a_key_label_that_is_taken_or_misshapen) {
    const SoftToken soft;
    const auto token = open_token(soft.config());
    ASSERT_TRUE(token->generate("alpha"));
    const auto again = token->generate("alpha");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::conflict);
    EXPECT_EQ(again.error().reason, "E_LABEL_TAKEN");
    EXPECT_EQ(token->generate("").error().code, ErrorCode::invalid_input);
    EXPECT_EQ(token->generate(std::string(129, 'x')).error().code, ErrorCode::invalid_input);
    EXPECT_TRUE(token->generate(std::string(128, 'x')));
    EXPECT_EQ(token->list()->size(), 2U);
}

TEST(token, never_tries_a_refused_pin_again) {
    const SoftToken soft;
    (void)soft.write_pin("0000111122");
    const Error first = open_error(soft.config());
    EXPECT_EQ(first.code, ErrorCode::unavailable);
    EXPECT_EQ(first.reason, "E_TOKEN_PIN");
    EXPECT_FALSE(first.detail.contains("0000111122"));
    {
        // SoftHSM shows a failed try by this flag, and clears it at the next good login.
        RawToken raw{soft.label()};
        ASSERT_NE(raw.flags() & CKF_USER_PIN_COUNT_LOW, 0U);
        ASSERT_EQ(raw.login(kUserPin), CKR_OK);
        ASSERT_EQ(raw.flags() & CKF_USER_PIN_COUNT_LOW, 0U);
    }
    EXPECT_EQ(open_error(soft.config()).reason, "E_TOKEN_PIN");
    EXPECT_EQ(RawToken{soft.label()}.flags() & CKF_USER_PIN_COUNT_LOW, 0U);
    // A mended PIN file changes nothing until the process starts anew.
    (void)soft.write_pin(kUserPin);
    EXPECT_EQ(open_error(soft.config()).reason, "E_TOKEN_PIN");
}

TEST(token, refuses_a_pin_file_that_others_can_read) {
    const SoftToken soft;
    ASSERT_EQ(chmod(soft.config().pin_file.c_str(), 0644), 0);
    const Error error = open_error(soft.config());
    EXPECT_EQ(error.code, ErrorCode::denied);
    EXPECT_EQ(error.reason, "E_FILE_MODE");
}

TEST(token, refuses_an_uri_that_is_incomplete_or_says_too_much) {
    const SoftToken soft;
    const auto refused = [&soft](const std::string& uri) {
        TokenConfig config = soft.config();
        config.uri = uri;
        return open_error(config);
    };
    const std::string good = soft.config().uri;
    EXPECT_EQ(refused("pkcs11:token=chela-test").reason, "E_URI_MODULE_PATH");
    EXPECT_EQ(refused(good + "&pin-value=" + kUserPin).reason, "E_URI_PIN");
    EXPECT_EQ(refused(good + "&x-colour=red").reason, "E_URI_ATTRIBUTE");
    EXPECT_EQ(refused(good + "&pin-source=/tmp/pin").reason, "E_URI_PIN");
    EXPECT_EQ(
        refused("pkcs11:token=chela-test;object=a?module-path=" CHELA_SOFTHSM_MODULE).reason,
        "E_URI_ATTRIBUTE");
}

TEST(token, refuses_to_choose_between_two_that_match) {
    const SoftToken soft{"first"};
    const auto made = make_token("second");
    ASSERT_TRUE(made) << made.error().detail;
    TokenConfig config = soft.config();
    config.uri = "pkcs11:model=SoftHSM%20v2?module-path=" CHELA_SOFTHSM_MODULE;
    const Error error = open_error(config);
    EXPECT_EQ(error.code, ErrorCode::invalid_input);
    EXPECT_EQ(error.reason, "E_URI_AMBIGUOUS");
    EXPECT_TRUE(Token::open(soft.config()));
}

TEST(token, reports_a_missing_token_and_a_missing_module) {
    const SoftToken soft;
    TokenConfig config = soft.config();
    config.uri = "pkcs11:token=nobody?module-path=" CHELA_SOFTHSM_MODULE;
    EXPECT_EQ(open_error(config).code, ErrorCode::unavailable);
    EXPECT_EQ(open_error(config).reason, "E_TOKEN_UNAVAILABLE");
    config.uri = "pkcs11:token=chela-test?module-path=/nonexistent/module.so";
    EXPECT_EQ(open_error(config).code, ErrorCode::unavailable);
    EXPECT_EQ(open_error(config).reason, "E_TOKEN_MODULE");
    config = soft.config();
    config.max_sessions = 0;
    EXPECT_EQ(open_error(config).code, ErrorCode::invalid_input);
}

TEST(initialize_token, refuses_a_label_that_exists) {
    const SoftToken soft{"taken"};
    const auto again = make_token("taken");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::conflict);
    EXPECT_EQ(again.error().reason, "E_TOKEN_EXISTS");
    EXPECT_TRUE(make_token("taken too"));
}

TEST(initialize_token, takes_labels_of_32_bytes_and_no_more) {
    const SoftToken soft;
    EXPECT_TRUE(make_token(std::string(32, 'x')));
    for (const std::string& label : {std::string(33, 'x'), std::string{}, std::string{"blank "}}) {
        const auto made = make_token(label);
        ASSERT_FALSE(made) << label;
        EXPECT_EQ(made.error().code, ErrorCode::invalid_input) << label;
    }
}

TEST(initialize_token, makes_nothing_when_a_pin_is_too_short) {
    const SoftToken soft;
    const auto try_with = [](const char* so_pin, const char* user_pin) {
        return initialize_token(CHELA_SOFTHSM_MODULE, "short", Secret{so_pin}, Secret{user_pin});
    };
    EXPECT_EQ(try_with("12345678", "1").error().reason, "E_PIN_LENGTH");
    EXPECT_EQ(try_with("1", "12345678").error().reason, "E_PIN_LENGTH");
    EXPECT_EQ(try_with("12345678", "").error().reason, "E_PIN_LENGTH");
    // The label is still free: nothing was written.
    EXPECT_TRUE(try_with("12345678", "87654321"));
}

}  // namespace
}  // namespace chela::test
