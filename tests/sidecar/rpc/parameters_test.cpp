#include "sidecar/rpc/parameters.hpp"

#include "chains/base/hex.hpp"
#include "sidecar/rpc/error.hpp"
#include "tests/policy/build.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace chela::sidecar::rpc {
namespace {

const std::string kTo = to_hex(test::address(0xa1));

chains::Chain chain_of_test() {
    chains::Chain chain;
    chain.name = "base";
    chain.chain_id = ChainId{8453};
    return chain;
}

RpcResult<TransactionParameters> read(const Json& members) {
    Json object{{"to", kTo}};
    object.update(members);
    return read_transaction(object, chain_of_test());
}

TEST(transaction, reads_every_member) {
    const auto out = read(
        {{"from", to_hex(test::address(0x51))},
         {"value", "0x10"},
         {"gas", "0x5208"},
         {"nonce", "0x7"},
         {"data", "0x0102"},
         {"maxFeePerGas", "0x20"},
         {"maxPriorityFeePerGas", "0x2"},
         {"chainId", "0x2105"},
         {"type", "0x2"},
         {"accessList", Json::array()}});
    ASSERT_TRUE(out.has_value()) << out.error().message;
    EXPECT_EQ(out->from, test::address(0x51));
    const auto& request = out->request;
    EXPECT_EQ(request.to, test::address(0xa1));
    EXPECT_EQ(request.value, Wei{U256{16}});
    EXPECT_EQ(request.gas_limit, Gas{21000});
    EXPECT_EQ(request.nonce, Nonce{7});
    EXPECT_EQ(request.data, (Bytes{1, 2}));
    EXPECT_EQ(request.max_fee_per_gas, Wei{U256{32}});
    EXPECT_EQ(request.max_priority_fee_per_gas, Wei{U256{2}});
    EXPECT_EQ(request.gas_price, std::nullopt);
    EXPECT_EQ(request.chain.chain_id, ChainId{8453});
    EXPECT_EQ(request.delivery, flow::Delivery::submit);
}

TEST(transaction, needs_a_recipient_alone) {
    const auto out = read(Json::object());
    ASSERT_TRUE(out.has_value()) << out.error().message;
    EXPECT_EQ(out->from, std::nullopt);
    EXPECT_EQ(out->request.value, Wei{});
    EXPECT_TRUE(out->request.data.empty());
    EXPECT_EQ(out->request.gas_limit, std::nullopt);
}

TEST(transaction, of_the_old_kind_names_its_gas_price) {
    EXPECT_EQ(read({{"gasPrice", "0x5"}, {"type", "0x0"}})->request.gas_price, Wei{U256{5}});
    EXPECT_FALSE(read({{"type", "0x0"}}).has_value());
    EXPECT_FALSE(read({{"gasPrice", "0x5"}, {"type", "0x2"}}).has_value());
    EXPECT_FALSE(read({{"gasPrice", "0x5"}, {"maxFeePerGas", "0x5"}}).has_value());
}

TEST(transaction, may_call_its_data_input) {
    EXPECT_EQ(read({{"input", "0x01"}})->request.data, (Bytes{1}));
    EXPECT_EQ(read({{"input", "0x01"}, {"data", "0x01"}})->request.data, (Bytes{1}));
    EXPECT_EQ(read({{"input", "0x01"}, {"data", "0x02"}}).error().code, kInvalidParams);
}

TEST(transaction, that_chela_does_not_sign_is_told_so) {
    const std::vector<Json> members{
        {{"to", nullptr}},
        {{"type", "0x1"}},
        {{"type", "0x3"}},
        {{"accessList", Json::array({Json{{"address", kTo}}})}},
        {{"blobVersionedHashes", Json::array({"0x01"})}},
        {{"authorizationList", Json::array({Json::object()})}}};
    for (const auto& each : members) {
        const auto out = read(each);
        ASSERT_FALSE(out.has_value()) << each;
        EXPECT_EQ(out.error().code, kUnsupportedMethod) << each;
        EXPECT_EQ(out.error().data["code"], "E_UNSUPPORTED_FIELD") << each;
    }
}

TEST(transaction, with_a_wrong_member_is_refused_by_its_name) {
    const std::vector<std::pair<std::string, Json>> members{
        {"value", "16"},
        {"value", 16},
        {"value", "0x"},
        {"value", "0x1" + std::string(64, '0')},
        {"gas", "0x10000000000000000"},
        {"nonce", "-0x1"},
        {"data", "0x1"},
        {"data", "zz"},
        {"to", "0x01"},
        {"from", "me"},
        {"chainId", "0x1"},
        {"gasLimit", "0x5208"},
        {"maxFeePerGas", "1 gwei"}};
    for (const auto& [name, value] : members) {
        const auto out = read({{name, value}});
        ASSERT_FALSE(out.has_value()) << name << ' ' << value;
        EXPECT_EQ(out.error().code, kInvalidParams) << name << ' ' << value;
        EXPECT_NE(out.error().message.find(name), std::string::npos) << out.error().message;
    }
}

TEST(transaction, is_an_object) {
    for (const Json& value : {Json{}, Json::array(), Json("0x")})
        EXPECT_EQ(read_transaction(value, chain_of_test()).error().code, kInvalidParams);
}

TEST(parameters, are_counted_and_read_in_their_place) {
    Call call{.id = 1, .method = "m", .params = Json::array({"a", kTo})};
    EXPECT_TRUE(check_count(call, 2).has_value());
    EXPECT_FALSE(check_count(call, 1).has_value());
    EXPECT_EQ(*text_parameter(call, 0, "message"), "a");
    EXPECT_EQ(*address_parameter(call, 1, "address"), test::address(0xa1));
    EXPECT_NE(
        address_parameter(call, 0, "address").error().message.find("parameter 1 (address)"),
        std::string::npos);
    EXPECT_FALSE(text_parameter(call, 2, "other").has_value());
    call.params = Json::object();
    EXPECT_FALSE(check_count(call, 2).has_value());
    EXPECT_TRUE(parameter(call, 0).is_null());
}

}  // namespace
}  // namespace chela::sidecar::rpc
