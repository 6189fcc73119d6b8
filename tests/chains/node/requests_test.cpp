#include "chains/node/requests.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains::node {
namespace {

TEST(call_request, a_bare_creation_has_from_value_and_data_alone) {
    CallRequest call;
    call.from.bytes.fill(0xa1);
    call.data = {0x60, 0x00};
    EXPECT_EQ(
        to_json(call), (Json{
                           {"from", "0xa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"},
                           {"value", "0x0"},
                           {"data", "0x6000"}}));
}

TEST(call_request, writes_what_is_set_as_quantities_without_leading_zeros) {
    CallRequest call;
    call.to = Address{};
    call.value = Wei{U256::max()};
    call.gas = Gas{21'000};
    call.max_fee_per_gas = Wei{U256{16}};
    call.max_priority_fee_per_gas = Wei{U256{0}};
    const Json json = to_json(call);
    EXPECT_EQ(json["to"], "0x" + std::string(40, '0'));
    EXPECT_EQ(json["value"], "0x" + std::string(64, 'f'));
    EXPECT_EQ(json["data"], "0x");
    EXPECT_EQ(json["gas"], "0x5208");
    EXPECT_EQ(json["maxFeePerGas"], "0x10");
    EXPECT_EQ(json["maxPriorityFeePerGas"], "0x0");
    EXPECT_FALSE(json.contains("gasPrice"));
}

TEST(call_request, a_legacy_call_has_a_gas_price_and_no_other_fee) {
    CallRequest call;
    call.gas_price = Wei{U256{9}};
    const Json json = to_json(call);
    EXPECT_EQ(json["gasPrice"], "0x9");
    EXPECT_FALSE(json.contains("maxFeePerGas"));
    EXPECT_FALSE(json.contains("maxPriorityFeePerGas"));
}

TEST(call_request, writes_an_access_list_where_there_is_one) {
    CallRequest call;
    call.access_list = {{Address{}, {Hash256{}}}};
    EXPECT_EQ(
        to_json(call)["accessList"], Json::array({Json{
                                         {"address", "0x" + std::string(40, '0')},
                                         {"storageKeys", {"0x" + std::string(64, '0')}}}}));
}

}  // namespace
}  // namespace chela::chains::node
