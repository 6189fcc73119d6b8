#!/usr/bin/env bash
# An include may only point down: sidecar -> signer, policy -> chains. chains and policy touch nothing outside themselves.
# Usage: layers.sh ROOT. Prints what is wrong as FILE:LINE:TEXT and exits 1.
set -euo pipefail

cd -- "$1"
found=0

# forbid REASON PATTERN FOLDER…: no source below the folders has a line that matches.
forbid() {
    local reason=$1 pattern=$2 lines status=0
    shift 2
    lines=$(grep -rnP --include='*.cpp' --include='*.hpp' -e "$pattern" -- "$@") || status=$?
    # 1 says that nothing matched; anything else above 0 is a broken lint.
    if ((status > 1)); then exit 2; fi
    if [[ -n $lines ]]; then
        printf '%s:\n%s\n' "$reason" "$lines"
        found=1
    fi
}

# Quoted, so that a path from the root is the only way to name a file of ours.
include='^\s*#\s*include\s*'
forbid 'chains includes only chains' "$include\"(?!chains/)" chains
forbid 'policy includes only policy and chains' "$include\"(?!(policy|chains)/)" policy
forbid 'signer includes only signer and chains' "$include\"(?!(signer|chains)/)" signer
forbid 'sidecar includes only the four layers' "$include\"(?!(sidecar|policy|signer|chains)/)" sidecar
forbid 'our headers are included with quotes' "$include<(chains|policy|signer|sidecar|tests)/" chains policy signer sidecar
forbid 'no way up and around' "${include}[\"<][^\">]*\.\./" chains policy signer sidecar

forbid 'chains and policy are pure: no sockets, files, SQL, threads, randomness' \
    "$include<(boost/(asio|beast)|soci/|sqlite3\.h|fstream|filesystem|sys/|netinet/|arpa/|unistd\.h|fcntl\.h|thread|random|openssl/rand\.h)" \
    chains policy
forbid 'the signer knows neither network nor SQL' "$include<(boost/(asio|beast)|soci/|sqlite3\.h)" signer
forbid 'chains and policy are told the time' \
    '(system|steady|high_resolution|utc)_clock|(?<!\w)(std::|::)time\(|\b(gettimeofday|clock_gettime)\(' chains policy
forbid 'only sidecar/edge reads the wall clock' \
    'system_clock::now|(?<!\w)(std::|::)time\(|\b(gettimeofday)\(|\bclock_gettime\(CLOCK_REALTIME' \
    signer sidecar/{admin,api,app,auth,authority,cli,config,flow,hooks,http,mcp,node,rpc,store,telemetry}
forbid 'SQL lives in sidecar/store' "$include<(soci/|sqlite3\.h)" \
    sidecar/{admin,api,app,auth,authority,cli,config,edge,flow,hooks,http,mcp,node,rpc,telemetry}

# Whoever has this name is the friend that can make an ApprovedPreimage. Any other Gate is chela::sidecar's.
gates=$(grep -rlE --include='*.cpp' --include='*.hpp' 'namespace chela::policy \{' -- chains policy signer sidecar |
    xargs -r grep -HnE '^\s*(class|struct)\s+Gate\b[^;]*$' | grep -v '^policy/gate/gate.hpp:' || true)
if [[ -n $gates ]]; then
    printf 'only policy/gate/gate.hpp defines chela::policy::Gate:\n%s\n' "$gates"
    found=1
fi

exit "$found"
