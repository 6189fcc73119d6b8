#include "sidecar/config/config.hpp"
#include "signer/pkcs11/write_uri.hpp"

#include <fmt/format.h>

namespace chela::sidecar::config {
namespace {

constexpr std::string_view kServer =
    R"(# chela.yaml: what this sidecar listens on, signs with and may reach. Relative paths start at this file's folder.
# A variable overrides a setting: CHELA_SERVER__LISTEN for server.listen, CHELA_CHAINS__ANVIL__RPC_URL for chains.anvil.rpc_url.
# Durations are written 250ms, 10s, 15m or 24h.

server:
  # Loopback address for clients that cannot use the unix socket; port 0 picks a free one; "" listens on no port.
  listen: "127.0.0.1:8787"
  # The unix socket, where the kernel says which user is calling.
  unix_socket: chela.sock
  # Who may open the socket, as permission bits.
  unix_socket_mode: "0600"
  # Host names besides 127.0.0.1, localhost and [::1] that a request may name, without port.
  # allowed_hosts: [chela.internal]
  # True: an address that is not loopback may be listened on. Without tls, only JWTs and service accounts' tokens count there.
  # unsafe_listen: false
  # TLS 1.3 on the TCP listener; the files are read again when they change.
  # tls:
  #   # PEM: the server's own certificate first, then those between it and a root.
  #   certificate_file: tls/tls.crt
  #   # Its key, unencrypted PEM, in a file of mode 0600.
  #   key_file: tls/tls.key
  #   # Clients show a certificate that chains to one of these; identities name whose.
  #   client_ca_file: tls/clients.pem
  #   # False: a client without one may call and is known by something else.
  #   require_client_certificate: true
  #   # How often the files are looked at.
  #   watch_interval: 2s
  # Tokens that a Kubernetes cluster projects for its service accounts; identities name whose.
  # service_accounts:
  #   # As the tokens' iss has it; its keys are found there unless jwks_url or jwks_file says where they are.
  #   issuer: https://kubernetes.default.svc.cluster.local
  #   # What the tokens must be projected for.
  #   audience: chela
  #   # PEM certificates to trust in place of the system's.
  #   ca_file: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
  #   # A bearer token that the issuer wants to see before it shows its keys, in a file of mode 0600.
  #   token_file: secrets/issuer.token
  #   # jwks_url: https://kubernetes.default.svc/openid/v1/jwks
  #   # jwks_file: cluster.jwks
  # The port is written to this file once it is listened on.
  # port_file: chela.port
  # The largest request body, in bytes.
  # max_body_bytes: 1048576
  # Connections in all, and of one uid (unix socket) or address. Over that, the one that has waited longest for a
  # request is closed; a newcomer hears 503 when all of them are at work.
  # max_connections: 256
  # max_connections_per_peer: 64
  # How often, as RATE burst SO-MANY-AT-ONCE with a RATE per s, min or h; off: as often as they like.
  # rate_limits:
  #   # One caller, on one route.
  #   requests: 100/s burst 200
  #   # One agent asks for something to be signed, at whichever door.
  #   signatures: 10/s burst 50
  #   # One uid or address, with wrong credentials.
  #   auth_failures: 10/min
  # How long one request may take.
  # request_timeout: 60s
  # How long requests in progress may take to finish at shutdown.
  # drain_timeout: 10s
  # The operator's door (drain, reload, quit, approvals, metrics), for this user and root alone; off: there is none.
  # admin_socket: admin.sock

# What probes ask. GET /startupz, /livez and /readyz are on the listeners above as well.
# health:
#   # An address, which may be one that others reach, for these three alone.
#   listen: "127.0.0.1:9809"
#   # Not ready, besides, while: a chain has no usable node (chains), an identity has no token (credentials).
#   require: [chains, credentials]

)";

constexpr std::string_view kAfterToken = R"(  # Signing sessions that are open at the same time.
  # sessions: 2
  # True: keys that could be read out of the token sign all the same.
  # allow_extractable_keys: false

# Keys in encrypted files, for tests and for those without a token: who owns this process owns such a key.
# keystore:
#   # A directory of mode 0700 for Web3 Secret Storage files.
#   dir: keystore
#   # The password of them all, in a file of mode 0600.
#   password_file: keystore.password
)";

constexpr std::string_view kKeystore =
    R"(# Keys in encrypted files: who owns this process owns them. A PKCS#11 token (section token:) is safer; see README, "Keys".
keystore:
  # A directory of mode 0700 for Web3 Secret Storage files.
  dir: keystore
  # The password of them all, in a file of mode 0600.
  password_file: keystore.password
)";

constexpr std::string_view kRest = R"(
intents:
  # A transaction that cannot be simulated is not signed.
  require_simulation: true
  # How long a token that the sidecar gets for an agent is valid; whole seconds, 24h at most.
  # default_token_ttl: 15m

# Policy documents in files, read at start, on SIGHUP and when one changes; each change raises its document's version.
# policy:
#   # YAML or JSON, writable by their owner alone.
#   files: [policies/treasury.yaml]
#   # The id of the document that stands above every agent's own; none takes it away.
#   organization: treasury
#   # How often the files are looked at.
#   watch_interval: 2s

