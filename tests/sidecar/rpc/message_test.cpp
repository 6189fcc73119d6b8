#include "sidecar/rpc/message.hpp"

#include "sidecar/rpc/error.hpp"

#include <string>

#include <gtest/gtest.h>

namespace chela::sidecar::rpc {
namespace {

Entry only_entry(const std::string& text) {
    auto body = read_body(text);
    EXPECT_TRUE(body.has_value());
    EXPECT_FALSE(body->is_batch);
    EXPECT_EQ(body->entries.size(), 1U);
    return std::move(body->entries.at(0));
}

TEST(message, is_a_call_with_its_id) {
    const auto entry =
        only_entry(R"({"jsonrpc":"2.0","id":7,"method":"eth_chainId","params":["a"]})");
    ASSERT_TRUE(entry.call.has_value());
    EXPECT_EQ(entry.call->id, 7);
    EXPECT_EQ(entry.call->method, "eth_chainId");
    EXPECT_EQ(entry.call->params, Json::array({"a"}));
}

TEST(message, may_leave_parameters_out) {
    const auto entry = only_entry(R"({"jsonrpc":"2.0","id":"x","method":"eth_chainId"})");
    ASSERT_TRUE(entry.call.has_value());
    EXPECT_EQ(entry.call->params, Json::array());
}

TEST(message, that_is_no_json_is_a_parse_error) {
    for (const auto* text : {"", "{", "{\"id\":1,\"id\":2}", "nonsense"}) {
        const auto body = read_body(text);
        ASSERT_FALSE(body.has_value()) << text;
        EXPECT_EQ(body.error().code, kParseError);
    }
}

TEST(message, that_is_no_request_is_refused_with_its_id) {
    const std::vector<std::string> wrong{
        R"({"id":7,"method":"eth_chainId"})",
        R"({"jsonrpc":"1.0","id":7,"method":"eth_chainId"})",
        R"({"jsonrpc":"2.0","id":7})",
        R"({"jsonrpc":"2.0","id":7,"method":1})",
        R"({"jsonrpc":"2.0","id":7,"method":"eth_chainId","params":"x"})",
        R"({"jsonrpc":"2.0","id":7,"method":"eth_chainId","extra":1})"};
    for (const auto& text : wrong) {
        const auto entry = only_entry(text);
        ASSERT_FALSE(entry.call.has_value()) << text;
        EXPECT_EQ(entry.call.error().code, kInvalidRequest) << text;
        EXPECT_EQ(entry.id, 7) << text;
    }
}

TEST(message, without_an_id_is_refused) {
    for (const auto* id : {"", R"("id":null,)", R"("id":1.5,)", R"("id":{},)"}) {
        const auto entry =
            only_entry(std::string{R"({"jsonrpc":"2.0",)"} + id + R"("method":"eth_chainId"})");
        ASSERT_FALSE(entry.call.has_value()) << id;
        EXPECT_EQ(entry.call.error().code, kInvalidRequest);
        EXPECT_TRUE(entry.id.is_null());
    }
}

TEST(message, may_be_a_batch_of_a_hundred) {
    const auto batch = [](std::size_t count) {
        Json all = Json::array();
        for (std::size_t i = 0; i < count; ++i)
            all.push_back({{"jsonrpc", "2.0"}, {"id", i}, {"method", "eth_chainId"}});
        return read_body(all.dump());
    };
    ASSERT_TRUE(batch(kMaxBatch).has_value());
    EXPECT_TRUE(batch(1)->is_batch);
    EXPECT_EQ(batch(3)->entries.at(2).id, 2);
    EXPECT_EQ(batch(kMaxBatch + 1).error().code, kInvalidRequest);
    EXPECT_EQ(batch(0).error().code, kInvalidRequest);
}

TEST(message, of_a_batch_stands_for_itself) {
    const auto body =
        read_body(R"([1, {"jsonrpc":"2.0","id":2,"method":"eth_chainId"}, [], null])");
    ASSERT_TRUE(body.has_value());
    ASSERT_EQ(body->entries.size(), 4U);
    EXPECT_FALSE(body->entries[0].call.has_value());
    EXPECT_TRUE(body->entries[1].call.has_value());
    EXPECT_FALSE(body->entries[2].call.has_value());
    EXPECT_FALSE(body->entries[3].call.has_value());
}

TEST(answer, has_a_result_or_an_error) {
    EXPECT_EQ(response_text(1, R"("0x1")"), R"({"id":1,"jsonrpc":"2.0","result":"0x1"})");
    EXPECT_EQ(response_text("a\"", "null"), R"({"id":"a\"","jsonrpc":"2.0","result":null})");
    EXPECT_EQ(
        response_text({}, std::unexpected{RpcError{-32700, "no", {}}}),
        R"({"error":{"code":-32700,"message":"no"},"id":null,"jsonrpc":"2.0"})");
    EXPECT_EQ(
        response_text(1, std::unexpected{RpcError{4001, "no", {{"code", "E"}}}}),
        R"({"error":{"code":4001,"data":{"code":"E"},"message":"no"},"id":1,"jsonrpc":"2.0"})");
    EXPECT_EQ(to_text("\xff"), "\"\xef\xbf\xbd\"") << "what is not UTF-8 is replaced";
}

}  // namespace
}  // namespace chela::sidecar::rpc
