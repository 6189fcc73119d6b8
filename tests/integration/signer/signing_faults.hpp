#pragma once

#include "signer/pkcs11/token.hpp"
#include "tests/integration/signer/faulty.hpp"
#include "tests/integration/signer/soft_token.hpp"
#include "tests/support/approve.hpp"

#include <chrono>
#include <limits>
#include <memory>

#include <gtest/gtest.h>

namespace chela::test {

inline constexpr unsigned kForEver = std::numeric_limits<unsigned>::max();
inline constexpr std::chrono::milliseconds kBetweenAttempts{500};

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

    Faulty faulty;
    SoftToken soft;
    std::unique_ptr<signer::pkcs11::Token> token = open_token(soft.config(CHELA_FAULTY_MODULE));
    MadeKey made = make_key(*token, "alpha");

private:
    std::uint64_t count_ = 0;
};

}  // namespace chela::test