# Webhooks are made with `chela webhook create` or POST /v1/webhooks.
# webhooks:
#   # True: hosts that resolve to addresses of private networks may be called.
#   allow_private: false

# Ethereum JSON-RPC at /rpc/NAME.
# rpc:
#   # The chain that /rpc is about; without it, the only one.
#   default_chain: anvil

log:
  # debug, info, warn or error
  level: info

# The chains that may be used, by name, besides those of `chela chain add`; what is here holds. `chela chain list --known`
# shows the names and ids whose other settings may be left out, but for rpc_url and max_fee_per_transaction.
chains: {}
# chains:
#   anvil:
#     # The EIP-155 chain id; the node must answer the same.
#     chain_id: 31337
#     # The node, https:// or http://.
#     rpc_url: http://127.0.0.1:8545
#     # Where it pushes new blocks, wss:// or ws://; without it the node is asked every poll_interval.
#     # ws_url: ws://127.0.0.1:8545
#     # Several nodes in place of rpc_url and ws_url: reads go to the first that is well, transactions to all.
#     # endpoints:
#     #   - url: https://rpc.example.org
#     #     ws_url: wss://rpc.example.org
#     #     # PEM certificates to trust in place of the system's.
#     #     ca_file: certs/rpc.pem
#     #     # The Authorization header and others, in files of mode 0600; read again when they change.
#     #     authorization_file: secrets/rpc.authorization
#     #     headers:
#     #       - name: X-Api-Key
#     #         value_file: secrets/rpc.key
#     #   - url: https://rpc.example.net
#     # The most that the fee of one transaction may cost, in the native currency. Required.
#     max_fee_per_transaction: 0.01 ETH
#     # The name that people see.
#     display_name: Anvil
#     # Where people look at transactions.
#     explorer_url: https://explorer.example.org
#     # The symbol of the native currency.
#     native_currency: ETH
#     # True: its money is worth nothing.
#     is_testnet: true
#     # When a transaction counts as settled: depth (after so many confirmations) or finalized (when the node says so).
#     finality: depth
#     # Blocks, the transaction's own included.
#     confirmations: 1
#     # False: nothing new is signed; what is under way is followed to its end.
#     is_enabled: true
#     # False: its transactions pay a gas price (type 0).
#     has_eip1559: true
#     # How long a block usually takes.
#     block_time: 1s
#     # How often the node is asked about transactions that are under way.
#     poll_interval: 1s
#     # How long one call to the node may take.
#     rpc_timeout: 10s
#     # Who runs transactions before they are signed: the chain's node, or Tenderly (and the node when it fails).
#     simulation:
#       provider: tenderly
#       tenderly:
#         # As in the URLs of Tenderly's dashboard.
#         account: my-team
#         project: payments
#         # The access key, in a file of mode 0600.
#         access_key_file: secrets/tenderly.key
#         # Where its API is.
#         url: https://api.tenderly.co

# Which local caller acts as which agent. Who is not here is nobody and gets nothing.
identities: {}
# identities:
#   trader:
#     # The agent's id.
#     agent_id: 00000000-0000-4000-8000-000000000000
#     # The agent's API key, in a file of mode 0600.
#     api_key_file: secrets/trader.key
#     # Who knows the agent: this process (embedded), or the URL of another chela or of a service with
#     # the same /v1 API, https://… or http://… on this machine. The key is there, and signs what this
#     # chela has allowed.
#     authority: embedded
#     # Certificates that such an authority's must come from, in place of the system's.
#     # authority_ca_file: secrets/authority-ca.pem
#     # At least one of these ways; each caller belongs to one identity.
#     allow:
#       # User ids that may act as the agent over the unix socket.
#       uids: [1000]
#       # Group ids, for users that no identity names.
#       gids: [2000]
#       # Of these users and groups, only who runs this program.
#       executable: /usr/bin/agent
#       # A bearer token for the loopback port, in a file of mode 0600.
#       client_token_file: secrets/trader.token
#       # Names in client certificates, exactly as they are there.
#       spiffe_ids: ["spiffe://example.org/trader"]
#       dns_names: [trader.example.org]
#       # Kubernetes service accounts.
#       # service_accounts:
#       #   - namespace: agents
#       #     name: trader
)";

std::string token_section(const InitialSettings& settings) {
    const bool is_softhsm =
        settings.pkcs11_module.filename().string().find("softhsm") != std::string::npos;
    return fmt::format(
        R"(token:
  # The PKCS#11 token that holds the keys (RFC 7512), with the module that reaches it.
  uri: "{}"
  # The user PIN, in a file of mode 0600.
  pin_file: token.pin
  # SOFTHSM2_CONF for SoftHSM; other modules need none.
  {}softhsm_conf: softhsm2.conf
{})",
        signer::pkcs11::write_uri(settings.token_label, settings.pkcs11_module),
        is_softhsm ? "" : "# ", kAfterToken);
}

}  // namespace

std::string initial_document(const InitialSettings& settings) {
    const auto keys =
        settings.pkcs11_module.empty() ? std::string{kKeystore} : token_section(settings);
    return fmt::format("{}{}{}", kServer, keys, kRest);
}

}  // namespace chela::sidecar::config
