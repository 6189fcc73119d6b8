#!/usr/bin/env bash
# Plays chela's main job as an operator and an agent would, with plain curl, on a local anvil chain.
# Needs CHELA_BIN and CHELA_ANVIL (./run demo sets them), curl and jq. Leaves nothing running and nothing behind.
set -euo pipefail

: "${CHELA_BIN:?run it as ./run demo}" "${CHELA_ANVIL:?run it as ./run demo}"

readonly PAYEE=0x70997970C51812dc3A010C7d01b50e0d17dc79C8
readonly STRANGER=0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC
readonly REVERTER=0x90F79bf6EB2c4f870365E785982E1f101E93b906

work=$(mktemp -d "${TMPDIR:-/tmp}/chela-demo.XXXXXX")
pids=()
finish() {
    local status=$? pid
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
    if [ "$status" -ne 0 ]; then
        printf '\nThe demo stopped with status %s. Last lines of the log of chela:\n' "$status" >&2
        tail -n 15 "$work/chela.log" >&2 2>/dev/null || true
    fi
    # The agent's user owns nothing here; sudo made what root owns.
    rm -rf "$work"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

step=0
say() { step=$((step + 1)); printf '\n%d. %s\n' "$step" "$*"; }
show() { printf '     %s\n' "$@"; }
die() { printf 'demo: %s\n' "$*" >&2; exit 1; }
expect() { # expect WHAT WANTED GOT
    [ "$2" = "$3" ] || die "$1: expected $2, got $3"
}
wait_for() { # wait_for SECONDS COMMAND…: until it succeeds
    local end=$((SECONDS + $1)); shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || die "gave up waiting for: $*"
        sleep 0.05
    done
}
chela() { "$CHELA_BIN" --dir "$work/state" "$@"; }
rpc() { # rpc METHOD PARAMS: result of a call to the node
    curl -sS --fail -H 'Content-Type: application/json' \
        -d "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"$1\",\"params\":$2}" "$rpc_url" | jq -er .result
}
balance() { rpc eth_getBalance "[\"$1\",\"latest\"]"; }

# The agent is another user, with an empty environment; it can reach the socket and nothing else of this.
agent_user=65534
if [ "$(id -u)" -eq 0 ]; then
    as_agent() { setpriv --reuid=$agent_user --regid=$agent_user --clear-groups env -i "$@"; }
elif sudo -n true 2>/dev/null; then
    as_agent() { sudo -n setpriv --reuid=$agent_user --regid=$agent_user --clear-groups env -i "$@"; }
else
    die 'needs root or sudo, because the agent must be another user than the sidecar'
fi
curl_path=$(command -v curl)
agent_curl() { # agent_curl METHOD PATH [BODY] [HEADER…]: body, then a line with the status
    local method=$1 path=$2 body=${3:-} header
    shift 2; [ $# -gt 0 ] && shift
    local arguments=(-sS --unix-socket "$work/door/agent.sock" -X "$method" -w '\n%{http_code}')
    [ -z "$body" ] || arguments+=(-H 'Content-Type: application/json' -d "$body")
    for header in "$@"; do arguments+=(-H "$header"); done
    as_agent "$curl_path" "${arguments[@]}" "http://localhost$path"
}
status_of() { tail -n 1 <<<"$1"; }
body_of() { sed '$d' <<<"$1"; }

printf 'chela demo: an agent that holds no key sends a payment, inside the limits its operator set.\n'
started=$SECONDS
chmod 711 "$work"
mkdir -m 755 "$work/door"

say 'The node: anvil, a local Ethereum chain'
"$CHELA_ANVIL" --port 0 --host 127.0.0.1 >"$work/anvil.log" 2>&1 &
pids+=($!)
wait_for 20 grep -q 'Listening on' "$work/anvil.log"
rpc_url=http://$(grep -o 'Listening on .*' "$work/anvil.log" | head -n 1 | cut -d' ' -f3)
show "listens on $rpc_url, chain id $(($(rpc eth_chainId '[]')))"

say 'The operator makes a state directory: token, database, keys'
chela init --json >"$work/init.json"
show "state directory with a PKCS#11 token \"$(jq -r .token "$work/init.json")\" and a first admin key (shown once)"
sed -i "s|^chains: {}\$|chains:\n  anvil:\n    chain_id: 31337\n    rpc_url: $rpc_url\n    max_fee_per_transaction: 0.01 ETH\n    poll_interval: 100ms|" \
    "$work/state/chela.yaml"
show 'chela.yaml names the chain and the most that a fee may cost'

say 'The operator creates an agent with guardrails; its API key goes to the sidecar, not to the agent'
chela agent create payer --chain anvil --to "$PAYEE,$REVERTER" --max-value 0.5 --daily-limit 1 --token-ttl 5 \
    --write-key "$work/state/payer.key" | sed 's/^/     /'
agent=$(chela agent list --json | jq -er '.agents[0].id')
address=$(chela agent show "$agent" --json | jq -er .evm_address)
sed -i "s|^identities: {}\$|identities:\n  payer:\n    agent_id: $agent\n    api_key_file: payer.key\n    allow:\n      uids: [$agent_user]|" \
    "$work/state/chela.yaml"
rpc anvil_setBalance "[\"$address\",\"0x8ac7230489e80000\"]" >/dev/null || true
show "the agent's address $address gets 10 ETH on this chain"

say 'chela serves: a free loopback port, and a unix socket for the agent'
CHELA_SERVER__UNIX_SOCKET="$work/door/agent.sock" CHELA_SERVER__UNIX_SOCKET_MODE=0666 \
    "$CHELA_BIN" --dir "$work/state" serve --listen 127.0.0.1:0 --port-file "$work/port" 2>"$work/chela.log" &
pids+=($!)
wait_for 20 test -s "$work/port"
wait_for 20 test -S "$work/door/agent.sock"
show "port $(cat "$work/port"), $(chela doctor --json | jq -r '[.checks[] | select(.ok)] | length') checks of chela doctor are ok"

say 'The agent: another user, an empty environment, no key file it can read'
show "it is uid $(as_agent "$(command -v id)" -u), its environment has $(as_agent "$(command -v env)" | wc -l) variables"
if as_agent "$(command -v cat)" "$work/state/payer.key" 2>/dev/null; then die 'the agent can read the key file'; fi
show 'reading the API key file fails: permission denied'
answer=$(agent_curl GET /v1/agents/me)
expect 'who am I' 200 "$(status_of "$answer")"
expect 'who am I' "$agent" "$(body_of "$answer" | jq -r .id)"
show "GET /v1/agents/me without credentials → 200, recognised as \"$(body_of "$answer" | jq -r .name)\" by its uid"
wait_for 10 grep -q '"event":"jwt_exchanged"' "$work/chela.log"
show 'the sidecar exchanged the API key for a JWT; the agent never sees either'

pay() { printf '{"chain":"anvil","to":"%s","value":"%s","simulate_first":true}' "$1" "$2"; }
transactions=/v1/agents/$agent/transactions

say 'The agent simulates a payment of 0.25 ETH'
answer=$(agent_curl POST "$transactions/simulate" "{\"chain\":\"anvil\",\"to\":\"$PAYEE\",\"value\":\"0.25\"}")
expect simulate 200 "$(status_of "$answer")"
expect simulate success "$(body_of "$answer" | jq -r .status)"
show "success, gas used $(body_of "$answer" | jq -r .gas_used)"

say 'The agent submits it'
before=$(balance "$PAYEE")
answer=$(agent_curl POST "$transactions" "$(pay "$PAYEE" 0.25)" 'Idempotency-Key: invoice-42')
expect submit 201 "$(status_of "$answer")"
id=$(body_of "$answer" | jq -er .id)
hash=$(body_of "$answer" | jq -er .tx_hash)
show "201, status $(body_of "$answer" | jq -r .status), nonce $(body_of "$answer" | jq -r .nonce)" "transaction $hash"
is_confirmed() { [ "$(body_of "$(agent_curl GET "$transactions/$id")" | jq -r .state)" = confirmed ]; }
wait_for 20 is_confirmed
expect 'receipt on the node' 0x1 "$(rpc eth_getTransactionReceipt "[\"$hash\"]" | jq -r .status)"
moved=$(($(balance "$PAYEE") - before))
expect 'moved on the node' 250000000000000000 "$moved"
show "mined; the node's receipt says status 0x1 and the payee has $moved wei more"

say 'The same Idempotency-Key again'
answer=$(agent_curl POST "$transactions" "$(pay "$PAYEE" 0.25)" 'Idempotency-Key: invoice-42')
expect replay 200 "$(status_of "$answer")"
expect replay "$hash" "$(body_of "$answer" | jq -r .tx_hash)"
expect 'transactions on the node' 1 "$(($(rpc eth_getTransactionCount "[\"$address\",\"latest\"]")))"
show '200 and the same transaction; the chain still has one'

