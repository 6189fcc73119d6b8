#include "tests/integration/signer/signing_faults.hpp"
#include "tests/support/process.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <p11-kit/pkcs11.h>

namespace chela::test {
namespace {

constexpr std::chrono::seconds kPatience{20};

class pool_faults : public signing_faults {};

TEST_F(pool_faults, of_too_many_sessions_shrink_the_pool) {
    faulty.plan("C_OpenSession", 1, kForEver, CKR_SESSION_COUNT);
    std::vector<std::thread> threads;
    std::atomic<unsigned> good{0};
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (std::uint64_t i = 0; i < 10; ++i) {
                const auto approved = approve_transfer(made.info.address, i);
                const auto signature = made.key->sign(approved);
                if (signature && is_good_signature(approved, *signature, made.info.public_key)) {
                    ++good;
                }
            }
        });
    }
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(good, 40U);
}

TEST_F(pool_faults, of_memory_cost_a_session_that_grows_back_with_time) {
    warm_up();
    faulty.plan("C_SignInit", 0, 1, CKR_HOST_MEMORY);
    ASSERT_FALSE(sign());
    const auto most_at_once = [this] {
        faulty.hold("C_Sign");
        const unsigned began = faulty.calls("C_SignInit");
        std::thread first{
            [&] { EXPECT_TRUE(made.key->sign(approve_transfer(made.info.address, 1))); }};
        while (faulty.held() == 0)
            std::this_thread::yield();
        // One more than the pool allows gives up waiting; one that it allows is inside by then.
        const auto second = made.key->sign_before(
            approve_transfer(made.info.address, 2),
            std::chrono::steady_clock::now() + std::chrono::milliseconds{300});
        EXPECT_FALSE(second);
        faulty.release();
        first.join();
        EXPECT_TRUE(eventually([this] { return metrics->hanging() == 0; }, kPatience));
        return faulty.calls("C_SignInit") - began;
    };
    EXPECT_EQ(most_at_once(), 1U);
    clock.pass(std::chrono::seconds{10});
    EXPECT_EQ(most_at_once(), 2U);
}

TEST_F(pool_faults, wait_for_running_calls_before_the_module_is_finalised) {
    warm_up();
    faulty.hold("C_Sign");
    std::thread running{
        [&] { EXPECT_TRUE(made.key->sign(approve_transfer(made.info.address, 1))); }};
    while (faulty.held() == 0)
        std::this_thread::yield();
    faulty.plan("C_SignInit", 0, 1, CKR_DEVICE_ERROR);
    std::thread broken{
        [&] { EXPECT_TRUE(made.key->sign(approve_transfer(made.info.address, 2))); }};
    while (faulty.calls("C_SignInit") < 3)
        std::this_thread::yield();
    EXPECT_EQ(faulty.calls("C_Finalize"), 0U);
    faulty.release();
    running.join();
    broken.join();
    EXPECT_EQ(faulty.calls("C_Finalize"), 1U);
    EXPECT_EQ(faulty.overlaps(), 0U);
}

TEST_F(pool_faults, under_load_never_finalise_a_busy_module) {
    std::atomic<bool> stop{false};
    std::atomic<unsigned> good{0};
    std::atomic<unsigned> wrong{0};
    std::vector<std::thread> threads;
    for (std::uint64_t t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (std::uint64_t i = 0; !stop; ++i) {
                const auto approved = approve_transfer(made.info.address, 10'000 * t + i);
                const auto signature = made.key->sign(approved);
                const bool is_good =
                    signature && is_good_signature(approved, *signature, made.info.public_key);
                if (is_good) ++good;
                if (signature ? !is_good : signature.error().code != ErrorCode::unavailable)
                    ++wrong;
            }
        });
    }
    for (const CK_RV value :
         {CKR_DEVICE_ERROR, CKR_SESSION_HANDLE_INVALID, CKR_USER_NOT_LOGGED_IN, CKR_DEVICE_REMOVED,
          CKR_KEY_HANDLE_INVALID, CKR_GENERAL_ERROR}) {
        const unsigned before = good;
        faulty.plan("C_Sign", 3, 2, value);
        while (good < before + 20) {
            clock.pass(std::chrono::seconds{1});
            std::this_thread::yield();
        }
    }
    stop = true;
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(wrong, 0U);
    EXPECT_EQ(faulty.overlaps(), 0U);
    EXPECT_GT(faulty.calls("C_Finalize"), 0U);
}

TEST(session_limit, of_the_token_is_kept) {
    Faulty faulty;
    const SoftToken soft;
    faulty.token(2, 0);  // the anchor and one more
    auto config = soft.config(CHELA_FAULTY_MODULE);
    config.max_sessions = 8;
    const auto token = open_token(config, TestClock{}.runtime());
    const auto made = make_key(*token, "alpha");
    std::vector<std::thread> threads;
    std::atomic<unsigned> most{0};
    for (std::uint64_t t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (std::uint64_t i = 0; i < 20; ++i) {
                EXPECT_TRUE(made.key->sign(approve_transfer(made.info.address, 100 * t + i)));
                const unsigned open =
                    faulty.calls("C_OpenSession") - faulty.calls("C_CloseSession");
                if (open > most) most = open;
            }
        });
    }
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(most, 2U);
}

TEST(session_limit, of_one_is_not_enough) {
    Faulty faulty;
    const SoftToken soft;
    faulty.token(1, 0);
    const auto token = signer::pkcs11::Token::open(soft.config(CHELA_FAULTY_MODULE));
    ASSERT_FALSE(token);
    EXPECT_EQ(token.error().code, ErrorCode::unsupported);
}

}  // namespace
}  // namespace chela::test
