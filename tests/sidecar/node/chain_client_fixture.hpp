#pragma once

#include "sidecar/node/chain_client.hpp"
#include "tests/sidecar/await.hpp"
#include "tests/sidecar/node/scripted_client.hpp"

#include <memory>
#include <string_view>

#include <gtest/gtest.h>

namespace chela::sidecar::node {

inline chains::Chain base() {
    chains::Chain chain;
    chain.name = "base";
    chain.chain_id = test::kChain;
    chain.native_currency = "ETH";
    chain.max_fee_per_transaction = test::ether("1");
    return chain;
}

class ChainClientTest : public testing::Test {
protected:
    template <class T>
    T await(boost::asio::awaitable<T> work) {
        return test::await(context, std::move(work));
    }
    static Deadline soon() { return std::chrono::steady_clock::now() + std::chrono::seconds{30}; }

    boost::asio::io_context context;
    std::shared_ptr<test::ScriptedClient> node = std::make_shared<test::ScriptedClient>();
    ChainClient chain{base(), node};
};

template <class T>
void expect_error(const Result<T>& result, ErrorCode code, std::string_view reason) {
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, code) << result.error().detail;
    EXPECT_EQ(result.error().reason, reason) << result.error().detail;
}

}  // namespace chela::sidecar::node
