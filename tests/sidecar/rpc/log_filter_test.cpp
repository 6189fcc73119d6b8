#include "sidecar/rpc/log_filter.hpp"

#include "sidecar/rpc/error.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::rpc {
namespace {

const std::string kToken = "0x" + std::string(40, 'a');
const std::string kOther = "0x" + std::string(40, 'b');
const std::string kTransfer = "0x" + std::string(64, '1');
const std::string kFrom = "0x" + std::string(64, '2');
const Json kLog{{"address", kToken}, {"topics", {kTransfer, kFrom}}, {"data", "0x"}};

bool takes(const Json& filter) {
    const auto read = read_log_filter(filter);
    EXPECT_TRUE(read.has_value()) << filter;
    return read && matches(*read, kLog);
}

TEST(log_filter, takes_a_log_by_its_address) {
    EXPECT_TRUE(takes(nullptr));
    EXPECT_TRUE(takes(Json::object()));
    EXPECT_TRUE(takes({{"address", kToken}}));
    EXPECT_TRUE(takes({{"address", "0x" + std::string(40, 'A')}}));
    EXPECT_TRUE(takes({{"address", {kOther, kToken}}}));
    EXPECT_FALSE(takes({{"address", kOther}}));
}

TEST(log_filter, takes_a_log_by_its_topics_in_their_places) {
    EXPECT_TRUE(takes({{"topics", {kTransfer}}}));
    EXPECT_TRUE(takes({{"topics", {nullptr, kFrom}}}));
    EXPECT_TRUE(takes({{"topics", {{kFrom, kTransfer}, kFrom}}}));
    EXPECT_TRUE(takes({{"topics", Json::array()}}));
    EXPECT_FALSE(takes({{"topics", {kFrom}}}));
    EXPECT_FALSE(takes({{"topics", {nullptr, nullptr, nullptr}}})) << "it has two";
}

TEST(log_filter, is_read_strictly) {
    Json many = Json::array();
    for (std::size_t i = 0; i <= kMaxFilterWords; ++i)
        many.push_back(kToken);
    const std::vector<Json> wrong{
        7,
        {{"address", "0x01"}},
        {{"address", 7}},
        {{"address", many}},
        {{"topics", kTransfer}},
        {{"topics", {"0x01"}}},
        {{"topics", {nullptr, nullptr, nullptr, nullptr, nullptr}}},
        {{"fromBlock", "0x1"}},
        {{"blockHash", kTransfer}}};
    for (const auto& filter : wrong) {
        const auto read = read_log_filter(filter);
        ASSERT_FALSE(read.has_value()) << filter;
        EXPECT_EQ(read.error().code, kInvalidParams) << filter;
    }
}

TEST(log_filter, takes_nothing_that_is_no_log) {
    const LogFilter all;
    EXPECT_FALSE(matches(all, 7));
    EXPECT_FALSE(matches(all, {{"topics", 7}}));
    EXPECT_FALSE(matches({.addresses = {kToken}, .topics = {}}, {{"topics", Json::array()}}));
}

}  // namespace
}  // namespace chela::sidecar::rpc
