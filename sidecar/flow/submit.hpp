#pragma once

#include "sidecar/flow/lane_driver.hpp"
#include "sidecar/flow/request.hpp"
#include "sidecar/flow/services.hpp"
#include "sidecar/flow/simulate.hpp"

#include <set>
#include <string>

namespace chela::sidecar::flow {

struct SubmitOptions {
    bool require_simulation = true;
};

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
          options_{options} {}

    /// Denied, simulation_failed and failed intents are values: they are stored and replay alike.
    /// @param idempotency_key  the caller's, 1 … 255 visible ASCII characters
    /// @return conflict E_IN_FLIGHT or E_IDEMPOTENCY_MISMATCH; or why it could not be decided
    /// (unavailable, timed_out,
    ///         bad_response): nothing was signed, the same key may be used to try again
    [[nodiscard]] boost::asio::awaitable<Result<Submission>> submit(
        std::string agent_id,
        std::string idempotency_key,
        IntentRequest request,
        Deadline deadline);

    /// The address that signs for the agent, after its signing_key_path was checked.
    [[nodiscard]] boost::asio::awaitable<Result<store::SigningKeyRecord>> signing_key(
        std::string agent_id, IntentRequest request, Deadline deadline);

private:
    using Step = boost::asio::awaitable<Result<store::IntentRecord>>;

    boost::asio::awaitable<Result<Submission>> submit_once(
        std::string agent_id,
        std::string idempotency_hash,
        IntentRequest request,
        Deadline deadline);
    Step process(store::IntentRecord intent, IntentRequest request, Deadline deadline);
    Step finish(
        store::IntentRecord intent,
        store::IntentState state,
        std::string code,
        std::string message,
        Deadline deadline);
    Step finish_denied(
        store::IntentRecord intent, policy::Decision decision, bool is_recorded, Deadline deadline);
    Step reserve_and_settle(
        store::IntentRecord intent, policy::GateRequest gate, Wei balance, Deadline deadline);

    Services& services_;
    LaneDriver& driver_;
    SubmitOptions options_;
    std::set<std::string> in_flight_;  ///< "agent idempotency-hash"
};

}  // namespace chela::sidecar::flow
