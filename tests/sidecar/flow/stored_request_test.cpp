#include "sidecar/flow/stored_request.hpp"

#include "tests/sidecar/flow/world.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::flow {
namespace {

chains::Registry registry() {
    auto made = chains::Registry::make({base_chain()});
    if (!made) bug("the test's chain is refused");
    return *std::move(made);
}

TEST(stored_request, a_transaction_comes_back_with_every_field) {
    auto full = request_to_alice(ether("2"));
    full.data = {1, 2, 3};
    full.gas_limit = Gas{50'000};
    full.max_fee_per_gas = wei(7);
    full.max_priority_fee_per_gas = wei(3);
    full.nonce = Nonce{9};
    full.signing_key_path = "keys/a";
    full.simulate_first = true;
    full.delivery = Delivery::sign_only;
    auto legacy = request_to_alice();
    legacy.gas_price = wei(5);
    for (const auto& request : {full, legacy, request_to_alice()}) {
        const auto back = read_stored(to_stored(request), registry());
        ASSERT_TRUE(back.has_value()) << back.error().detail;
        const auto& read = std::get<IntentRequest>(*back);
        EXPECT_EQ(fingerprint(read), fingerprint(request));
        EXPECT_EQ(read.simulate_first, request.simulate_first);
        EXPECT_EQ(to_stored(read), to_stored(request));
    }
}

TEST(stored_request, what_is_to_be_signed_comes_back_with_the_same_bytes) {
    const auto typed = chains::parse_typed_data(
        R"({"types":{"Mail":[{"name":"to","type":"address"},{"name":"n","type":"int256"},
        {"name":"list","type":"uint8[]"},{"name":"text","type":"string"}]},"primaryType":"Mail",
        "domain":{"name":"A","chainId":8453},
        "message":{"to":"0xa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1","n":"-5","list":[1,2],"text":"ö"}})");
    ASSERT_TRUE(typed.has_value()) << typed.error().detail;
    chains::UserOperationV06 operation;
    operation.sender = kAlice;
    operation.call_data = {9};
    const std::vector<chains::Preimage::Content> contents{
        chains::PersonalMessage{{1, 2, 3}}, chains::ValidatorMessage{kAlice, {4}}, *typed,
        chains::Authorization{test::kChain, kAlice, Nonce{5}},
        chains::UserOperationToSign{
            {operation, chains::kEntryPointV06, test::kChain},
            chains::UserOperationToSign::Form::personal_message}};
    for (const auto& content : contents) {
        const SignatureRequest request{base_chain(), "keys/a", content};
        const auto back = read_stored(to_stored(request), registry());
        ASSERT_TRUE(back.has_value()) << back.error().detail << to_stored(request);
        EXPECT_EQ(fingerprint(std::get<SignatureRequest>(*back)), fingerprint(request));
    }
}

TEST(stored_request, what_was_not_written_by_it_is_refused) {
    const auto right = Json::parse(to_stored(request_to_alice()));
    for (const auto& [name, value] : right.items()) {
        auto without = right;
        without.erase(name);
        const auto refused = read_stored(without.dump(), registry());
        const bool is_optional = value.is_null();
        EXPECT_EQ(refused.has_value(), false) << name << is_optional;
    }
    EXPECT_FALSE(read_stored("", registry()).has_value());
    EXPECT_FALSE(read_stored("[]", registry()).has_value());
    EXPECT_FALSE(read_stored(R"({"v":2})", registry()).has_value());
}

TEST(stored_request, a_chain_that_is_configured_no_more_is_said_so) {
    auto request = request_to_alice();
    request.chain.name = "gone";
    const auto refused = read_stored(to_stored(request), registry());
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "E_UNKNOWN_CHAIN");
}

}  // namespace
}  // namespace chela::sidecar::flow
