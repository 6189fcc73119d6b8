#include "signer/pkcs11/token.hpp"
#include "tests/integration/signer/soft_token.hpp"
#include "tests/support/approve.hpp"

#include <signal.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace chela::test {
namespace {

bool says_forked(const Error& error) {
    return error.code == ErrorCode::unavailable && error.reason == "E_FORKED";
}

// One bit for each call that a forked child was not refused; no gtest in there.
int calls_that_were_answered(
    const SoftToken& soft, signer::pkcs11::Token& token, const MadeKey& made) {
    int answered = 0;
    const auto note = [&answered](int bit, const auto& result) {
        if (result || !says_forked(result.error())) answered |= bit;
    };
    note(1, made.key->sign(approve_transfer(made.info.address, 1)));
    note(2, made.key->probe());
    note(4, token.status());
    note(8, token.list());
    note(16, token.generate("child"));
    note(32, token.key(made.info.id, made.info.public_key));
    note(64, signer::pkcs11::Token::open(soft.config()));
    note(128, make_token("child"));
    return answered;
}

TEST(forked_child, is_refused_by_every_call_and_the_parent_goes_on) {
    const SoftToken soft;
    const auto token = open_token(soft.config());
    const auto made = make_key(*token, "alpha");
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) _exit(calls_that_were_answered(soft, *token, made));
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
    const auto approved = approve_transfer(made.info.address, 2);
    const auto signature = made.key->sign(approved);
    ASSERT_TRUE(signature) << signature.error().detail;
    EXPECT_TRUE(is_good_signature(approved, *signature, made.info.public_key));
}

TEST(forked_child, may_end_the_token_object_without_ending_the_parents_sessions) {
    const SoftToken soft;
    auto token = open_token(soft.config());
    auto made = make_key(*token, "alpha");
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        made.key.reset();
        token.reset();
        _exit(0);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT_TRUE(made.key->sign(approve_transfer(made.info.address, 1)));
}

TEST(sigpipe, is_ignored_once_a_token_is_open) {
    ASSERT_NE(signal(SIGPIPE, SIG_DFL), SIG_ERR);
    const SoftToken soft;
    const auto token = open_token(soft.config());
    EXPECT_EQ(signal(SIGPIPE, SIG_DFL), SIG_IGN);
}

void own_handler(int) {}

TEST(sigpipe, keeps_a_handler_that_the_program_installed) {
    ASSERT_NE(signal(SIGPIPE, &own_handler), SIG_ERR);
    const SoftToken soft;
    const auto token = open_token(soft.config());
    EXPECT_EQ(signal(SIGPIPE, SIG_DFL), &own_handler);
}

}  // namespace
}  // namespace chela::test