say 'A payment to a stranger'
answer=$(agent_curl POST "$transactions" "$(pay "$STRANGER" 0.1)")
expect stranger 403 "$(status_of "$answer")"
expect stranger E_TO_NOT_ALLOWED "$(body_of "$answer" | jq -r .code)"
show "403 $(body_of "$answer" | jq -r .code)" "$(body_of "$answer" | jq -r .detail)"

say 'A payment over the cap'
answer=$(agent_curl POST "$transactions" "$(pay "$PAYEE" 0.6)")
expect cap 403 "$(status_of "$answer")"
expect cap E_VALUE_OVER_LIMIT "$(body_of "$answer" | jq -r .code)"
show "403 $(body_of "$answer" | jq -r .code)" "$(body_of "$answer" | jq -r .detail)"

say 'A payment that would revert is stopped before anything is signed'
rpc anvil_setCode "[\"$REVERTER\",\"0x60006000fd\"]" >/dev/null || true
answer=$(agent_curl POST "$transactions" "$(pay "$REVERTER" 0.1)")
expect revert 422 "$(status_of "$answer")"
expect revert simulation_failed "$(body_of "$answer" | jq -r .status)"
expect 'signatures made' 1 "$(grep -c '"event":"intent_signed"' "$work/chela.log")"
show "422 $(body_of "$answer" | jq -r .status): $(body_of "$answer" | jq -r .detail)"

