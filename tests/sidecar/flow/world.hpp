#pragma once

#include "policy/rules/compile.hpp"
#include "sidecar/flow/approval_watch.hpp"
#include "sidecar/flow/submit.hpp"
#include "sidecar/flow/token_source.hpp"
#include "tests/policy/build.hpp"
#include "tests/sidecar/await.hpp"
#include "tests/sidecar/flow/fake_chain.hpp"
#include "tests/sidecar/flow/fake_token.hpp"
#include "tests/support/temp_dir.hpp"

#include <memory>
#include <optional>
#include <string>

#include <boost/asio/thread_pool.hpp>
#include <gmock/gmock.h>

namespace chela::sidecar::flow {

using store::IntentRecord;
using store::IntentState;
using test::ether;
using test::wei;

inline const Address kAlice = test::address(0xa1);

class FixedClock final : public Clock {
public:
    TimePoint time = test::kNow;
    [[nodiscard]] TimePoint now() const override { return time; }
};

[[nodiscard]] chains::Chain base_chain(std::uint64_t confirmations = 1);
/// 1 wei to Alice on base, submitted.
[[nodiscard]] IntentRequest request_to_alice(Wei value = wei(1));

/// Everything that ends with a process; the store is opened anew by the next one.
struct Process {
    Process(
        const std::filesystem::path& database,
        test::FakeToken& token,
        const Clock& clock,
        std::shared_ptr<test::FakeChain> node,
        std::uint64_t confirmations,
        DriverOptions options);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    std::unique_ptr<store::Store> store;
    boost::asio::io_context context;
    boost::asio::thread_pool store_pool{2};
    boost::asio::thread_pool signing_pool{2};
    policy::Gate gate{*store};
    Keyring keyring;
    Services services;
    LaneDriver driver;
    Intents intents;
    ApprovalWatch approval_watch;
};

/// A chain, a token and a database that outlive the processes of a test, with one agent that may
/// sign.
class World : public testing::Test {
protected:
    /// Rounds follow each other at once, and so do tries of what no node has confirmed.
    [[nodiscard]] static DriverOptions quick() {
        DriverOptions options;
        options.poll_interval = std::chrono::milliseconds{5};
        options.step_timeout = std::chrono::milliseconds{20'000};
        options.rules.retry_after = std::chrono::milliseconds{10};
        return options;
    }

    World();

public:
    ~World() override;

protected:
    void start();
    void stop();
    /// A new process over the same database, recovered.
    void restart();

    [[nodiscard]] static Deadline soon() {
        return std::chrono::steady_clock::now() + test::kPatience;
    }
    [[nodiscard]] Result<Submission> submit(
        const std::string& key,
        const AnyRequest& request = request_to_alice(),
        Deadline deadline = soon());
    /// submit() that must give an intent in `state`. @return its id
    std::string submitted(
        const std::string& key, IntentState state, const AnyRequest& request = request_to_alice());
    /// Begins a submission that need not end soon, but must before the process does. @return its
    /// id, once it is `state`
    std::string begun(const std::string& key, IntentState state);
    [[nodiscard]] IntentRecord intent(const std::string& id) const;
    /// Activates the document and binds the agent to it in place of its guardrails.
    void use_policy(std::string_view document);
    /// The agent may do nothing any more.
    void deactivate_agent();
    /// Runs the process until the intent is in `state`.
    void expect_reaches(const std::string& id, IntentState state);
    /// Runs the process until the node was asked `method` `more` times from now on.
    void expect_asked(const std::string& method, std::uint64_t more);
    [[nodiscard]] std::optional<Nonce> highest_nonce() const;
    [[nodiscard]] std::size_t charges() const;  ///< signatures that the agent's budgets count
    [[nodiscard]] std::vector<policy::SpentCharge> spent(std::string_view meter) const;

    test::TempDir folder;
    test::FakeToken token;
    FixedClock clock;
    std::shared_ptr<test::FakeChain> node;
    std::uint64_t confirmations = 1;
    DriverOptions options = quick();
    std::unique_ptr<Process> process;
    std::size_t unfinished = 0;  ///< submissions that were begun
    std::string agent_id;
    Address signer;
};

}  // namespace chela::sidecar::flow
