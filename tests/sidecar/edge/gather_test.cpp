#include "sidecar/edge/gather.hpp"

#include "tests/sidecar/await.hpp"

#include <string>
#include <vector>

#include <boost/asio.hpp>
#include <gtest/gtest.h>

namespace chela::sidecar {
namespace {

namespace asio = boost::asio;

asio::awaitable<std::string> after(int turns, std::string text, std::vector<std::string>* ended) {
    for (int i = 0; i < turns; ++i)
        co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    ended->push_back(text);
    co_return text;
}

TEST(gather, gives_all_results_in_order_whoever_ends_first) {
    asio::io_context context;
    std::vector<std::string> ended;
    std::vector<asio::awaitable<std::string>> work;
    work.push_back(after(9, "slow", &ended));
    work.push_back(after(0, "quick", &ended));
    work.push_back(after(3, "middle", &ended));
    const auto results = test::await(context, gather(std::move(work)));
    EXPECT_EQ(results, (std::vector<std::string>{"slow", "quick", "middle"}));
    EXPECT_EQ(ended, (std::vector<std::string>{"quick", "middle", "slow"})) << "one by one";
}

TEST(gather, of_nothing_is_nothing) {
    asio::io_context context;
    EXPECT_TRUE(test::await(context, gather(std::vector<asio::awaitable<std::string>>{})).empty());
}

}  // namespace
}  // namespace chela::sidecar