say 'The operator binds the agent to a policy document in place of its guardrails'
here=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" && pwd)
chela policy activate "$here/policy.yaml" --yes >/dev/null
chela agent update "$agent" --policy quickstart --clear tx_to_allowlist,tx_max_value,tx_daily_limit,tx_allowed_chains >/dev/null
expect 'bound policy' quickstart "$(chela agent show "$agent" --json | jq -r .policy)"
show 'it may pay one payee out of a budget of 1 ETH a day; over 0.5 ETH somebody must approve'

say 'An unlimited approval, once as a transaction and once as a signed Permit'
token=0x5FbDB2315678afecb367f032d93F642f64180aa3
unlimited=$(printf 'f%.0s' {1..64})
data=0x095ea7b3000000000000000000000000${STRANGER#0x}$unlimited
answer=$(agent_curl POST "$transactions" "{\"chain\":\"anvil\",\"to\":\"$token\",\"value\":\"0\",\"data\":\"$data\"}")
expect approve 403 "$(status_of "$answer")"
expect approve E_GRANT_UNBOUNDED "$(body_of "$answer" | jq -r .code)"
show "transaction: 403 $(body_of "$answer" | jq -r .code)"
permit=$(jq -n --arg token "$token" --arg owner "$address" --arg spender "$STRANGER" --arg amount "0x$unlimited" '
    {intent_type: "typed_data", chain: "anvil", typed_data: {
        types: {Permit: [{name: "owner", type: "address"}, {name: "spender", type: "address"}, {name: "value", type: "uint256"},
            {name: "nonce", type: "uint256"}, {name: "deadline", type: "uint256"}]},
        primaryType: "Permit", domain: {name: "USD", version: "1", chainId: 31337, verifyingContract: $token},
        message: {owner: $owner, spender: $spender, value: $amount, nonce: "0", deadline: "2000000000"}}}')
answer=$(agent_curl POST "/v1/agents/$agent/sign" "$permit")
expect permit 403 "$(status_of "$answer")"
expect permit E_GRANT_UNBOUNDED "$(body_of "$answer" | jq -r .code)"
show "signature:   403 $(body_of "$answer" | jq -r .code), by the same rule" "$(body_of "$answer" | jq -r .detail)"

say 'A payment of 0.6 ETH is held until an operator approves it'
answer=$(agent_curl POST "$transactions" "$(pay "$PAYEE" 0.6)")
expect held 202 "$(status_of "$answer")"
expect held awaiting_approval "$(body_of "$answer" | jq -r .state)"
id=$(body_of "$answer" | jq -er .id)
show "202, state $(body_of "$answer" | jq -r .state)"
approval=$(chela approvals list --json | jq -er '.approvals[0].id')
chela approvals approve "$approval" --reason 'invoice 43 checked' >/dev/null
wait_for 20 is_confirmed
show 'the operator said yes on the command line; decided afresh, signed, mined'

say 'Ten payments of 0.1 ETH at once; the budget has room for four'
before=$(balance "$PAYEE")
burst=()
for i in {1..10}; do
    agent_curl POST "$transactions" "$(pay "$PAYEE" 0.1)" >"$work/burst.$i" &
    burst+=($!)
done
for pid in "${burst[@]}"; do wait "$pid"; done
expect 'payments that went out' 4 "$(for i in {1..10}; do tail -n 1 "$work/burst.$i"; echo; done | grep -c '^201$')"
expect 'payments over the budget' 6 "$(cat "$work"/burst.* | grep -c '"code":"E_BUDGET"')"
is_moved() { [ "$(($(balance "$PAYEE") - before))" = 400000000000000000 ]; }
wait_for 20 is_moved
show '4 went out, 6 were refused with E_BUDGET; the payee has 400000000000000000 wei more'

say 'The JWT lives 5 seconds here; the sidecar renews it in time'
wait_for 20 grep -q '"event":"jwt_renewed"' "$work/chela.log"
expect 'after the renewal' 200 "$(status_of "$(agent_curl GET /v1/agents/me)")"
show 'renewed ahead of its end; the agent noticed nothing'

say 'The private key never leaves the token'
label=$(chela key list --json | jq -er '.keys[0].label')
chela key attest "$label" | sed 's/^/     /'
expect 'cannot leave the token' true "$(chela key attest "$label" --json | jq -r .cannot_leave)"

say 'chela stops on SIGTERM'
kill -TERM "${pids[1]}"
status=0; wait "${pids[1]}" || status=$?
expect 'exit status' 0 "$status"
show 'drained, exit status 0'
printf '\nAll %d steps did what they say, in %d s.\n' "$step" $((SECONDS - started))
