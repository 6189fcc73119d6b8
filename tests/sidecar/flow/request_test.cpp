#include "sidecar/flow/request.hpp"

#include "tests/sidecar/flow/world.hpp"

#include <functional>
#include <set>

#include <gtest/gtest.h>

namespace chela::sidecar::flow {
namespace {

TEST(fingerprint, differs_by_every_field_that_matters) {
    const std::vector<std::function<void(IntentRequest&)>> changes{
        [](auto& r) { r.chain.chain_id = ChainId{1}; },
        [](auto& r) { r.to = test::address(0xb0); },
        [](auto& r) { r.value = wei(2); },
        [](auto& r) { r.data = {0}; },
        [](auto& r) { r.data = {0, 0}; },
        [](auto& r) { r.gas_limit = Gas{21'000}; },
        [](auto& r) { r.gas_limit = Gas{0}; },
        [](auto& r) { r.gas_price = wei(7); },
        [](auto& r) { r.max_fee_per_gas = wei(7); },
        [](auto& r) { r.max_priority_fee_per_gas = wei(7); },
        [](auto& r) { r.max_priority_fee_per_gas = wei(0); },
        [](auto& r) { r.nonce = Nonce{0}; },
        [](auto& r) { r.nonce = Nonce{7}; },
        [](auto& r) { r.signing_key_path = "keys/a"; },
        [](auto& r) { r.delivery = Delivery::sign_only; }};
    std::set<std::string> seen{fingerprint(request_to_alice())};
    for (const auto& change : changes) {
        auto request = request_to_alice();
        change(request);
        EXPECT_TRUE(seen.insert(fingerprint(request)).second) << "change " << seen.size();
    }
}

TEST(fingerprint, is_the_same_whether_a_simulation_is_asked_for_or_not) {
    auto request = request_to_alice();
    request.simulate_first = true;
    EXPECT_EQ(fingerprint(request), fingerprint(request_to_alice()));
}

TEST(fingerprint, does_not_depend_on_how_the_operator_describes_the_chain) {
    auto request = request_to_alice();
    request.chain.name = "renamed";
    request.chain.confirmations = 9;
    EXPECT_EQ(fingerprint(request), fingerprint(request_to_alice()));
}

// Source: FIPS 180-4, the example of "abc".
TEST(idempotency_hash, is_sha_256_in_hex) {
    EXPECT_EQ(
        hash_idempotency_key("abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_NE(hash_idempotency_key("abc"), hash_idempotency_key("abC"));
}

}  // namespace
}  // namespace chela::sidecar::flow
