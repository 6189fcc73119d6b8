#pragma once

#include "sidecar/edge/clock.hpp"
#include "sidecar/flow/submit.hpp"
#include "sidecar/node/client.hpp"
#include "tests/bench/submit/bench_node.hpp"
#include "tests/bench/submit/timed_key.hpp"
#include "tests/support/temp_dir.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

namespace chela::bench {

/// How clients follow one submission with the next.
enum class Pace : std::uint8_t {
    at_once,
    when_quiet  ///< when nothing of the one before is under way any more
};

/// A sidecar's flow over a fresh database and a fake node in this thread, without HTTP. Each client
/// is an agent with a key of its own, and so with a lane of its own; it has one submission under
/// way at a time. As serve has it: one I/O thread, 16 threads of the store.
class SubmitWorld {
public:
    /// @param signing_threads  as serve has: the machine's cores, and the token's sessions
    SubmitWorld(
        std::shared_ptr<sidecar::flow::KeySource> keys,
        unsigned signing_threads,
        std::size_t clients);
    ~SubmitWorld();
    SubmitWorld(const SubmitWorld&) = delete;
    SubmitWorld& operator=(const SubmitWorld&) = delete;

    struct Run {
        std::vector<Parts> submissions;
        Nanoseconds took{};  ///< from the first call to the last answer
        Nanoseconds node{};  ///< of it in the fake node, on the I/O thread
    };
    /// Every client submits `each` payments. A run is a bug's end when one is not broadcast.
    [[nodiscard]] Run run(std::size_t each, Pace pace);

    [[nodiscard]] std::filesystem::path database() const;

private:
    struct Client;

    void add_client();
    boost::asio::awaitable<void> pay(Client& client, std::size_t each, Pace pace, Run& run);
    /// A block for every few payments of each client, so that lanes neither fill nor stay empty.
    void mine_now_and_then();

    test::TempDir folder_;
    std::unique_ptr<sidecar::store::Store> store_;
    sidecar::SystemClock clock_;
    std::shared_ptr<TimedSource> keys_;
    boost::asio::io_context context_{1};
    boost::asio::thread_pool store_pool_;
    boost::asio::thread_pool signing_pool_;
    policy::Gate gate_;
    sidecar::flow::Keyring keyring_;
    std::shared_ptr<BenchNode> node_;
    std::size_t clients_wanted_;
    std::vector<std::unique_ptr<Client>> clients_;
    std::size_t sent_ = 0;
};

}  // namespace chela::bench
