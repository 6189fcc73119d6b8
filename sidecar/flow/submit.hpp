#pragma once

#include "sidecar/edge/rate_limiter.hpp"
#include "sidecar/flow/lane_driver.hpp"
#include "sidecar/flow/request.hpp"
#include "sidecar/flow/services.hpp"
#include "sidecar/flow/simulate.hpp"
#include "sidecar/flow/speed_up.hpp"
#include "sidecar/flow/stored_request.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace chela::sidecar::flow {

struct SubmitOptions {
    bool require_simulation = true;
    // NOLINTNEXTLINE(readability-redundant-member-init): without it, leaving it out warns
    std::optional<Rate> signatures{};  ///< that one agent asks for; empty: no limit
};

/// Nothing is known to be wrong with the intent itself: the same key may try again.
[[nodiscard]] bool is_passing(ErrorCode code);

/// What a door shows of a submission.
struct Submission {
    store::IntentRecord intent;
    bool is_replay{};
};

/// The one path of an intent; every door joins it here. Single-threaded (the io_context's).
class Intents {
public:
    Intents(Services& services, LaneDriver& driver, SubmitOptions options)
        : services_{services},
          driver_{driver},
          options_{options},
          signatures_{options.signatures} {}

    /// Denied, held, simulation_failed and failed intents are values: they are stored and replay
    /// alike.
    /// @param idempotency_key  the caller's, 1 … 255 visible ASCII characters
    /// @param request  a transaction, or anything else that can be signed
    /// @return rate_limited E_SIGNATURE_RATE: nothing was stored; conflict E_IN_FLIGHT or
    /// E_IDEMPOTENCY_MISMATCH; or why it could not be decided
    /// (unavailable, timed_out, bad_response): nothing was signed, the same key may be used to try
    /// again
    [[nodiscard]] boost::asio::awaitable<Result<Submission>> submit(
        std::string agent_id, std::string idempotency_key, AnyRequest request, Deadline deadline);

    /// Goes on with an intent that people have approved: decides afresh, and signs.
    /// @return as submit(); conflict E_IN_FLIGHT: it is being worked on
    [[nodiscard]] boost::asio::awaitable<Result<store::IntentRecord>> release(
        std::string intent_id, Deadline deadline);

    /// It is not wanted any more. What holds no nonce ends at once; for what does, a transaction
    /// that does nothing takes its place, and what is mined decides.
    /// @param actor  who wishes it, for the audit
    /// @return conflict E_ALREADY_MINED, E_INTENT_STATE: it is final
    [[nodiscard]] boost::asio::awaitable<Result<store::IntentRecord>> cancel(
        std::string intent_id, std::string actor, Deadline deadline);

    /// Bumps its transaction at once, whatever stands before it.
    /// @param fees  at least these; empty: what the market asks
    /// @return conflict E_INTENT_STATE: there is nothing that chela sends
    [[nodiscard]] boost::asio::awaitable<Result<store::IntentRecord>> speed_up(
        std::string intent_id,
        std::optional<chains::fees::Eip1559Fees> fees,
        std::string actor,
        Deadline deadline);

    /// Counts one of the signatures that an agent may ask for. @return rate_limited
    /// E_SIGNATURE_RATE
    [[nodiscard]] Status count_signature(const std::string& agent_id);

    /// Sends what was signed for its caller to send, if the policies of now still allow it; from
    /// then on chela sees to it as to any other. What it sends already is only looked up.
    /// @param raw  a signed transaction
    /// @return denied E_RAW_TRANSACTION: chela has not signed it for this agent on this chain, or
    /// what the policies find; conflict E_INTENT_STATE: it was given up; invalid_input: it is none;
    /// rate_limited E_SIGNATURE_RATE
    [[nodiscard]] boost::asio::awaitable<Result<store::IntentRecord>> send_signed(
        std::string agent_id, ChainId chain, Bytes raw, Deadline deadline);

    /// Has what an earlier process left been taken up, each lane once?
    [[nodiscard]] bool is_recovered() const { return driver_.is_recovered(); }

    /// The key that signs for the agent, after signing_key_path was checked.
    [[nodiscard]] boost::asio::awaitable<Result<store::SigningKeyRecord>> signing_key(
        std::string agent_id,
        std::string signing_key_path,
        std::string chain_name,
        Deadline deadline);

private:
    using Step = boost::asio::awaitable<Result<store::IntentRecord>>;

    boost::asio::awaitable<Result<Submission>> submit_once(
        std::string agent_id, std::string idempotency_hash, AnyRequest request, Deadline deadline);
    /// process(), and what becomes of the intent when it fails.
    Step attempt(store::IntentRecord intent, AnyRequest request, Deadline deadline);
    Step process(store::IntentRecord intent, AnyRequest request, Deadline deadline);
    Step send(store::IntentRecord intent, IntentRequest request, Deadline deadline);
    Step sign(store::IntentRecord intent, SignatureRequest request, Deadline deadline);
    Step make_signature(store::IntentRecord intent, SignatureRequest request, Deadline deadline);
    /// A transaction on its way to the gate, and what is known of its simulation.
    struct Candidate {
        policy::GateRequest gate;
        chains::Chain chain;
        bool is_simulated = false;
        std::uint64_t max_age = 0;  ///< of the simulation, in blocks
        BlockNumber simulated_at{};
        std::vector<store::SimulationRecord> simulations;  ///< kept with what becomes of it
    };
    boost::asio::awaitable<Result<Nonce>> first_free_nonce(
        std::shared_ptr<node::ChainClient> client, policy::Lane lane, Deadline deadline);
    Step prove_and_settle(
        store::IntentRecord intent,
        Candidate candidate,
        node::ChainClient& client,
        Deadline deadline);
    Step simulate_exactly(store::IntentRecord intent, Candidate* candidate, Deadline deadline);
    Step freshen(
        store::IntentRecord intent,
        Candidate* candidate,
        node::ChainClient& client,
        Deadline deadline);
    Step explain_revert(
        store::IntentRecord intent, IntentRequest request, Error estimate, Deadline deadline);
    /// Blocking.
    Result<std::shared_ptr<policy::GateOutcome>> reserve(
        const store::IntentRecord& intent, const Candidate& candidate, Wei balance);
    Step reserve_and_settle(
        store::IntentRecord intent, Candidate candidate, Wei balance, Deadline deadline);
    boost::asio::awaitable<Status> probe_key(std::string key_id, Deadline deadline);

    Services& services_;
    LaneDriver& driver_;
    SubmitOptions options_;
    RateLimiter signatures_;
    std::set<std::string> in_flight_;  ///< "agent idempotency-hash"
};

}  // namespace chela::sidecar::flow
