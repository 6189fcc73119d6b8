#pragma once

#include "sidecar/api/seats.hpp"
#include "sidecar/auth/authenticator.hpp"
#include "sidecar/flow/call_bundles.hpp"
#include "sidecar/flow/services.hpp"
#include "sidecar/flow/submit.hpp"
#include "sidecar/http/router.hpp"
#include "sidecar/rpc/message.hpp"
#include "sidecar/rpc/repeats.hpp"
#include "sidecar/rpc/subscriptions.hpp"

#include <memory>
#include <optional>
#include <string>

namespace chela::sidecar::rpc {

/// Of one agent a few, and of all together no more than leave the sidecar's own calls their turn.
[[nodiscard]] std::shared_ptr<api::Seats> make_readers();

/// What the door works with; owned by the app, outlives the server.
struct Parts {
    flow::Services& services;
    flow::Intents& intents;
    flow::CallBundles& bundles;
    auth::Authenticator& authenticator;
    std::string version;        ///< of chela
    std::string default_chain;  ///< that /rpc is about; empty: the only one, where there is one
    std::shared_ptr<Repeats> repeats = std::make_shared<Repeats>();
    std::shared_ptr<api::Seats> readers = make_readers();  ///< who asks a node now
    std::shared_ptr<Live> live = make_live({});            ///< what WebSockets work with
};

/// POST /rpc/{chain}, and POST /rpc for the default chain: Ethereum JSON-RPC for an agent, as a
/// wallet would answer it. A WebSocket there speaks the same, and takes subscriptions. What is not
/// listed here is refused and never passed on. Source: EIP-1193, EIP-1474, JSON-RPC 2.0.
void add_routes(http::Router& router, const Parts& parts);

/// Who calls, about which chain; what a method is given.
struct Caller {
    const Parts& parts;
    std::string agent_id;
    bool may_sign{};  ///< the Intents API is enabled for it
    chains::Chain chain;
    std::optional<std::string> idempotency_key;  ///< that the caller gave this call alone
    Deadline deadline;
    std::shared_ptr<http::Footprint> footprint;    ///< never null
    std::shared_ptr<Subscriptions> subscriptions;  ///< null: it is no WebSocket
};
using Answer = boost::asio::awaitable<RpcResult<Json>>;

// One family of methods a file.

[[nodiscard]] Answer accounts(Caller caller, Call call);
[[nodiscard]] Answer send_transaction(Caller caller, Call call);
[[nodiscard]] Answer sign_transaction(Caller caller, Call call);
/// Of what chela has signed for the agent alone. The hash of these bytes.
[[nodiscard]] Answer send_raw_transaction(Caller caller, Call call);
[[nodiscard]] Answer personal_sign(Caller caller, Call call);
[[nodiscard]] Answer sign_typed_data(Caller caller, Call call);
[[nodiscard]] Answer get_capabilities(Caller caller, Call call);
[[nodiscard]] Answer send_calls(Caller caller, Call call);
[[nodiscard]] Answer get_calls_status(Caller caller, Call call);
/// As the node knows it; one that chela sent and no node has (any more) as chela signed it, so that
/// who waits for it finds what took its place by the nonce.
[[nodiscard]] Answer get_transaction(Caller caller, Call call);
/// A read that a node answers: its result or its error, as it is.
[[nodiscard]] Answer ask_node(Caller caller, Call call);
/// The same as text, which is how it goes on: a long one holds up nobody else.
[[nodiscard]] boost::asio::awaitable<RpcResult<std::string>> ask_node_for_text(
    Caller caller, Call call);

/// What became of a submission, and the key to ask for it again.
struct Submitted {
    store::IntentRecord intent;
    std::string idempotency_key;
};

/// The agent's address. @return denied E_NO_SIGNING_KEY
[[nodiscard]] boost::asio::awaitable<RpcResult<Address>> address_of(Caller caller);
/// @return kUnauthorized: not the agent's; as address_of()
[[nodiscard]] boost::asio::awaitable<RpcResult<void>> check_own(Caller caller, Address address);
/// The key that a call goes by: the caller's own, or else a fresh one, which a call of the same
/// agent for the same that comes while this one is under way shares.
struct CallKey {
    std::string key;
    std::unique_ptr<Repeats::Turn> turn;  ///< null: the key is the caller's
    [[nodiscard]] bool is_repeat() const { return turn && !turn->is_first(); }
};
/// @param what  the same for the same question, and for no other one
/// @return of a repeated call: when the first one has its answer
[[nodiscard]] boost::asio::awaitable<CallKey> key_of(Caller caller, std::string what);
/// Submits as the REST door does; a call that is repeated while it is under way is one submission.
/// @return 4001 E_INTENTS_DISABLED; errors name the idempotency_key
[[nodiscard]] boost::asio::awaitable<RpcResult<Submitted>> submit(
    Caller caller, flow::AnyRequest request);

}  // namespace chela::sidecar::rpc
