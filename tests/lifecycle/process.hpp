#pragma once

#include "sidecar/flow/submit.hpp"
#include "sidecar/flow/token_source.hpp"
#include "tests/lifecycle/universe.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

namespace chela::test::lifecycle {

/// One process over the universe's database. Blocking work runs on the one thread as well, so that
/// the same seed does the same things in the same order.
class Process {
public:
    explicit Process(Universe& universe);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    /// Begins a submission; `done` hears of its end, unless the process dies before.
    void submit(
        const std::string& agent_id,
        const std::string& key,
        const sidecar::flow::AnyRequest& request,
        std::function<void(const Result<sidecar::flow::Submission>&)> done);
    void cancel(const std::string& intent_id);
    void speed_up(const std::string& intent_id);
    /// What was signed for an agent, brought back to be sent.
    void hand_over(const std::string& agent_id, const Bytes& signed_bytes);
    /// Everything that can be done without waiting is done, `rounds` times.
    void pump(unsigned rounds = 1);

    [[nodiscard]] sidecar::store::Store& store() { return *store_; }
    [[nodiscard]] sidecar::flow::Keyring& keyring() { return keyring_; }
    [[nodiscard]] bool is_recovered() const { return driver_.is_recovered(); }
    /// Submissions that have not ended yet.
    [[nodiscard]] unsigned unanswered() const { return unanswered_; }

private:
    unsigned unanswered_ = 0;
    std::unique_ptr<sidecar::store::Store> store_;
    boost::asio::io_context context_{1};
    policy::Gate gate_{*store_};
    sidecar::flow::Keyring keyring_;
    sidecar::flow::Services services_;
    sidecar::flow::LaneDriver driver_;
    sidecar::flow::Intents intents_;
};

[[nodiscard]] chains::Chain chain_of_lives();

}  // namespace chela::test::lifecycle
