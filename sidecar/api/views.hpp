#pragma once

#include "chains/base/json.hpp"
#include "chains/registry/registry.hpp"
#include "policy/ledger/ledger.hpp"
#include "sidecar/flow/chains.hpp"
#include "sidecar/http/message.hpp"
#include "sidecar/store/records.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace chela::sidecar::api {

// Records as the API shows them; the shapes are the Intents API's, with chela's own members beside
// them.

enum class SignedTx : std::uint8_t { omit, include };

/// TransactionResponse: `status` is the published word, `state` chela's finer one.
[[nodiscard]] Json transaction_view(const store::IntentRecord& intent, SignedTx signed_tx);
/// All that was signed for a transaction's nonce, with its fees in wei.
[[nodiscard]] Json attempts_view(std::span<const store::AttemptRecord> attempts);
/// SignTransactionResponse.
[[nodiscard]] Json sign_view(const store::IntentRecord& intent);

/// The meters that an agent's view shows.
[[nodiscard]] std::vector<policy::MeterKey> spend_meters(const std::string& agent_id);
/// AgentResponse. @param spent  of spend_meters() in the last 24 h; @param address  of the signing
/// key
[[nodiscard]] Json agent_view(
    const store::AgentRecord& agent,
    std::span<const policy::SpentCharge> spent,
    const std::optional<Address>& address,
    TimePoint now);
/// AgentSelfResponse.
[[nodiscard]] Json agent_self_view(
    const store::AgentRecord& agent,
    const std::string& org_id,
    const std::optional<Address>& address);

/// ChainResponse; of rpc_url and ws_url only scheme, host and port, since their paths often are
/// keys. What is not there is left out.
[[nodiscard]] Json chain_view(const chains::Chain& chain, const flow::ChainListing& listing);
/// The same for an admin, who also sees where the chain comes from and what limits it.
[[nodiscard]] Json admin_chain_view(const chains::Chain& chain, const flow::ChainListing& listing);

/// The answer to a submission whose intent is stored: 201, 200 for a replay, 202 while it is held
/// for approval, 403 with all
/// violations when denied, 422 with both problem and transaction members when its simulation
/// failed.
[[nodiscard]] http::Response submission_response(const store::IntentRecord& intent, bool is_replay);
/// SignIntentResponse, or what submission_response() answers when nothing was signed; 202 while
/// people are asked.
[[nodiscard]] http::Response sign_response(
    const store::IntentRecord& intent, const std::string& intent_type, bool is_replay);

}  // namespace chela::sidecar::api
