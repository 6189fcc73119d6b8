#pragma once

#include "signer/pkcs11/token.hpp"
#include "tests/integration/signer/soft_token.hpp"
#include "tests/integration/signer/test_runtime.hpp"
#include "tests/support/approve.hpp"
#include "tests/support/pkcs11_faults/faulty.hpp"

#include <chrono>
#include <limits>
#include <memory>

#include <gtest/gtest.h>

namespace chela::test {

inline constexpr unsigned kForEver = std::numeric_limits<unsigned>::max();

// A key of a SoftHSM token behind the fault-injecting module.
class signing_faults : public testing::Test {
protected:
    Result<chains::RecoverableSignature> sign() {
        const auto approved = approve_transfer(made.info.address, ++count_);
        auto signature = made.key->sign(approved);
        if (signature) {
            EXPECT_TRUE(is_good_signature(approved, *signature, made.info.public_key));
        }
        return signature;
    }
    // The key was used before, so its handle is cached and a session idle.
    void warm_up() { ASSERT_TRUE(sign()); }

    // Opened anew with another configuration, and the key with it.
    void reopen(const signer::pkcs11::TokenConfig& config) {
        made.key.reset();
        token.reset();
        auto runtime = clock.runtime(metrics);
        runtime.patience = std::chrono::milliseconds{0};
        token = open_token(config, std::move(runtime));
        auto key = token->key(made.info.id, made.info.public_key);
        ASSERT_TRUE(key) << key.error().detail;
        made.key = *key;
    }

    Faulty faulty;
    SoftToken soft;
    TestClock clock;
    std::shared_ptr<CountingMetrics> metrics = std::make_shared<CountingMetrics>();
    std::unique_ptr<signer::pkcs11::Token> token =
        open_token(soft.config(CHELA_FAULTY_MODULE), clock.runtime(metrics));
    MadeKey made = make_key(*token, "alpha");

private:
    std::uint64_t count_ = 0;
};

}  // namespace chela::test
