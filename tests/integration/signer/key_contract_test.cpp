// What every signer::Key keeps, whatever holds it.
#include "signer/key.hpp"
#include "signer/software/key.hpp"
#include "tests/integration/signer/soft_token.hpp"
#include "tests/integration/signer/test_runtime.hpp"
#include "tests/support/approve.hpp"

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace chela::test {
namespace {

/// A back end with two keys in it.
class Holder {
public:
    Holder() = default;
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;
    virtual ~Holder() = default;

    std::shared_ptr<signer::Key> key;
    std::shared_ptr<signer::Key> other;
    std::shared_ptr<CountingMetrics> metrics = std::make_shared<CountingMetrics>();
};

class TokenHolder final : public Holder {
public:
    TokenHolder() : token_{open_token(soft_.config(), TestClock{}.runtime(metrics))} {
        key = make_key(*token_, "one").key;
        other = make_key(*token_, "two").key;
    }

private:
    SoftToken soft_;
    std::unique_ptr<signer::pkcs11::Token> token_;
};

class SoftwareHolder final : public Holder {
public:
    SoftwareHolder() {
        key = made('a');
        other = made('b');
    }

private:
    [[nodiscard]] std::shared_ptr<signer::Key> made(char fill) const {
        auto made_key = signer::software::SoftwareKey::make(
            signer::Secret{std::string(32, fill)}, "/keys", metrics);
        if (!made_key) bug(made_key.error().detail);
        return *made_key;
    }
};

struct Kind {
    const char* name;
    signer::BackEnd back_end;
    std::function<std::unique_ptr<Holder>()> make;
};

class key_contract : public testing::TestWithParam<Kind> {
protected:
    std::unique_ptr<Holder> holder = GetParam().make();
    signer::Key& key = *holder->key;
};

INSTANTIATE_TEST_SUITE_P(
    back_ends,
    key_contract,
    testing::Values(
        Kind{
            "token", signer::BackEnd::pkcs11_token, [] { return std::make_unique<TokenHolder>(); }},
        Kind{
            "software", signer::BackEnd::software_keystore,
            [] { return std::make_unique<SoftwareHolder>(); }}),
    [](const auto& kind) { return kind.param.name; });

TEST_P(key_contract, has_the_address_of_its_public_key_and_is_not_another) {
    EXPECT_EQ(key.address(), chains::address_of(key.public_key()));
    EXPECT_NE(key.address(), holder->other->address());
}

TEST_P(key_contract, signs_what_is_approved_with_low_s_and_its_own_address) {
    for (std::uint64_t i = 0; i < 60; ++i) {
        const auto approved = approve_transfer(key.address(), i);
        const auto signature = key.sign(approved);
        ASSERT_TRUE(signature) << signature.error().detail;
        ASSERT_TRUE(is_good_signature(approved, *signature, key.public_key())) << i;
    }
    EXPECT_EQ(holder->metrics->signatures(), 60U);
    EXPECT_GT(holder->metrics->longest().count(), 0);
}

TEST_P(key_contract, refuses_what_was_approved_for_another_address) {
    const auto refused = key.sign(approve_transfer(holder->other->address(), 1));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::denied);
    EXPECT_EQ(refused.error().reason, "E_SIGNER_MISMATCH");
    EXPECT_EQ(holder->metrics->signatures(), 0U);
}

TEST_P(key_contract, signs_before_a_deadline_and_not_after_it) {
    const auto now = std::chrono::steady_clock::now();
    const auto approved = approve_transfer(key.address(), 1);
    const auto late = key.sign_before(approved, now);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::unavailable);
    EXPECT_EQ(late.error().reason, "E_TOKEN_BUSY");
    const auto signature = key.sign_before(approved, now + std::chrono::minutes{1});
    ASSERT_TRUE(signature) << signature.error().detail;
    EXPECT_TRUE(is_good_signature(approved, *signature, key.public_key()));
}

TEST_P(key_contract, serves_several_threads_at_once) {
    std::atomic<unsigned> good{0};
    std::vector<std::thread> threads;
    for (std::uint64_t t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            signer::Key& mine = t % 2 == 0 ? key : *holder->other;
            for (std::uint64_t i = 0; i < 25; ++i) {
                const auto approved = approve_transfer(mine.address(), 1000 * t + i);
                const auto signature = mine.sign(approved);
                if (signature && is_good_signature(approved, *signature, mine.public_key())) ++good;
            }
        });
    }
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(good, 100U);
}

TEST_P(key_contract, can_be_probed_without_a_signature) {
    EXPECT_TRUE(key.probe());
    EXPECT_EQ(holder->metrics->signatures(), 0U);
}

TEST_P(key_contract, says_which_back_end_holds_it) {
    EXPECT_EQ(key.origin().back_end, GetParam().back_end);
    EXPECT_FALSE(key.origin().place.empty());
    EXPECT_FALSE(key.origin().allows_extractable_keys);
    EXPECT_FALSE(to_string(key.origin()).empty());
}

}  // namespace
}  // namespace chela::test
